//go:build integration

package badinput

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tests/system"
)

// lines is a column of n values.
func lines(n int, value func(i int) string) string {
	var text strings.Builder
	for i := range n {
		text.WriteString(value(i) + "\n")
	}
	return text.String()
}

func noise(int) string { return fmt.Sprint(rand.NormFloat64()) }

func binary() string {
	rng := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 1<<16)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return string(data)
}

// files are series files that no estimate can be had from, and a word of what is said about each.
func files() map[string]struct{ content, says string } {
	return map[string]struct{ content, says string }{
		"empty":        {"", "no data"},
		"blank":        {"\n\n \n", "no data"},
		"text":         {"hello world, this is no series\nnor is this\n", ""},
		"html":         {"<!doctype html><html><body>404</body></html>\n", ""},
		"one value":    {"3.14\n", "too short"},
		"63 values":    {lines(63, noise), "too short"},
		"gaps only":    {lines(100, func(int) string { return "NaN" }), "gaps"},
		"constant":     {lines(100, func(int) string { return "7" }), "constant"},
		"infinite":     {lines(100, noise) + "inf\n", "infinite"},
		"binary":       {binary(), ""},
		"text inside":  {lines(100, noise) + "oops\n", "101"},
		"NUL bytes":    {strings.Repeat("\x00", 4096), ""},
		"half a NPY":   {"\x93NUMPY\x01\x00v\x00{'descr': '<f8', ", ""},
		"huge NPY":     {"\x93NUMPY\x01\x00v\x00" + fmt.Sprintf("%-117s\n", "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }"), ""},
		"a long line":  {strings.Repeat("1", 1<<24) + "\n", ""},
		"many columns": {strings.Repeat(strings.Repeat("1,", 500)+"1\n", 100), "column"},
	}
}

func TestSeriesFiles(t *testing.T) {
	up := system.StartUp(t, filepath.Join(t.TempDir(), "data"))
	for name, file := range files() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "series.csv")
			require.NoError(t, os.WriteFile(path, []byte(file.content), 0o600))
			for _, args := range [][]string{{"estimate"}, {"predict", "--data", up.Data}} {
				hurst(t, nil, append(args, path)...).refused(t, 2, "series.csv", file.says)
				hurst(t, strings.NewReader(file.content), append(args, "-")...).refused(t, 2, "stdin", file.says)
			}
		})
	}
	hurst(t, nil, "estimate", t.TempDir()).refused(t, 2, "directory")
	hurst(t, nil, "estimate", filepath.Join(t.TempDir(), "missing.csv")).refused(t, 2, "missing.csv", "no such file")
	hurst(t, strings.NewReader(lines(100, noise)), "predict", "--data", up.Data).refused(t, 1, "is promoted yet")
	up.Stop(t)
}

// numbers yields n values, one a line, without having them all at once.
func numbers(t *testing.T, n int, separator string) io.Reader {
	t.Helper()
	out, in := io.Pipe()
	go func() {
		defer in.Close()
		var text []byte
		for i := range n {
			text = append(strconv.AppendInt(text, int64(i%97), 10), separator...)
			if i == n-1 || len(text) > 1<<16 {
				if _, err := in.Write(text); err != nil {
					return // nobody reads on
				}
				text = text[:0]
			}
		}
	}()
	t.Cleanup(func() { _ = out.Close() })
	return out
}

func TestTenMillionRows(t *testing.T) {
	hurst(t, numbers(t, 10_000_000, "\n"), "estimate", "-").refused(t, 2, "too long", "1000000")
	hurst(t, numbers(t, 10_000_000, ","), "estimate", "--rows", "-").refused(t, 2, "stdin")
}
