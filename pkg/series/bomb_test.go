package series

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	arrowarray "github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/stretchr/testify/require"
)

// page is a page of a column chunk, with its header in Thrift's compact protocol.
func page(kind, size, values, encoding int64, body []byte) []byte {
	part := map[int64]byte{dataPage: 5, dictionaryPage: 7, dataPageV2: 8}[kind]
	b := binary.AppendVarint([]byte{0x15}, kind) // field 1, a 32-bit number
	b = binary.AppendVarint(append(b, 0x15), size)
	b = binary.AppendVarint(append(b, 0x15), int64(len(body)))
	b = append(b, (part-3)<<4|thriftStruct)
	b = binary.AppendVarint(append(b, 0x15), values)
	if kind == dataPageV2 {
		b = binary.AppendVarint(append(b, 0x35), encoding) // field 4
	} else {
		b = binary.AppendVarint(append(b, 0x15), encoding)
	}
	return append(append(b, 0, 0), body...)
}

// Not parallel: it measures what is allocated.
func TestPageBombs(t *testing.T) {
	pack := func(c compress.Compression, n int) []byte {
		codec, err := compress.GetCodec(c)
		require.NoError(t, err)
		return codec.Encode(make([]byte, codec.CompressBound(int64(n))), make([]byte, n))
	}
	snappy, zstd, gzip, plain := compress.Codecs.Snappy, compress.Codecs.Zstd, compress.Codecs.Gzip, compress.Codecs.Uncompressed
	big := binary.AppendUvarint(nil, 1<<32-1)
	for name, c := range map[string]struct {
		codec compress.Compression
		page  []byte
		says  string // empty: it is good
	}{
		"good":                  {zstd, page(dataPage, 8000, 1000, 0, pack(zstd, 8000)), ""},
		"good gzip":             {gzip, page(dataPageV2, 8000, 1000, 0, pack(gzip, 8000)), ""},
		"good dictionary":       {snappy, page(dictionaryPage, 8000, 1000, 0, pack(snappy, 8000)), ""},
		"two good":              {plain, append(page(dictionaryPage, 8, 1, 0, make([]byte, 8)), page(dataPage, 3, 1, 8, make([]byte, 3))...), ""},
		"good differences":      {zstd, page(dataPageV2, 4, 4, deltaPacked, pack(zstd, 4)), ""},
		"it says too much":      {zstd, page(dataPage, 1<<30, 1000, 0, pack(zstd, 8000)), "expands to"},
		"it hides a Zstandard":  {zstd, page(dataPage, 8000, 1000, 0, pack(zstd, 64<<20)), "does not expand"},
		"it hides a Snappy":     {snappy, page(dataPage, 8000, 1000, 0, append(big, 0)), "does not expand"},
		"more than there is":    {plain, page(dataPage, 1<<20, 1000, 0, make([]byte, 80)), "1048576"},
		"a large dictionary":    {plain, page(dictionaryPage, 80, 1<<31-1, 0, make([]byte, 80)), "values"},
		"less than no values":   {plain, page(dataPage, 80, -1, 0, make([]byte, 80)), "values"},
		"large blocks":          {plain, page(dataPageV2, 5, 10, deltaPacked, big), "blocks of 4294967295"},
		"large blocks, levels":  {plain, page(dataPage, 10, 10, deltaPacked, append([]byte{1, 0, 0, 0, 7}, big...)), "blocks of 4294967295"},
		"large blocks, packed":  {zstd, page(dataPage, 8, 10, deltaPacked, pack(zstd, 3)), "does not expand"},
		"levels that are cut":   {plain, page(dataPage, 5, 10, deltaPacked, []byte{9, 0, 0, 0, 7}), "levels"},
		"a page that is cut":    {plain, page(dataPage, 80, 10, 0, make([]byte, 80))[:60], "are left"},
		"a header that is cut":  {plain, page(dataPage, 80, 10, 0, nil)[:6], "well formed"},
		"two parts in a header": {plain, []byte{0x15, 0, 0x15, 0, 0x15, 0, 0x2c, 0, 0x2c, 0, 0}, "well formed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &pages{in: bufio.NewReaderSize(bytes.NewReader(c.page), 64<<10), left: int64(len(c.page)), codec: c.codec,
				opt: Options{MaxPoints: 10_000}, width: 8, levels: 1}
			var err error
			// Zstandard takes 8 MiB for its window, and its decoders are kept.
			require.Less(t, allocated(func() { err = p.check() }), uint64(32<<20))
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, ErrFormat)
			require.ErrorContains(t, err, c.says)
		})
	}
}

// Eight million points in some kilobytes are refused, a million are read.
func TestArrowBomb(t *testing.T) {
	for n, says := range map[int]string{1_000_000: "", 8_000_000: "expand to"} {
		b := arrowarray.NewFloat64Builder(memory.NewGoAllocator())
		b.AppendValues(make([]float64, n), nil)
		column := b.NewArray()
		sc := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Float64}}, nil)
		var out bytes.Buffer
		w := ipc.NewWriter(&out, ipc.WithSchema(sc), ipc.WithZstd())
		require.NoError(t, w.Write(arrowarray.NewRecordBatch(sc, []arrow.Array{column}, int64(n))))
		require.NoError(t, w.Close())
		require.Less(t, out.Len(), 64<<10)
		var all []Series
		var err error
		used := allocated(func() { all, err = Read(&out, "x.arrow", Options{}) })
		if says != "" {
			require.ErrorContains(t, err, says)
			require.Less(t, used, uint64(1<<20))
			continue
		}
		require.NoError(t, err)
		require.Len(t, all[0].Values, n)
	}
}

// A schema whose parts are each other's parts, or that claims more than there are.
func TestSchemaBombs(t *testing.T) {
	t.Parallel()
	for name, children := range map[string][]int64{
		"more than there are": {1 << 30, 0, 0}, "less than none": {-1}, "one left over": {1, 0, 0},
		"deep": append(slices.Repeat([]int64{1}, 40), 0), "none": nil,
	} {
		foot := []byte{0x29} // field 2, a list
		foot = binary.AppendUvarint(append(foot, 0xfc), uint64(len(children)))
		for _, n := range children {
			foot = append(binary.AppendVarint(append(foot, 0x55), n), 0) // field 5
		}
		require.ErrorIs(t, checkMetadata(append(foot, 0)), ErrFormat, name)
	}
	good, err := os.ReadFile("testdata/holes.arrow")
	require.NoError(t, err)
	f := newFlat(good)
	f.checkFields(0, 1, fieldDepth+1)
	require.True(t, f.bad)
}
