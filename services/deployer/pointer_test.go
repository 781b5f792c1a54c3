package deployer

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/wire"
)

// pointed waits until the pointers of models say version 1.
func (r *rig) pointed(models ...string) {
	r.t.Helper()
	for _, model := range models {
		require.Eventually(r.t, func() bool { return r.pointer(model).GetVersion() == 1 }, 10*time.Second, 5*time.Millisecond, model)
	}
}

func TestRefreshRestoresPointers(t *testing.T) {
	r := start(t, nil)
	r.promote(r.candidates(1)[0])
	want := r.pointer("hurst")

	require.NoError(t, r.pointers.Delete(t.Context(), "hurst"))
	r.pointed("hurst")
	same(t, want, r.pointer("hurst"))

	require.NoError(t, r.conns.NATS.JetStream().DeleteKeyValue(t.Context(), wire.BucketModels))
	r.pointed("hurst")

	right, err := r.pointers.Get(t.Context(), "hurst")
	require.NoError(t, err)
	for _, wrong := range [][]byte{{0xff}, nil, append(slices.Clone(right), right...)} {
		require.NoError(t, r.pointers.Put(t.Context(), "hurst", wrong))
		require.Eventually(t, func() bool {
			data, err := r.pointers.Get(t.Context(), "hurst")
			return err == nil && bytes.Equal(data, right)
		}, 10*time.Second, 5*time.Millisecond)
	}
}

func TestOneDamagedModelLeavesTheOthersTheirPointers(t *testing.T) {
	r := start(t, nil)
	request := r.candidates(1)[0]
	for _, name := range []string{"a", "b", "c"} {
		one := proto.CloneOf(request)
		one.Model = name
		r.promote(one)
	}
	for key, data := range map[string]string{
		"models/a/aliases.json":      "{",
		"models/b/versions/1.json":   "not JSON",
		"models/B_name/aliases.json": "{}",
	} {
		_, err := r.conns.Store.Write(t.Context(), key, []byte(data), artifact.Condition{})
		require.NoError(t, err)
	}
	require.NoError(t, r.pointers.Delete(t.Context(), "c"))
	r.pointed("c")
}
