package series

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// thriftBomb is a Parquet file of some thirty bytes whose footer claims so many schema nodes.
func thriftBomb(claim uint64) []byte {
	foot := binary.AppendUvarint([]byte{0x15, 0x02, 0x19, 0xfc}, claim) // version 1, then a list of structures
	foot = append(foot, 0, 0, 0)
	data := binary.LittleEndian.AppendUint32(append([]byte("PAR1"), foot...), uint32(len(foot)))
	return append(data, "PAR1"...)
}

// allocated returns how many bytes a call allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Not parallel: it measures what is allocated.
func TestClaimsDoNotExhaustMemory(t *testing.T) {
	for _, claim := range []uint64{20, 1000, 1 << 24, 1 << 26, 1 << 31, 1 << 63} {
		require.Less(t, allocated(func() {
			_, err := Read(bytes.NewReader(thriftBomb(claim)), "x.parquet", Options{})
			require.ErrorIs(t, err, ErrFormat)
		}), uint64(256<<10))
	}
	// Good files in which each of the bytes is changed, to values that make numbers large.
	for _, name := range []string{"gaps_zstd.parquet", "gaps_snappy.parquet", "delta_v2.parquet", "delta_brotli.parquet",
		"dictionary_gzip.parquet", "holes.parquet", "gaps.arrow", "lists.arrow", "holes.arrow", "polars.arrow"} {
		good, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		step := 1 + len(good)/150
		for at := 6; at < len(good); at += step {
			for _, bits := range []byte{0xff, 0x7f, 0x40} {
				bad := bytes.Clone(good)
				for k := at; k < min(at+1+at%5, len(bad)); k++ {
					bad[k] ^= bits
				}
				size := allocated(func() {
					_, _ = Read(bytes.NewReader(bad), name, Options{Column: "2", MaxPoints: 1000, MaxSeries: 50})
					_, _ = Read(bytes.NewReader(bad), name, Options{Rows: true, MaxPoints: 1000, MaxSeries: 50})
				})
				require.Less(t, size, uint64(64<<20), "%s: bytes from %d, bits %x", name, at, bits)
			}
		}
	}
}
