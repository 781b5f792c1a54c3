package series

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzed reads data under several options and checks what holds for every input.
func fuzzed(t *testing.T, data []byte, format string) {
	t.Helper()
	for _, opt := range []Options{
		{}, {Column: "2"}, {Column: "values"}, {Rows: true}, {Rows: true, LabelFirst: true},
	} {
		opt.Format, opt.MaxPoints, opt.MaxSeries = format, 1000, 50
		all, err := Read(bytes.NewReader(data), "x", opt)
		if err == nil && len(all) == 0 {
			t.Fatal("no series and no error")
		}
		if len(all) > opt.MaxSeries || len(all) > 1 && !opt.Rows && (format == "csv" || format == "tsv" || format == "npy") {
			t.Fatalf("%d series", len(all))
		}
		for _, s := range all {
			if len(s.Values) > opt.MaxPoints || s.Gaps > len(s.Values) {
				t.Fatalf("%d values, %d gaps", len(s.Values), s.Gaps)
			}
			clean, gaps, err := Check(s.Values)
			if err != nil {
				continue
			}
			if gaps != 0 {
				t.Fatalf("%d gaps are left", gaps)
			}
			for _, v := range clean {
				if !finite(v) {
					t.Fatalf("%v passed the check", v)
				}
			}
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"1\n2\n3\n", "year,value\n622,1157\n623,1088\n", "# c\n\na;b\n1;1,5\n2;NA\n", "0.7,1,2\n0.2,3\n",
		"\"a\"\"\",b\n\"1\",2\n", "\xef\xbb\xbfx\n1e400\n", " 1  2\n 2  3\n", "\t\t\n", "2020-01-01\t1\n2020-01-02\t\n",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, tabs bool) {
		if tabs {
			fuzzed(t, data, "tsv")
			return
		}
		fuzzed(t, data, "csv")
	})
}

func FuzzNPY(f *testing.F) {
	f.Add(npy(1, header("<f8", "(3,)"), []float64{1, 2, 3}))
	f.Add(npy(2, header("<f4", "(2, 2)"), []float32{1, 2, 3, 4}))
	f.Add(npy(3, header("|i1", "(2, 1)"), []int8{1, 2}))
	f.Add(npy(1, header("<u8", "(99999999, 3)"), []uint64{1, 2}))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzed(t, data, "npy") })
}

// seeds adds the small files of testdata with an ending.
func seeds(f *testing.F, endings ...string) {
	f.Helper()
	files, err := os.ReadDir("testdata")
	require.NoError(f, err)
	for _, file := range files {
		if !slices.Contains(endings, filepath.Ext(file.Name())) {
			continue
		}
		data, err := os.ReadFile(filepath.Join("testdata", file.Name()))
		require.NoError(f, err)
		f.Add(data)
	}
}

func FuzzParquet(f *testing.F) {
	seeds(f, ".parquet")
	f.Add(thriftBomb(1 << 26))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzed(t, data, "parquet") })
}

func FuzzArrow(f *testing.F) {
	seeds(f, ".arrow", ".arrows", ".feather")
	f.Fuzz(func(t *testing.T, data []byte) { fuzzed(t, data, "arrow") })
}

// FuzzColumnarFlips changes four bytes of a good file at a time, which goes deeper than changes of any kind.
func FuzzColumnarFlips(f *testing.F) {
	var files [][]byte
	for _, name := range []string{"gaps_zstd.parquet", "gaps_snappy.parquet", "delta_v2.parquet", "delta_brotli.parquet",
		"dictionary_gzip.parquet", "holes.parquet", "lists.parquet", "duckdb.parquet", "gaps.arrow", "lists.arrow", "holes.arrow", "polars.arrow", "stream.arrows"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(f, err)
		files = append(files, data)
		for at := len(data) % 61; at < len(data); at += 61 {
			f.Add(uint8(len(files)-1), uint32(at), uint32(0xffffffff))
			f.Add(uint8(len(files)-1), uint32(at), uint32(0x7f))
		}
	}
	f.Fuzz(func(t *testing.T, file uint8, at, mask uint32) {
		data := bytes.Clone(files[int(file)%len(files)])
		at %= uint32(len(data) - 4)
		binary.LittleEndian.PutUint32(data[at:], binary.LittleEndian.Uint32(data[at:])^mask)
		fuzzed(t, data, "")
	})
}
