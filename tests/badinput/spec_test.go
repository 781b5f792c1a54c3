//go:build integration

package badinput

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tests/system"
)

const noop = "version: 1\nname: x\nstages: [{name: a, kind: noop}]\n"

// specs are broken ones, and the path of the mistake, or a word about it.
func specs() map[string]struct{ spec, says string } {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	return map[string]struct{ spec, says string }{
		"empty":          {"", "empty"},
		"blank":          {" \n\n", "empty"},
		"binary":         {binary(), ""},
		"no YAML":        {"{{{{", ""},
		"a list":         {"[1, 2, 3]", ""},
		"no stages":      {"version: 1\nname: x\n", "stages"},
		"version":        {strings.Replace(noop, "version: 1", "version: 2", 1), "version"},
		"type":           {strings.Replace(noop, "version: 1", "version: 1\nseed: many", 1), "seed"},
		"range":          {strings.Replace(noop, "kind: noop", "kind: noop, with: {tasks: -3}", 1), "tasks"},
		"unknown key":    {noop + "sedd: 3\n", "sedd"},
		"unknown kind":   {strings.Replace(noop, "kind: noop", "kind: nope", 1), "nope"},
		"circle":         {"version: 1\nname: x\nstages: [{name: a, kind: noop, needs: [b]}, {name: b, kind: noop, needs: [a]}]", "circle"},
		"missing need":   {strings.Replace(noop, "kind: noop", "kind: noop, needs: [zzz]", 1), "zzz"},
		"twice the same": {noop + "name: y\n", "name"},
		"bomb":           {bomb + noop, ""},
		"very deep":      {strings.Repeat("[", 100_000), ""},
		"2 MB":           {noop + "# " + strings.Repeat("x", 2<<20), "1.0 MiB"},
	}
}

// TestSpecs submits broken specs, by the command line and past it. Nothing is queued.
func TestSpecs(t *testing.T) {
	up := system.StartUp(t, filepath.Join(t.TempDir(), "data"))
	for name, s := range specs() {
		t.Run(name, func(t *testing.T) {
			o := hurst(t, strings.NewReader(s.spec), "submit", "--data", up.Data, "-")
			require.Equal(t, 2, o.code, o.stderr)
			require.Contains(t, o.stderr, s.says)
			require.True(t, strings.HasPrefix(o.stderr, "hurst: "), o.stderr)
			require.Less(t, len(o.stderr), 4000, "an error is for people")
			if len(s.spec) > 1<<20 {
				return // NATS carries no such message
			}
			_, err := rpc.Call[pipelinev1.SubmitResponse](t.Context(), up.NATS, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: []byte(s.spec), Key: name})
			require.Equal(t, fault.Invalid, fault.CodeOf(err), "%v", err)
			require.Contains(t, err.Error(), s.says)
		})
	}
	hurst(t, io.LimitReader(endless{}, 100<<20), "submit", "--data", up.Data, "-").refused(t, 2, "1.0 MiB")
	hurst(t, nil, "submit", "--data", up.Data, "missing.yaml").refused(t, 2, "missing.yaml")
	hurst(t, nil, "submit", "--data", up.Data, t.TempDir()).refused(t, 2, "directory")

	runs, err := rpc.Call[pipelinev1.ListResponse](t.Context(), up.NATS, wire.SubjectList, &pipelinev1.ListRequest{})
	require.NoError(t, err)
	require.Empty(t, runs.GetRuns(), "a broken spec became a run")
	for key, err := range up.Store.List(t.Context(), "") {
		require.NoError(t, err)
		require.Fail(t, "something was written", key)
	}
	works(t, up)
	up.Stop(t)
}

// endless is text without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

// works requires that a good spec runs.
func works(t *testing.T, up *system.Up) {
	t.Helper()
	o := hurst(t, strings.NewReader(noop), "submit", "--data", up.Data, "--follow", "-")
	require.Zero(t, o.code, o.stderr)
}

// TestRequests asks for what there is not.
func TestRequests(t *testing.T) {
	up := system.StartUp(t, filepath.Join(t.TempDir(), "data"))
	for _, args := range [][]string{
		{"runs", "show", "rffffffffffff"}, {"runs", "show", "../../etc/passwd"}, {"runs", "cancel", "rffffffffffff"},
		{"runs", "resume", "rffffffffffff"}, {"runs", "explain", "rffffffffffff"}, {"runs", "prove", "rffffffffffff"},
		{"models", "show", "nobody"}, {"models", "show", "../x"}, {"models", "rollback", "nobody"},
		{"trace", "00000000000000000000000000000000"}, {"trace", "zzz"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			o := hurst(t, nil, append(args, "--data", up.Data)...)
			require.Contains(t, []int{1, 2}, o.code)
			o.refused(t, o.code, "hurst: ")
		})
	}
	up.Stop(t)
}
