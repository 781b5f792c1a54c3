package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pipelines"
	"github.com/longmemory/hurst/pkg/pipeline"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

func quietApp() (*app, *bytes.Buffer) {
	var out bytes.Buffer
	a := &app{streams: streams{out: &out, err: &out}, getenv: func(string) string { return "" }}
	a.logs = &logs{w: &out}
	return a, &out
}

func exampleRun(t *testing.T) *pipelinev1.Run {
	t.Helper()
	score := func(mae float64) pipeline.Score {
		return pipeline.Score{MAE: mae, SE: 0.0003, ByLength: []pipeline.LengthScore{
			{Length: 256, MAE: mae * 1.4, SE: 0.0005}, {Length: 500, MAE: mae, SE: 0.0004, Limit: 0.0215},
		}}
	}
	test := score(0.0219)
	data, err := json.Marshal([]pipeline.Entry{
		{Model: "mlp", Kind: "mlp", Validation: score(0.0223), Test: &test, Seconds: 3.6},
		{Model: "ridge", Kind: "ridge", Validation: score(0.0227), Seconds: 0.1},
	})
	require.NoError(t, err)
	verdict, err := json.Marshal(pipeline.Decision{Model: "hurst", Version: 2, Alias: "champion", Promoted: true, Reason: "validation MAE 0.0223"})
	require.NoError(t, err)
	return &pipelinev1.Run{
		Id: "r0123456789ab", Name: "quickstart", Status: "succeeded", TraceId: "4bf92f3577b34da6a3ce929d0e0e4736",
		CreatedUnixNano: 1e18, EndedUnixNano: 1e18 + 12e9, SpecDigest: "abc",
		Stages: []*pipelinev1.Stage{
			{Name: "generate", Kind: "generate", Status: "done", Wanted: 12, Done: 12, Cached: 3, Expected: 12, Progress: 1, ElapsedSeconds: 4.5},
			{Name: "deploy", Kind: "deploy", Status: "done", Progress: 1},
		},
		Leaderboard: data, Decision: verdict,
	}
}

func TestShowOutcome(t *testing.T) {
	t.Parallel()
	a, out := quietApp()
	a.showOutcome(exampleRun(t), 500)
	require.Equal(t, `run r0123456789ab succeeded in 12s: 12 tasks, 3 of them answered from memos

leaderboard (mean absolute error of H, n = 500)
   model   validation MAE  test MAE   limit  to limit  training
1  mlp    0.0223 ± 0.0004    0.0219  0.0215     ×1.04      3.6s
2  ridge  0.0227 ± 0.0004            0.0215     ×1.06     100ms

promoted hurst@2 as champion: validation MAE 0.0223
trace 4bf92f3577b34da6a3ce929d0e0e4736 (hurst trace r0123456789ab)
`, out.String())
}

func TestPrintRunJSON(t *testing.T) {
	t.Parallel()
	a, out := quietApp()
	a.json = true
	r := exampleRun(t)
	r.Decision = []byte("{damaged")
	require.NoError(t, a.printRun(r))
	var v runView
	require.NoError(t, json.Unmarshal(out.Bytes(), &v))
	require.Equal(t, 12.0, v.Seconds)
	require.Len(t, v.Stages, 2)
	require.Nil(t, v.Decision)
	require.NotNil(t, v.Leaderboard)
}

func TestLinesSpeakOfChanges(t *testing.T) {
	t.Parallel()
	a, out := quietApp()
	p := a.newProgress()
	stage := &pipelinev1.Stage{Name: "train", Status: "waiting"}
	show := func() { p.update(&pipelinev1.Run{Stages: []*pipelinev1.Stage{stage}}) }
	show()
	stage.Status, stage.Expected, stage.Progress, stage.ElapsedSeconds = "running", 2, 0.25, 3
	show()
	stage.Progress = 0.5
	show() // too soon to say it again
	stage.Status, stage.Done, stage.ElapsedSeconds = "done", 2, 12
	show()
	show()
	p.end()
	require.Equal(t, "train      running  0/2 25%, about 9.0s left\ntrain      done     2/2 in 12s\n", out.String())
}

func TestRemaining(t *testing.T) {
	t.Parallel()
	_, ok := remaining(&pipelinev1.Stage{Status: "running", Progress: 0.5, ElapsedSeconds: 0.2})
	require.False(t, ok, "too early to tell")
	_, ok = remaining(&pipelinev1.Stage{Status: "done", Progress: 1, ElapsedSeconds: 5})
	require.False(t, ok)
	left, ok := remaining(&pipelinev1.Stage{Status: "running", Progress: 0.8, ElapsedSeconds: 8})
	require.True(t, ok)
	require.InDelta(t, 2, left.Seconds(), 1e-6)
}

func TestSalted(t *testing.T) {
	t.Parallel()
	before, err := pipeline.Parse(pipelines.Quickstart)
	require.NoError(t, err)
	require.Equal(t, 500, gateLength(before))
	for _, text := range []string{
		string(pipelines.Quickstart),
		"salt: old\n" + string(pipelines.Quickstart),
		`{"version": 1, "name": "x", "stages": [{"name": "n", "kind": "noop"}]}`,
	} {
		plain, err := pipeline.Parse([]byte(text))
		require.NoError(t, err)
		one, err := salted([]byte(text))
		require.NoError(t, err)
		first, err := pipeline.Parse(one)
		require.NoError(t, err)
		two, err := salted([]byte(text))
		require.NoError(t, err)
		second, err := pipeline.Parse(two)
		require.NoError(t, err)
		require.NotEqual(t, plain.Salt, first.Salt)
		require.NotEqual(t, first.Salt, second.Salt)
		first.Salt = plain.Salt
		require.Equal(t, plain, first, "nothing but the salt changes")
	}
	_, err = salted([]byte("[1]"))
	require.Error(t, err)
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	require.NoError(t, outcome(&pipelinev1.Run{Status: "succeeded"}))
	require.ErrorContains(t, outcome(&pipelinev1.Run{Id: "r1", Status: "failed", Error: "why"}), "run r1 failed: why")
	require.ErrorContains(t, outcome(&pipelinev1.Run{Id: "r1", Status: "cancelled"}), "cancelled")
}

func TestNoopsAreValid(t *testing.T) {
	t.Parallel()
	for _, chain := range []bool{false, true} {
		spec, err := pipeline.Parse(noops(400, chain))
		require.NoError(t, err)
		require.Equal(t, 400, spec.Stages[0].Noop.Tasks)
	}
}

func TestIsTraceID(t *testing.T) {
	t.Parallel()
	require.True(t, isTraceID(strings.Repeat("0a", 16)))
	for _, s := range []string{"", "r0123456789ab", strings.Repeat("0a", 15), strings.Repeat("zz", 16)} {
		require.False(t, isTraceID(s), s)
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	require.Equal(t, "0 tasks, 1 task, 2 tasks, 2 series", fmt.Sprintf("%s, %s, %s, %s", plural(0, "task"), plural(1, "task"), plural(2, "task"), plural(2, "series")))
}

func TestShowAdapted(t *testing.T) {
	t.Parallel()
	a, out := quietApp()
	require.NoError(t, a.showAdapted(adaptView{Model: "hurst", Parent: 2, Series: 7, Before: 0.05, After: 0.05}))
	require.Equal(t, "no new version: on 7 series hurst@2 has a MAE of 0.0500, and nothing was found to lower it by more than chance\n", out.String())
}
