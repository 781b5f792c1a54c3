package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
)

const nileFile = "../../testdata/nile_min.csv"

// objects decodes one object a line.
func objects[T any](t *testing.T, out string) []T {
	t.Helper()
	var all []T
	for line := range strings.Lines(out) {
		var v T
		require.NoError(t, json.Unmarshal([]byte(line), &v), line)
		all = append(all, v)
	}
	return all
}

func TestEstimateByAllMethods(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "estimate", "--method", "all", "--json", "--points", nileFile)
	require.Zero(t, r.code, r.err)
	all := objects[estimateView](t, r.out)
	require.Len(t, all, len(estimator.Methods()))
	for i, m := range estimator.Methods() {
		v := all[i]
		require.Equal(t, []string{m.Name, m.Estimand, "noise"}, []string{v.Method, v.Estimand, v.Class})
		require.Greater(t, *v.H, 0.6, m.Name)
		require.LessOrEqual(t, *v.Lower, *v.Upper)
		require.Positive(t, *v.SE)
	}
	text := hurst(t, "", "estimate", "--method", "whittle, gph", nileFile)
	require.Zero(t, text.code, text.err)
	require.Equal(t, 4, strings.Count(text.out, "\n"), text.out)
	require.Contains(t, text.out, "(n = 663)")
	require.Regexp(t, `whittle +0\.8\d\d`, text.out)
}

func TestEstimateLists(t *testing.T) {
	t.Parallel()
	require.Len(t, objects[methodView](t, hurst(t, "", "estimate", "--list", "--json").out), len(estimator.Methods()))
	require.Contains(t, hurst(t, "", "estimate", "--list").out, "Whittle's likelihood of fGn")
}

func TestEstimatePlots(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	svg, course := filepath.Join(dir, "fit.svg"), filepath.Join(dir, "course.png")
	r := hurst(t, "", "estimate", "--method", "whittle,gph", "--plot", svg, nileFile)
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "drawn to "+svg)
	data, err := os.ReadFile(svg)
	require.NoError(t, err)
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
	require.Contains(t, string(data), "gph: H = ")

	r = hurst(t, "", "estimate", "--window", "256", "--plot", course, nileFile)
	require.Zero(t, r.code, r.err)
	f, err := os.Open(course)
	require.NoError(t, err)
	defer f.Close()
	image, err := png.Decode(f)
	require.NoError(t, err)
	colours := map[any]bool{}
	for x := range image.Bounds().Dx() {
		for y := range image.Bounds().Dy() {
			colours[image.At(x, y)] = true
		}
	}
	require.Greater(t, len(colours), 10, "something is drawn")

	two := hurst(t, "", "generate", "--count", "2").out
	r = hurst(t, two, "estimate", "--rows", "--plot", svg)
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "draws one series")
}

func TestEstimateInWindows(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "estimate", "--window", "200", "--step", "100", "--json", nileFile)
	require.Zero(t, r.code, r.err)
	all := objects[estimateView](t, r.out)
	require.Len(t, all, (663-200)/100+1)
	for i, v := range all {
		require.Equal(t, []int{100 * i, 100*i + 200, 200}, []int{*v.From, *v.To, v.N})
	}
	// Between two levels of H a window looks like a walk; the series is noise as a whole.
	series := hurst(t, "", "generate", "--process", "break", "--hurst", "0.6", "--length", "4000", "--columns").out
	r = hurst(t, series, "estimate", "--window", "512", "--step", "64", "--json")
	require.Zero(t, r.code, r.err)
	for _, v := range objects[estimateView](t, r.out) {
		require.Equal(t, "noise", v.Class)
		require.Greater(t, *v.H, 0.35)
	}
	r = hurst(t, "", "estimate", "--window", "700", nileFile)
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "no window of 700")
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "features", "--set", "basic", nileFile)
	require.Zero(t, r.code, r.err)
	rows := strings.Split(strings.TrimSpace(r.out), "\n")
	require.Len(t, rows, 2)
	require.True(t, strings.HasPrefix(rows[0], "series,n,band0,"))
	require.Equal(t, strings.Count(rows[0], ","), strings.Count(rows[1], ","))

	one := objects[featuresView](t, hurst(t, "", "features", "--set", "basic", "--json", nileFile).out)[0]
	require.Len(t, one.Features, 29)
	require.InDelta(t, 6.4968, one.Features["log_n"], 1e-4) // log 663

	good := hurst(t, "", "generate", "--label-first", "--count", "2").out
	r = hurst(t, good+"0.5,1,2,3\n", "features", "--label-first", "--json")
	require.Equal(t, 1, r.code)
	all := objects[featuresView](t, r.out)
	require.Len(t, all, 3)
	require.Equal(t, 0.7, *all[0].Label)
	require.Contains(t, all[2].Failure, "too short")
	require.Contains(t, hurst(t, "", "features", "--list").out, "basic")
}

func TestGenerateSpoils(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "generate", "--process", "arfima(ar=0.5)", "--contaminate", "missing(rate=0.2, interpolate=0)", "--contaminate", "trend(size=5)", "--columns", "--count", "3", "--length", "200")
	require.Zero(t, r.code, r.err)
	require.Equal(t, 200, strings.Count(r.out, "\n"))
	require.Contains(t, r.out, "NaN", "a gap")
	one := hurst(t, "", "generate", "--contaminate", "missing(rate=0.1, interpolate=0)", "--columns", "--length", "300")
	v := objects[estimateView](t, hurst(t, one.out, "estimate", "--json").out)[0]
	require.Equal(t, 300, v.N)
	require.Equal(t, strings.Count(one.out, "NaN"), v.Gaps)
	all := objects[kindView](t, hurst(t, "", "generate", "--list", "--json").out)
	require.Greater(t, len(all), 40)
	require.Contains(t, hurst(t, "", "generate", "--list").out, "fractional Gaussian noise")
}

func TestGeneratePaths(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "path.csv")
	r := hurst(t, "", "generate", "--process", "break", "--hurst", "0.6", "--paths", path, "--length", "100")
	require.Zero(t, r.code, r.err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	cells := strings.Split(strings.TrimSpace(string(data)), ",")
	require.Len(t, cells, 100)
	require.NotEqual(t, cells[0], cells[99])
}
