package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/series"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

func TestEstimateNile(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "estimate", "../../testdata/nile_min.csv")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "n = 663")
	require.Contains(t, r.out, "H         0.83")

	r = hurst(t, "", "estimate", "../../testdata/nile_min.csv", "--json")
	require.Zero(t, r.code)
	var v estimateView
	require.NoError(t, json.Unmarshal([]byte(r.out), &v))
	require.InDelta(t, 0.837, *v.H, 0.003, "R package longmemo, WhittleEst")
	require.Equal(t, "noise", v.Class)
}

// The bytes of a seed are a promise to those who keep the command line instead of the file.
func TestGenerateIsDeterministic(t *testing.T) {
	t.Parallel()
	args := []string{"generate", "--hurst", "0.2:0.8", "--count", "3", "--length", "200", "--label-first", "--seed", "7"}
	r := hurst(t, "", args...)
	require.Zero(t, r.code)
	require.Equal(t, "f35051552fba", artifact.DigestOf([]byte(r.out)).Short())

	path := filepath.Join(t.TempDir(), "x.csv")
	f := hurst(t, "", append(args, "--out", path)...)
	require.Zero(t, f.code)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, r.out, string(data))
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

// What generate writes, estimate reads and scores, one line for each series and in order.
func TestGenerateThenEstimate(t *testing.T) {
	t.Parallel()
	g := hurst(t, "", "generate", "--hurst", "0.1:0.9", "--count", "200", "--label-first")
	require.Zero(t, g.code)
	r := hurst(t, g.out, "estimate", "--class", "noise", "--label-first", "--json")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.err, "over 200 series")
	lines := bufio.NewScanner(strings.NewReader(r.out))
	rows := strings.Split(g.out, "\n")
	n := 0
	for ; lines.Scan(); n++ {
		var v estimateView
		require.NoError(t, json.Unmarshal(lines.Bytes(), &v))
		require.True(t, strings.HasPrefix(rows[n], number("%v", v.Label)+","), "line %d", n)
		require.InDelta(t, *v.Label, *v.H, 0.15)
		require.InDelta(t, *v.H-*v.Label, *v.Error, 1e-12)
	}
	require.Equal(t, 200, n)

	text := hurst(t, g.out, "estimate", "--label-first")
	require.Zero(t, text.code)
	require.Equal(t, 201, strings.Count(text.out, "\n"))
}

func TestWalks(t *testing.T) {
	t.Parallel()
	g := hurst(t, "", "generate", "--process", "fbm", "--hurst", "0.4", "--length", "1000")
	r := hurst(t, g.out, "estimate", "--rows", "--json")
	var v estimateView
	require.NoError(t, json.Unmarshal([]byte(r.out), &v), r.err)
	require.Equal(t, "walk", v.Class)
	require.InDelta(t, 0.4, *v.H, 0.1)
}

// One bad series among good ones is one answer that says so.
func TestSomeSeriesFail(t *testing.T) {
	t.Parallel()
	good := hurst(t, "", "generate", "--count", "2").out
	r := hurst(t, good+"1,2,3\n"+good, "estimate", "--rows", "--json")
	require.Equal(t, 1, r.code)
	require.Equal(t, 5, strings.Count(r.out, "\n"))
	require.Contains(t, strings.Split(r.out, "\n")[2], `"failure":"series too short`)
	require.Contains(t, r.err, "1 of 5 series")

	r = hurst(t, good+"1,2,3\n"+good, "estimate", "--rows")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.out, "series too short")
}

func TestFits(t *testing.T) {
	t.Parallel()
	long := asked{Series: series.Series{Values: make([]float64, maxInline/8)}}
	one := asked{Series: series.Series{Values: make([]float64, 1)}}
	require.False(t, fits([]asked{long}, one))
	require.True(t, fits(make([]asked, maxTogether-1), one))
	require.False(t, fits(make([]asked, maxTogether), one))
}

func TestMerge(t *testing.T) {
	t.Parallel()
	x := asked{Series: series.Series{Name: "a", Values: make([]float64, 100), Gaps: 2}}
	v := merge(x, &predictv1.Prediction{H: 0.5, Flags: []string{"short"}, Referees: []*predictv1.Referee{{Estimator: "whittle", Error: "no"}}})
	require.Equal(t, []string{"short", "gaps"}, v.Flags)
	require.Nil(t, v.Referees[0].H)
	data, err := json.Marshal(merge(x, &predictv1.Prediction{Error: "bad"}))
	require.NoError(t, err)
	require.JSONEq(t, `{"series":"a","n":100,"gaps":2,"flags":[],"failure":"bad"}`, string(data))
}
