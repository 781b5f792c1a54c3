package kernel

// vectorDouble is portableDouble by assembly.
func vectorDouble(path Path, x, y []float64) float64 {
	if path == AVX512 {
		return doubleDotZ(&x[0], &y[0], len(x))
	}
	return doubleDotY(&x[0], &y[0], len(x))
}

// vectorWiden is Widen by assembly, for a multiple of 8 values.
func vectorWiden(dst []float64, x []float32) { doubleWiden(&dst[0], &x[0], len(x)) }
