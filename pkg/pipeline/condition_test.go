package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
)

// generating returns a spec whose only stage generates with these settings.
func generating(with string) []byte {
	return fmt.Appendf(nil, "version: 1\nname: x\nstages:\n  - name: g\n    kind: generate\n    with: {lengths: [100], series: {train: 10, validation: 10, test: 10}, %s}\n", with)
}

func TestProcessAndMixAreTheSame(t *testing.T) {
	t.Parallel()
	short, err := pipeline.Parse(generating(`process: {kind: arfima, ar: 0.5}, contaminate: [trend, {kind: outliers, rate: 0.02}]`))
	require.NoError(t, err)
	long, err := pipeline.Parse(generating(`mix: [{process: {kind: arfima, ar: [0.5]}, contaminate: [{kind: trend}, {kind: outliers, rate: 0.02}], share: 1}]`))
	require.NoError(t, err)
	require.Equal(t, short.Digest(), long.Digest())
	again, err := pipeline.Load(short.Canonical())
	require.NoError(t, err)
	require.Equal(t, short, again)

	silent, err := pipeline.Parse(generating(`shard: 10`))
	require.NoError(t, err)
	require.Equal(t, []pipeline.Condition{{Process: process.Spec{Kind: "fgn"}, Share: 1}}, silent.Stages[0].Generate.Mix)
}

func TestMistakesInAMixAreNamed(t *testing.T) {
	t.Parallel()
	for with, text := range map[string]string{
		`process: brownian`:                          `there is no process "brownian"`,
		`process: {ar: 0.5}`:                         "a name is needed",
		`process: {kind: fgn, ar: 0.5}`:              `no parameter "ar"; it has none`,
		`process: {kind: arfima, ar: [0.5, high]}`:   "ar is",
		`process: [fgn]`:                             "want string or object",
		`contaminate: [rust]`:                        `there is no contamination "rust"`,
		`contaminate: [{kind: trend, size: 1e9}]`:    "size is 1e+09",
		`process: fgn, mix: [{process: fgn}]`:        "stands beside process",
		`mix: [{process: fgn, share: 0}]`:            "too small",
		`mix: []`:                                    "has 0 items",
		`mix: [{process: fgn}, {process: brownian}]`: "stages[0].with.mix[1]",
		`process: fbm, lengths: [64]`:                "twice",
	} {
		_, err := pipeline.Parse(generating(with))
		require.ErrorContains(t, err, text, with)
	}
	walk := []byte("version: 1\nname: x\nstages:\n  - {name: g, kind: generate, with: {process: fbm, lengths: [64], series: {train: 10, validation: 10, test: 10}}}\n")
	_, err := pipeline.Parse(walk)
	require.ErrorContains(t, err, "too short for fbm, a walk")
}

// Each index has one condition and one length, and each of these its share.
func TestConditionOf(t *testing.T) {
	t.Parallel()
	mix := []pipeline.Condition{{Share: 3}, {Share: 1}}
	lengths := []int{100, 200}
	count := map[[2]int]int{}
	for i := range uint64(80) {
		c, l := pipeline.ConditionOf(mix, lengths, i)
		count[[2]int{c, l}]++
	}
	require.Equal(t, map[[2]int]int{{0, 0}: 30, {0, 1}: 30, {1, 0}: 10, {1, 1}: 10}, count)
}

// Only clean series of one process, over the range of H that it is known for, have a best possible error.
func TestWhereALimitIsKnown(t *testing.T) {
	t.Parallel()
	for with, want := range map[string]string{
		"shard: 10":                             "fgn",
		"process: arfima":                       "arfima",
		"process: {kind: arfima, ar: 0.5}":      "",
		"contaminate: [trend]":                  "",
		"hurst: {min: 0.2, max: 0.8}":           "",
		"mix: [{process: fgn}, {process: mrw}]": "",
	} {
		spec, err := pipeline.Parse(generating(with))
		require.NoError(t, err, with)
		require.Equal(t, want, pipeline.Clean(spec), with)
	}
}
