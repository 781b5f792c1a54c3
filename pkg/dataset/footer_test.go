package dataset

import (
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Not parallel: it measures what is allocated.
func TestDamageDoesNotExhaustMemory(t *testing.T) {
	allocated := func(data []byte) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := DecodeSeries(data)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, ErrDamaged)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, claim := range []uint64{20, 1000, 1 << 24, 1 << 26, 1 << 31, 1 << 63} {
		foot := binary.AppendUvarint([]byte{0x15, 0x02, 0x19, 0xfc}, claim) // version 1, then a list of structures
		foot = append(foot, 0, 0, 0)
		data := binary.LittleEndian.AppendUint32(append([]byte("PAR1"), foot...), uint32(len(foot)))
		require.Less(t, allocated(append(data, "PAR1"...)), uint64(64<<10))
	}
	good, err := EncodeSeries(sample(5, 64))
	require.NoError(t, err)
	for i := 0; i < len(good); i++ {
		if i == 200 { // the values are data, with no claims in them
			i = len(good) - 900
		}
		for _, mask := range []byte{0xff, 0x40, 0x01} {
			bad := append([]byte(nil), good...)
			bad[i] ^= mask
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = DecodeSeries(bad)
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20), "byte %d, mask %x", i, mask)
		}
	}
}

func TestFooterNesting(t *testing.T) {
	t.Parallel()
	deep := footer{}
	for range 1000 {
		deep.data = append(deep.data, 0x1c) // a structure in a structure …
	}
	require.False(t, deep.structure(0))
	lists := footer{data: []byte{0x19}}
	for range 1000 {
		lists.data = append(lists.data, 0x19) // a list of one list of …
	}
	require.False(t, lists.structure(0))
}
