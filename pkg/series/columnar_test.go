package series

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/dataset"
)

// reference is what testdata/reference.py says that its files hold; a nil is a gap.
type reference struct {
	Series [][]*float64
	Files  map[string]struct {
		Series []int
		Labels []float64
	}
}

func readReference(t testing.TB) (r reference) {
	t.Helper()
	data, err := os.ReadFile("testdata/values.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

// The files are by pyarrow 26.0.1, Polars and DuckDB (testdata/reference.py says which). Values are
// equal to the last bit, for all programs only copy them.
func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	ref := readReference(t)
	require.GreaterOrEqual(t, len(ref.Files), 20)
	for name, want := range ref.Files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			opt := Options{LabelFirst: len(want.Labels) > 0, Rows: len(want.Labels) > 0}
			f, err := os.Open(path)
			require.NoError(t, err)
			defer f.Close()
			for what, r := range map[string]io.Reader{"file": f, "memory": bytes.NewReader(data), "pipe": io.MultiReader(bytes.NewReader(data))} {
				all, err := Read(r, name, opt)
				require.NoError(t, err, what)
				require.Len(t, all, len(want.Series))
				for i, s := range all {
					require.Equal(t, opt.LabelFirst, s.Label != nil)
					if s.Label != nil {
						require.Equal(t, want.Labels[i], *s.Label)
						require.Equal(t, fmt.Sprintf("%s:%d", name, i+1), s.Name)
					}
					requireValues(t, ref.Series[want.Series[i]], s)
				}
			}
			all, err := Read(bytes.NewReader(data), "without a telling name", opt)
			require.NoError(t, err)
			require.Len(t, all, len(want.Series))
		})
	}
}

func requireValues(t *testing.T, want []*float64, got Series) {
	t.Helper()
	x := make([]float64, len(want))
	for i, v := range want {
		x[i] = math.NaN()
		if v != nil {
			x[i] = *v
		}
	}
	require.Equal(t, Fill(x), got.Gaps)
	require.InDeltaSlice(t, x, got.Values, 0)
}

// A shard of Hurst's own is a file of series with labels.
func TestShard(t *testing.T) {
	t.Parallel()
	rows := make([]dataset.Row, 7)
	for i := range rows {
		rows[i] = dataset.Row{Index: uint64(i), H: 0.1 * float64(i+1), Process: "fgn", Class: dataset.Noise, Values: make([]float32, 64+i)}
		for j := range rows[i].Values {
			rows[i].Values[j] = float32(i) + float32(j)/8
		}
	}
	data, err := dataset.EncodeSeries(rows)
	require.NoError(t, err)
	for _, opt := range []Options{{Column: "values"}, {Rows: true}, {Column: "6", Rows: true, LabelFirst: true}, {Rows: true, LabelFirst: true}} {
		all, err := Read(bytes.NewReader(data), "shard.parquet", opt)
		require.NoError(t, err)
		require.Len(t, all, len(rows))
		for i, s := range all {
			require.Len(t, s.Values, 64+i)
			require.Equal(t, float64(i)+2, s.Values[16])
			if opt.LabelFirst {
				require.Equal(t, rows[i].H, *s.Label)
			}
		}
	}
	_, err = Read(bytes.NewReader(data), "shard.parquet", Options{})
	require.ErrorContains(t, err, "--column")
	require.ErrorContains(t, err, "6 (values, list of float)")
	all, err := Read(bytes.NewReader(data), "shard.parquet", Options{Column: "h"})
	require.NoError(t, err)
	require.Len(t, all[0].Values, len(rows))
}

func TestColumnarErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		opt  Options
		is   error
		says []string
	}{
		"no such column":      {"plain.parquet", Options{Column: "h"}, ErrFormat, []string{`"h"`, "3 columns", "2 (flow, double)"}},
		"a text":              {"plain.parquet", Options{Column: "place"}, ErrFormat, []string{"place", "string"}},
		"a time":              {"plain.parquet", Options{Column: "1"}, ErrFormat, []string{"timestamp"}},
		"a time in Arrow":     {"plain.arrow", Options{Column: "day"}, ErrFormat, []string{"timestamp"}},
		"rows of no lists":    {"plain.parquet", Options{Rows: true}, ErrFormat, []string{"--rows", "lists"}},
		"rows of numbers":     {"plain.arrow", Options{Rows: true, Column: "flow"}, ErrFormat, []string{"flow", "lists"}},
		"two columns":         {"lists.parquet", Options{}, ErrFormat, []string{"--column", "list of double", "2 (h, double)"}},
		"no labels":           {"holes.parquet", Options{Rows: true, LabelFirst: true}, ErrFormat, []string{"h or label"}},
		"too many points":     {"plain.parquet", Options{MaxPoints: 149}, ErrTooLong, []string{"150 points"}},
		"too many in a list":  {"lists.parquet", Options{MaxPoints: 70, Rows: true}, ErrTooLong, []string{"row 4"}},
		"too many series":     {"lists.parquet", Options{MaxSeries: 4, Rows: true}, ErrTooLong, []string{"5 series"}},
		"points in Arrow":     {"gaps.arrow", Options{MaxPoints: 149}, ErrTooLong, []string{"150 points"}},
		"a list in Arrow":     {"lists.arrow", Options{MaxPoints: 70, Rows: true}, ErrTooLong, []string{"row 4"}},
		"series in Arrow":     {"lists.arrow", Options{MaxSeries: 4, Rows: true}, ErrTooLong, []string{"5 series"}},
		"another format":      {"plain.parquet", Options{Format: "arrow"}, ErrFormat, []string{"Parquet, not Arrow"}},
		"Arrow, not a text":   {"plain.arrow", Options{Format: "csv"}, ErrFormat, []string{"Arrow, not CSV"}},
		"an unknown format":   {"plain.parquet", Options{Format: "hdf5"}, nil, []string{"hdf5", "parquet"}},
		"labels that are not": {"labels", Options{Rows: true, LabelFirst: true}, nil, []string{"row 2", "1.5"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join("testdata", c.file))
			if c.file == "labels" {
				rows := []dataset.Row{{H: 0.5, Class: dataset.Noise, Values: []float32{1, 2}}, {H: 1.5, Class: dataset.Noise, Values: []float32{1, 2}}}
				data, err = dataset.EncodeSeries(rows)
			}
			require.NoError(t, err)
			_, err = Read(bytes.NewReader(data), "x", c.opt)
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

func TestColumnarCutOff(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"gaps_zstd.parquet", "gaps.arrow", "stream.arrows"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		for n := 6; n < len(data); n += 7 {
			all, err := Read(bytes.NewReader(data[:n]), name, Options{})
			if err == nil && name == "stream.arrows" { // it may end between its batches
				require.Contains(t, []int{100, 150}, len(all[0].Values))
				continue
			}
			require.Error(t, err, "%s cut to %d of %d", name, n, len(data))
			require.True(t, errors.Is(err, ErrFormat) || errors.Is(err, ErrNoData), err)
		}
	}
}

func TestColumnarReadErrors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.parquet", "plain.arrow"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		for _, n := range []int{8, 500, len(data) / 2} {
			_, err = Read(io.MultiReader(bytes.NewReader(data[:n]), failing{}), name, Options{})
			require.ErrorIs(t, err, errBroken, "%s at %d", name, n)
		}
	}
}

// A panic of the caller's is no damage of the file.
func TestColumnarPanicsPass(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lists.parquet", "lists.arrow", "plain.parquet", "plain.arrow"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		opt := Options{Rows: strings.HasPrefix(name, "lists")}
		require.PanicsWithValue(t, "mine", func() {
			_ = Each(bytes.NewReader(data), name, opt, func(Series) error { panic("mine") })
		})
		err = Each(bytes.NewReader(data), name, opt, func(Series) error { return errBroken })
		require.Equal(t, errBroken, err)
	}
}

func BenchmarkReadColumnar(b *testing.B) {
	rows := make([]dataset.Row, 1000)
	for i := range rows {
		rows[i] = dataset.Row{H: 0.5, Class: dataset.Noise, Values: make([]float32, 500)}
		for j := range rows[i].Values {
			rows[i].Values[j] = float32(math.Sin(float64(i * j)))
		}
	}
	data, err := dataset.EncodeSeries(rows)
	require.NoError(b, err)
	b.Run("parquet/1000x500", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if err := Each(bytes.NewReader(data), "x.parquet", Options{Rows: true, LabelFirst: true}, func(Series) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
