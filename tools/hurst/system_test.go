package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/model"
)

// smallSpec trains and promotes a model within a second.
const smallSpec = `
version: 1
name: small
stages:
  - {name: generate, kind: generate, with: {lengths: [128], series: {train: 400, validation: 100, test: 100}, shard: 200}}
  - {name: extract, kind: extract, needs: [generate]}
  - {name: tune, kind: tune, needs: [extract], with: {models: [{kind: ridge, trials: 2}]}}
  - {name: train, kind: train, needs: [extract, tune]}
  - {name: evaluate, kind: evaluate, needs: [extract, train]}
  - {name: deploy, kind: deploy, needs: [train, evaluate], with: {model: hurst, gate: {length: 128, max_mae: 0.2}}}
`

// TestSystem goes through the commands against a system that `hurst up` runs. It is one test because
// one set of embedded servers fits into a process.
func TestSystem(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	upped := make(chan result, 1)
	go func() {
		upped <- hurstIn(ctx, dir, "", "up", "--data", dir, "--listen", "127.0.0.1:0", "--json", "--log-level", "error")
	}()
	require.Eventually(t, func() bool {
		_, err := embedded.ReadEndpoints(dir)
		return err == nil
	}, 10*time.Second, 5*time.Millisecond)

	on := func(input string, args ...string) result { return hurst(t, input, append(args, "--data", dir)...) }

	second := on("", "up", "--listen", "127.0.0.1:0")
	require.Equal(t, 1, second.code)
	require.Contains(t, second.err, "in use by process")

	t.Run("before there is a model", func(t *testing.T) {
		r := on("", "runs", "list")
		require.Zero(t, r.code, r.err)
		require.Contains(t, r.out, "no runs yet")
		require.Contains(t, on("", "models", "list").out, "no models yet")
		r = on(strings.Repeat("1\n2\n", 50), "predict")
		require.Equal(t, 1, r.code)
		require.Contains(t, r.err, "promoted")
		require.Equal(t, 1, on("", "runs", "show", "rdeadbeef0000").code)
	})

	run := submitSmall(t, on)

	t.Run("runs", func(t *testing.T) { runs(t, on, run) })
	t.Run("models", func(t *testing.T) { models(t, on) })
	t.Run("predict", func(t *testing.T) { predictions(t, on) })
	t.Run("networks", func(t *testing.T) { networks(t, on) })
	t.Run("trace", func(t *testing.T) { traces(t, on, run) })
	t.Run("cancel and resume", func(t *testing.T) { steering(t, dir, on) })
	t.Run("doctor", func(t *testing.T) {
		r := on("", "doctor", "--json")
		require.Zero(t, r.code, r.out)
		require.Contains(t, r.out, `"name":"orchestrator","state":"ok"`)
		require.Contains(t, r.out, `"name":"trainer","state":"ok"`)
		require.Contains(t, r.out, `"name":"engine native","state":"ok"`)
		require.Contains(t, r.out, `"series_per_second":`)
	})
	t.Run("quickstart uses it", func(t *testing.T) {
		spec := filepath.Join(dir, "small.yaml")
		require.NoError(t, os.WriteFile(spec, []byte(smallSpec), 0o600))
		r := on("", "quickstart", "--spec", spec)
		require.Zero(t, r.code, r.err)
		require.Contains(t, r.out, "using the system of process")
		require.Contains(t, r.out, "nile_min.csv (n = 663)")
	})
	t.Run("bench", func(t *testing.T) {
		r := on("", "bench", "tasks", "--count", "5", "--json")
		require.Zero(t, r.code, r.err)
		require.True(t, json.Valid([]byte(r.out)))
	})

	stop()
	r := <-upped
	require.Zero(t, r.code, r.err)
	var said ready
	require.NoError(t, json.Unmarshal([]byte(r.out), &said))
	require.True(t, said.Ready)
	require.Equal(t, os.Getpid(), said.PID)
	_, err := embedded.ReadEndpoints(dir)
	require.ErrorIs(t, err, embedded.ErrNotRunning)
	require.Empty(t, r.err)
}

type command func(input string, args ...string) result

// submitSmall submits the small spec in several ways and returns its run.
func submitSmall(t *testing.T, on command) string {
	t.Helper()
	r := on(smallSpec, "submit", "-", "--follow", "--key", "k", "--json")
	require.Zero(t, r.code, r.err)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	require.Len(t, lines, 2)
	var s submitted
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &s))
	require.True(t, s.Created)
	require.Len(t, s.TraceID, 32)
	var v runView
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &v))
	require.Equal(t, "succeeded", v.Status)
	require.Equal(t, s.TraceID, v.TraceID, "one trace from the submission on")

	r = on(smallSpec, "submit", "-", "--key", "k")
	require.Contains(t, r.out, s.Run+" has this key already")
	r = on(strings.Replace(smallSpec, "name: small", "name: other", 1), "submit", "-", "--key", "k")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "key")
	r = on(smallSpec, "submit", "-", "--follow")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "generate   done     4/4 (4 from memos)\n")
	require.Contains(t, r.out, "1  ridge")
	require.Contains(t, r.out, "promoted hurst@1")
	return s.Run
}

func runs(t *testing.T, on command, run string) {
	r := on("", "runs", "list")
	require.Contains(t, r.out, "promoted hurst@1")
	r = on("", "runs", "show", run)
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "leaderboard")
	r = on("", "runs", "follow", run)
	require.Zero(t, r.code, r.err)
	r = on("", "runs", "explain", run, "--json")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, `"cached":false`)
	r = on("", "runs", "prove", run)
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "proved: ")
}

func models(t *testing.T, on command) {
	require.Contains(t, on("", "models", "list").out, "hurst@1  champion  ridge")
	r := on("", "models", "show", "hurst")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "trained on  lengths 128 to 128")
	require.Equal(t, 1, on("", "models", "show", "hurst@9").code)
	require.Equal(t, 1, on("", "models", "rollback", "hurst").code)
}

func predictions(t *testing.T, on command) {
	r := on("", "predict", "../../testdata/nile_min.csv")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "model     hurst@1")

	many := hurst(t, "", "generate", "--count", "700", "--length", "128", "--hurst", "0.1:0.9", "--label-first").out
	r = on(many, "predict", "--label-first", "--json")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.err, "over 700 series")
	rows := strings.Split(many, "\n")
	for i, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		var v answerView
		require.NoError(t, json.Unmarshal([]byte(line), &v))
		require.True(t, strings.HasPrefix(rows[i], number("%v", v.Label)+","), "line %d is another series", i)
	}

	long := strings.ReplaceAll(hurst(t, "", "generate", "--length", "200000").out, ",", "\n")
	r = on(long, "predict", "--json")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, `"n":200000`)
}

// networkSpec trains a filter bank on series of its own, under another name.
const networkSpec = `
version: 1
name: net
stages:
  - {name: generate, kind: generate, with: {lengths: [128], series: {train: 10, validation: 200, test: 50}, shard: 200}}
  - {name: tune, kind: tune, needs: [generate], with: {models: [{kind: filterbank, params: {fresh: true, steps: 200, units: 4, hidden: [16]}}]}}
  - {name: train, kind: train, needs: [generate, tune]}
  - {name: evaluate, kind: evaluate, needs: [generate, train]}
  - {name: deploy, kind: deploy, needs: [train, evaluate], with: {model: net, gate: {length: 128, max_mae: 0.2}}}
`

func networks(t *testing.T, on command) {
	r := on(networkSpec, "submit", "-", "--follow")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "promoted net@1")
	r = on("", "models", "show", "net")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "reads       series")
	require.Contains(t, r.out, "0.0.0.conv1d")
	r = on("", "models", "show", "net", "--json")
	var v versionView
	require.NoError(t, json.Unmarshal([]byte(r.out), &v))
	require.NotEmpty(t, v.Network)

	labelled := hurst(t, "", "generate", "--count", "30", "--length", "128", "--hurst", "0.6:0.9", "--contaminate", "white(snr=1)", "--label-first").out
	r = on(labelled, "models", "adapt", "net", "--series", "-", "--label-first", "--json", "--rate", "0.01")
	require.Zero(t, r.code, r.err)
	var a adaptView
	require.NoError(t, json.Unmarshal([]byte(r.out), &a))
	require.EqualValues(t, 1, a.Parent)
	require.EqualValues(t, 2, a.Version, "%+v", a)
	require.Less(t, a.After, a.Before)
	r = on("", "models", "show", "net@adapted")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "with 30 series: MAE")
	exports(t, on)
	r = on(labelled, "models", "adapt", "hurst", "--series", "-", "--label-first")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "a model of kind ridge cannot be adapted")
	r = on(labelled, "models", "adapt", "net", "--series", "-", "--rows", "--labels", "0.5,0.6")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "2 labels for 30 series")
}

// exports writes a network and a model that is none.
func exports(t *testing.T, on command) {
	out := filepath.Join(t.TempDir(), "net")
	r := on("", "models", "export", "net@1", "--format", "onnx", "--out", out)
	require.Zero(t, r.code, r.err)
	written, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Contains(t, string(written), "hurst.network")
	require.Contains(t, string(written), "net@1")
	r = on("", "models", "export", "hurst", "--out", out, "--json")
	require.Zero(t, r.code, r.err)
	written, err = os.ReadFile(out)
	require.NoError(t, err)
	_, err = model.Decode(written)
	require.NoError(t, err)
	r = on("", "models", "export", "hurst", "--format", "onnx", "--out", out)
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "is of kind ridge, which has no network")
	for text, args := range map[string][]string{
		"--format is \"pickle\"": {"--format", "pickle", "--out", out},
		"--out names no file":    {"--format", "onnx"},
		"--member is 2":          {"--member", "2", "--out", out},
	} {
		r = on("", append([]string{"models", "export", "net"}, args...)...)
		require.Equal(t, 2, r.code)
		require.Contains(t, r.err, text)
	}
}

func traces(t *testing.T, on command, run string) {
	require.Eventually(t, func() bool { // spans come a moment later
		r := on("", "trace", run)
		return r.code == 0 && strings.Contains(r.out, "hurst submit") && strings.Contains(r.out, "run train")
	}, 5*time.Second, 20*time.Millisecond)
	r := on("", "trace", run, "--json")
	require.True(t, json.Valid([]byte(r.out)))
	require.Equal(t, 1, on("", "trace", strings.Repeat("0a", 16)).code)
}

// steering leaves a run that is followed, cancels it and sets it going again.
func steering(t *testing.T, dir string, on command) {
	const slow = "version: 1\nname: slow\nstages: [{name: n, kind: noop, with: {tasks: 40, chain: true, milliseconds: 50}}]\n"
	r := on(slow, "submit", "-", "--json")
	require.Zero(t, r.code, r.err)
	var s submitted
	require.NoError(t, json.Unmarshal([]byte(r.out), &s))

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	r = hurstIn(ctx, dir, "", "runs", "follow", s.Run, "--data", dir)
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "goes on; to follow it again: hurst runs follow "+s.Run)

	require.Zero(t, on("", "runs", "cancel", s.Run).code)
	r = on("", "runs", "follow", s.Run)
	require.Equal(t, 1, r.code)
	require.Contains(t, r.err, "was cancelled")
	require.Zero(t, on("", "runs", "resume", s.Run).code)
	r = on("", "runs", "follow", s.Run)
	require.Zero(t, r.code, r.err)
}

// TestServiceCommand holds that a service that the program does not handle is refused.
func TestServiceCommand(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	code := run(t.Context(), []string{"service"}, streams{strings.NewReader(""), &out, &out}, os.Getenv)
	require.Equal(t, 2, code)
}
