package tree_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/tree"
)

// FuzzFit fits every kind to any numbers: there is an error, or every prediction is finite.
func FuzzFit(f *testing.F) {
	add := func(values ...float64) {
		var data []byte
		for _, v := range values {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		f.Add(data, uint8(2))
	}
	add(1, 2, 3, 4, 5, 6, 7, 8, 9)
	add(1, 2, math.NaN())
	add(math.Inf(1), 2, 3)
	add(1e308, -1e308, 1e99, -1e308, 1e308, -1e99)
	add(5e-324, 0, 5e-324, 0, 5e-324, 0)
	add(7, 7, 7, 7, 7, 7, 7, 7, 7)
	f.Fuzz(func(t *testing.T, data []byte, cols uint8) {
		d := tree.Data{Cols: int(cols%4) + 1}
		width := 8 * (d.Cols + 1)
		for ; len(data) >= width && d.Rows < 64; data = data[width:] {
			for k := range d.Cols + 1 {
				v := math.Float64frombits(binary.LittleEndian.Uint64(data[8*k:]))
				if k < d.Cols {
					d.X = append(d.X, v)
				} else {
					d.Y = append(d.Y, v)
				}
			}
			d.Rows++
		}
		for name, fit := range fitters() {
			m, err := fit(d, tree.Watch{}, 2)
			if err != nil {
				continue
			}
			for _, p := range predict(m, d) {
				require.False(t, math.IsNaN(p) || math.IsInf(p, 0), name)
			}
			_, err = tree.Decode(encoded(t, m, nil))
			require.NoError(t, err, name)
		}
	})
}
