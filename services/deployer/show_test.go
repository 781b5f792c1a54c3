package deployer

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

func (r *rig) list(model string) ([]string, error) {
	answer, err := rpc.Call[deployv1.ListResponse](r.t.Context(), r.conns.NATS, wire.SubjectModels, &deployv1.ListRequest{Model: model})
	var lines []string
	for _, v := range answer.GetVersions() {
		lines = append(lines, fmt.Sprint(v.GetModel(), "@", v.GetVersion(), " ", v.GetAliases()))
	}
	return lines, err
}

func (r *rig) show(model, version string) (*deployv1.Version, error) {
	return rpc.Call[deployv1.Version](r.t.Context(), r.conns.NATS, wire.SubjectModel, &deployv1.ShowRequest{Model: model, Version: version})
}

func TestList(t *testing.T) {
	r := start(t, nil)
	lines, err := r.list("")
	require.NoError(t, err)
	require.Empty(t, lines)

	requests := r.candidates(2)
	r.promote(requests[0])
	requests[1].Alias = "challenger"
	r.promote(requests[1])
	requests[1].Alias = "blue"
	r.promote(requests[1])
	other := proto.CloneOf(requests[0])
	other.Model = "another"
	r.promote(other)

	lines, err = r.list("")
	require.NoError(t, err)
	require.Equal(t, []string{"another@1 [champion]", "hurst@2 [blue challenger]", "hurst@1 [champion]"}, lines)
	lines, err = r.list("hurst")
	require.NoError(t, err)
	require.Equal(t, []string{"hurst@2 [blue challenger]", "hurst@1 [champion]"}, lines)
	lines, err = r.list("unknown")
	require.NoError(t, err)
	require.Empty(t, lines)
	_, err = r.list("a/b")
	refused(t, err, fault.Invalid, "not a name")
}

func TestShow(t *testing.T) {
	r := start(t, nil)
	requests := r.candidates(2)
	r.promote(requests[0])
	requests[1].Alias = "challenger"
	r.promote(requests[1])
	for which, number := range map[string]int32{"": 1, "champion": 1, "1": 1, "challenger": 2, "2": 2} {
		v, err := r.show("hurst", which)
		require.NoError(t, err, which)
		require.Equal(t, number, v.GetVersion(), which)
		require.Equal(t, requests[number-1].GetBundle().GetDigest(), v.GetBundle().GetDigest())
		require.Equal(t, 0.02, v.GetMae())
		require.Equal(t, 0.001, v.GetMaeSe())
		require.Equal(t, fmt.Sprint("r", number-1), v.GetRun())
		require.Nil(t, v.GetReport())
		var manifest model.Manifest
		require.NoError(t, json.Unmarshal(v.GetManifest(), &manifest))
		require.NoError(t, manifest.Check())
		require.Equal(t, uint64(number-1), manifest.Lineage.Seed)
	}
}

func TestShowWhatIsNotThere(t *testing.T) {
	r := start(t, nil)
	request := r.candidates(1)[0]
	r.promote(request)
	for which, word := range map[string]string{"2": "no version 2", "0": "no version 0", "-1": "no version -1", "Challenger/..": "no alias"} {
		_, err := r.show("hurst", which)
		refused(t, err, fault.NotFound, word)
	}
	_, err := r.show("unknown", "")
	refused(t, err, fault.NotFound, "unknown", "champion")
	_, err = r.show("../hurst", "")
	refused(t, err, fault.Invalid, "not a name")

	require.NoError(t, r.conns.Store.Delete(t.Context(), "objects/"+request.GetBundle().GetDigest()))
	_, err = r.show("hurst", "")
	refused(t, err, fault.NotFound, "version 1", "is lost")

	_, err = r.conns.Store.Write(t.Context(), "models/hurst/versions/1.json", []byte("{"), artifact.Condition{})
	require.NoError(t, err)
	_, err = r.show("hurst", "")
	refused(t, err, fault.Internal, "version 1 of model hurst")
}
