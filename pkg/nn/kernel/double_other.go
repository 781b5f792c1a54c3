//go:build !amd64

package kernel

// vectorDouble is portableDouble, where there is no other.
func vectorDouble(_ Path, x, y []float64) float64 { return portableDouble(x, y) }

// vectorWiden is Widen for a multiple of 8 values.
func vectorWiden(dst []float64, x []float32) {
	for i, v := range x {
		dst[i] = float64(v)
	}
}
