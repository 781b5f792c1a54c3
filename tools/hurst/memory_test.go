package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/significance"
)

func TestMemoryOfTheNile(t *testing.T) {
	t.Parallel()
	text := hurst(t, "", "memory", nileFile)
	require.Zero(t, text.code, text.err)
	require.Regexp(t, `verdict +long memory\n`, text.out)
	require.Contains(t, text.out, "There is long memory")
	for line := range strings.Lines(text.out) {
		require.LessOrEqual(t, len(line), 120)
	}
	require.Equal(t, text.out, hurst(t, "", "memory", nileFile).out, "the same seed")

	v := objects[memoryView](t, hurst(t, "", "memory", "--json", "--null-method", "dfa, whittle", nileFile).out)[0]
	require.Equal(t, []string{significance.Long, "noise"}, []string{v.Verdict, v.Class})
	require.Less(t, *v.PLong, 0.05)
	require.Len(t, v.Tests.Hypotheses, 3)
	require.Len(t, v.Null, 4)
	white, short := v.Null[0], v.Null[1]
	require.Zero(t, white.Phi)
	require.InDelta(t, 0.5, white.Mean, 0.02)
	require.InDelta(t, 0.58, short.Phi, 0.03)
	require.Greater(t, short.Mean, 0.65, "short memory is mistaken for long by DFA")
	require.Less(t, white.Low, white.Mean)
	require.Greater(t, white.High, white.Mean)
}

func TestMemoryOfSeveral(t *testing.T) {
	t.Parallel()
	walk := hurst(t, "", "generate", "--process", "fbm", "--hurst", "0.5", "--length", "300").out
	noise := hurst(t, "", "generate", "--hurst", "0.5", "--length", "300").out
	args := []string{"memory", "--rows", "--draws", "99"}
	r := hurst(t, noise+walk+strings.Repeat("1,2,", 10)+"3\n", args...)
	require.Equal(t, 1, r.code)
	require.Contains(t, r.out, "too short")
	require.Contains(t, r.out, "walk")
	require.Equal(t, 4, strings.Count(r.out, "\n"), r.out)
	require.Contains(t, r.err, "1 of 3 series")

	r = hurst(t, noise+walk, append(args, "--null-method", "rs")...)
	require.Zero(t, r.code, r.err)
	require.Equal(t, 3+1+1+4, strings.Count(r.out, "\n"), r.out)

	labelled := hurst(t, "", "generate", "--hurst", "0.5", "--length", "100", "--label-first").out
	all := objects[memoryView](t, hurst(t, labelled, "memory", "--label-first", "--json", "--draws", "99").out)
	require.Equal(t, 0.5, *all[0].Label)
}

func TestMemoryRefuses(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"memory --level 1":                 "--level is 1; allowed: 0.5 to below 1",
		"memory --class random":            "allowed: noise, walk",
		"memory --draws 9":                 "--draws is 9; allowed: 99 to 100000",
		"memory --draws 99 --level 0.999":  "--level 0.999 wants",
		"memory --null-method magic":       "there is no estimator \"magic\"",
		"memory no-such-file":              "no-such-file",
		"memory":                           "holds no values",
		"surrogate --kind magic":           "there is no surrogate \"magic\"; there are: shuffle",
		"surrogate --count 0":              "--count is 0; allowed: 1 to",
		"surrogate no-such-file":           "no-such-file",
		"surrogate --kind ar --format xml": "csv, tsv, npy",
	} {
		r := hurst(t, "", strings.Fields(line)...)
		require.Equal(t, 2, r.code, "%s: %s", line, r.err)
		require.Contains(t, r.err, says, line)
	}
}
