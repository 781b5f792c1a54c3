package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// numbers reads CSV.
func numbers(t *testing.T, text string) [][]float64 {
	t.Helper()
	var rows [][]float64
	for line := range strings.Lines(text) {
		var row []float64
		for cell := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			v, err := strconv.ParseFloat(cell, 64)
			require.NoError(t, err)
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestSurrogatesKeepTheValues(t *testing.T) {
	t.Parallel()
	noise := hurst(t, "", "generate", "--length", "200").out
	x := numbers(t, noise)[0]
	for _, kind := range []string{"shuffle", "iaaft"} {
		r := hurst(t, noise, "surrogate", "--rows", "--kind", kind, "--count", "3")
		require.Zero(t, r.code, r.err)
		rows := numbers(t, r.out)
		require.Len(t, rows, 3)
		require.NotEqual(t, rows[0], rows[1])
		for _, row := range rows {
			require.NotEqual(t, x, row)
			require.Equal(t, slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(row)))
		}
	}
	for _, kind := range []string{"phase", "ar"} {
		two := numbers(t, hurst(t, noise, "surrogate", "--rows", "--kind", kind, "--count", "2").out)
		one := numbers(t, hurst(t, noise, "surrogate", "--rows", "--kind", kind).out)
		require.Equal(t, two[0], one[0], "a surrogate does not depend on the others")
		require.Len(t, one[0], 200)
	}
}

func TestSurrogatesToAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.csv")
	r := hurst(t, "", "surrogate", nileFile, "--kind", "ar", "--count", "2", "--out", path)
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "2 surrogates of 663 points written to")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Len(t, numbers(t, string(data)), 2)

	require.Len(t, objects[surrogateView](t, hurst(t, "", "surrogate", "--list", "--json").out), 4)
	require.Contains(t, hurst(t, "", "surrogate", "--list").out, "iaaft")
	r = hurst(t, "1,2\n3,4\n", "surrogate", "--rows")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "there are several")
}
