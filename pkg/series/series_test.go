package series

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadText(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for name, c := range map[string]struct {
		text string
		opt  Options
		want []float64
		gaps int
	}{
		"plain":               {"1\n2\n3\n", Options{}, []float64{1, 2, 3}, 0},
		"no final newline":    {"1\n2", Options{}, []float64{1, 2}, 0},
		"windows line ends":   {"flow\r\n1\r\n2\r\n", Options{}, []float64{1, 2}, 0},
		"byte order mark":     {"\xef\xbb\xbf1\n2\n", Options{}, []float64{1, 2}, 0},
		"header":              {"flow\n1\n2\n", Options{}, []float64{1, 2}, 0},
		"header with commas":  {"flow, 10^8 m3\n1\n2\n", Options{}, []float64{1, 2}, 0},
		"comments and blanks": {"# a\n\nflow\n# b\n1\n\n2\n", Options{}, []float64{1, 2}, 0},
		"exponents and signs": {"-1e3\n+.5\n", Options{}, []float64{-1000, .5}, 0},
		"year and value":      {"year,value\n622,11\n623,10\n", Options{}, []float64{11, 10}, 0},
		"no header, years":    {"622,11\n623,10\n", Options{}, []float64{11, 10}, 0},
		"dates":               {"day\tx\n2020-01-31\t1\n2020-02-01\t2\n", Options{}, []float64{1, 2}, 0},
		"semicolon, decimal,": {"t;x\n1;1,5\n2;2,25\n", Options{}, []float64{1.5, 2.25}, 0},
		"blanks as delimiter": {"  1   10\n  2   20\n", Options{}, []float64{10, 20}, 0},
		"quoted cells":        {"\"a \"\"b\"\"\",\"c,d\"\n\"1\",\"2\"\n\"2\",\"3\"\n", Options{}, []float64{2, 3}, 0},
		"column by name":      {"a,b,c\n1,2,3\n4,5,6\n", Options{Column: "b"}, []float64{2, 5}, 0},
		"column by number":    {"a,b,c\n1,2,3\n4,5,6\n", Options{Column: "3"}, []float64{3, 6}, 0},
		"text in another":     {"a,b,c\nx,2,3\ny,5,6\n", Options{Column: "c"}, []float64{3, 6}, 0},
		"gap inside":          {"0\nNA\nnan\n\"\"\n8\n", Options{}, []float64{0, 2, 4, 6, 8}, 3},
		"gaps at the ends":    {"NaN\n1\n2\nnull\n", Options{}, []float64{1, 1, 2, 2}, 2},
		"empty cell":          {"1,1\n2,\n3,3\n", Options{}, []float64{1, 2, 3}, 1},
		"only gaps":           {"NA\nNA\n", Options{}, []float64{nan, nan}, 2},
		"tsv as told":         {"1\t2\n2\t4\n", Options{Format: "tsv"}, []float64{2, 4}, 0},
		"overflow":            {"1\n1e999\n", Options{}, []float64{1, math.Inf(1)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := Read(strings.NewReader(c.text), "x.csv", c.opt)
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, "x.csv", all[0].Name)
			require.Equal(t, c.gaps, all[0].Gaps)
			require.InDeltaSlice(t, c.want, all[0].Values, 0)
		})
	}
}

func TestReadRows(t *testing.T) {
	t.Parallel()
	const text = "h,v1,v2\n0.7,1,2\n\n0.25,NA,4,5\n"
	all, err := Read(strings.NewReader(text), "x.csv", Options{Rows: true, LabelFirst: true})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "x.csv:2", all[0].Name)
	require.Equal(t, 0.7, *all[0].Label)
	require.Equal(t, []float64{1, 2}, all[0].Values)
	require.Equal(t, "x.csv:4", all[1].Name)
	require.Equal(t, []float64{4, 4, 5}, all[1].Values)
	require.Equal(t, 1, all[1].Gaps)

	all, err = Read(strings.NewReader(text), "x.csv", Options{Rows: true})
	require.NoError(t, err)
	require.Equal(t, []float64{.7, 1, 2}, all[0].Values)
	require.Nil(t, all[0].Label)
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		opt  Options
		is   error
		says []string
	}{
		"empty":             {"", Options{}, ErrNoData, []string{"x.csv", "no values"}},
		"only a comment":    {"# hello\n", Options{}, ErrNoData, nil},
		"only a header":     {"flow\n", Options{}, ErrNoData, nil},
		"a text":            {"1\n2\nthree\n", Options{}, ErrFormat, []string{"line 3", "column 1", `"three"`}},
		"a named column":    {"t,flow\n1,2\n2,x\n", Options{}, ErrFormat, []string{"line 3", "flow", `"x"`}},
		"three columns":     {"a,b,c\n1,2,3\n", Options{}, ErrFormat, []string{"3 columns", "2 (b)", "--column"}},
		"two, not an index": {"a,b\n1,2\n1,3\n", Options{}, ErrFormat, []string{"line 3", "--column", "no time index"}},
		"no such column":    {"a,b,c\n1,2,3\n", Options{Column: "d"}, ErrFormat, []string{`"d"`, "3 (c)"}},
		"twice the column":  {"a,a\n1,2\n", Options{Column: "a"}, ErrFormat, []string{"both named"}},
		"ragged":            {"1,2\n2,3\n3\n", Options{}, ErrFormat, []string{"line 3", "1 column", "2 columns"}},
		"open quote":        {"1\n\"2\n", Options{}, ErrFormat, []string{"line 2", "quote"}},
		"after a quote":     {"1\n\"2\"3\n", Options{}, ErrFormat, []string{"line 2", "3"}},
		"thousands":         {"1;1,234,567\n2;2\n", Options{}, ErrFormat, []string{"1,234,567"}},
		"slip at the top":   {"1,oops\n2,3\n3,4\n", Options{}, ErrFormat, []string{"line 1", "oops"}},
		"hexadecimal":       {"1\n0x10\n", Options{}, ErrFormat, []string{"0x10"}},
		"not UTF-8":         {"1\n\xff\xfe\n", Options{}, ErrFormat, []string{"line 2", "UTF-8"}},
		"zeroes":            {"1\n\x00\x00\n", Options{}, ErrFormat, []string{"line 2", "UTF-8"}},
		"gzip":              {"\x1f\x8b\x08", Options{}, ErrFormat, []string{"gzip", "decompress"}},
		"parquet":           {"PAR1....", Options{}, ErrFormat, []string{"Parquet"}},
		"too many points":   {"1\n2\n3\n", Options{MaxPoints: 2}, ErrTooLong, []string{"2 points"}},
		"a row too long":    {"1,2,3\n", Options{MaxPoints: 2, Rows: true}, ErrTooLong, []string{"3 points"}},
		"too many series":   {"1,2\n3,4\n", Options{MaxSeries: 1, Rows: true}, ErrTooLong, []string{"1 series"}},
		"bad label":         {"1.5,2\n", Options{Rows: true, LabelFirst: true}, nil, []string{"line 1", "1.5", "0 to 1"}},
		"label without":     {"1\n", Options{LabelFirst: true}, nil, []string{"--rows"}},
		"column of rows":    {"1\n", Options{Column: "1", Rows: true}, nil, []string{"--rows"}},
		"unknown format":    {"1\n", Options{Format: "xls"}, nil, []string{`"xls"`, "npy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(c.text), "x.csv", c.opt)
			require.Error(t, err)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
		})
	}
}

func TestNile(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../testdata/nile_min.csv")
	require.NoError(t, err)
	defer f.Close()
	all, err := Read(f, "nile_min.csv", Options{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Len(t, all[0].Values, 663)
	require.Equal(t, 1157.0, all[0].Values[0])
}

func TestEachStops(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	count := 0
	err := Each(strings.NewReader("1,2\n3,4\nbroken\n"), "x.csv", Options{Rows: true}, func(Series) error {
		count++
		return enough
	})
	require.Equal(t, enough, err)
	require.Equal(t, 1, count)
}

// endless yields the same text for ever.
type endless string

func (e endless) Read(p []byte) (int, error) { return copy(p, e), nil }

func TestEndlessInputEnds(t *testing.T) {
	t.Parallel()
	for text, is := range map[string]error{"1": ErrFormat, "1,": ErrFormat, "1\n": ErrTooLong} {
		_, err := Read(endless(text), "x.csv", Options{})
		require.ErrorIs(t, err, is)
	}
	_, err := Read(endless("1,2\n"), "x.csv", Options{Rows: true})
	require.ErrorIs(t, err, ErrTooLong)
	_, err = Read(io.MultiReader(strings.NewReader("1"), endless(",1,1,1,1,1,1,1")), "x.csv", Options{Rows: true, MaxPoints: 10_000})
	require.ErrorIs(t, err, ErrFormat)
}

func TestReadPassesReadErrorsOn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"x.csv", "x.npy"} {
		_, err := Read(io.MultiReader(strings.NewReader("1\n2\n"), failing{}), name, Options{})
		require.Error(t, err)
	}
	_, err := Read(io.MultiReader(strings.NewReader("1\n2\n"), failing{}), "x.csv", Options{})
	require.ErrorIs(t, err, errBroken)
}

var errBroken = errors.New("broken")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

func BenchmarkRead(b *testing.B) {
	var rows strings.Builder
	for i := range 1000 {
		for j := range 500 {
			fmt.Fprintf(&rows, "%.6f,", math.Sin(float64(i*j)))
		}
		rows.WriteString("0\n")
	}
	b.Run("rows/1000x501", func(b *testing.B) {
		b.SetBytes(int64(rows.Len()))
		for b.Loop() {
			err := Each(strings.NewReader(rows.String()), "x.csv", Options{Rows: true}, func(Series) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
