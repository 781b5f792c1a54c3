package kernel

// doubleLanes is how many partial sums [Set.DotDouble] has.
const doubleLanes = 32

// Widen converts x to double precision.
func (s Set) Widen(dst []float64, x []float32) {
	same("Widen", len(x), len(dst))
	n := 0
	if s.path != Portable {
		if n = len(x) &^ 7; n > 0 {
			vectorWiden(dst, x[:n])
		}
	}
	for i := n; i < len(x); i++ {
		dst[i] = float64(x[i])
	}
}

// DotDouble returns Σ x·y in double precision, for values that have single precision: then products
// are exact, and all implementations give the same bits.
func (s Set) DotDouble(x, y []float64) float64 {
	same("DotDouble", len(x), len(y))
	n := len(x) &^ 7
	sum := 0.0
	switch {
	case n == 0:
	case s.path == Portable:
		sum = portableDouble(x[:n], y[:n])
	default:
		sum = vectorDouble(s.path, x[:n], y[:n])
	}
	for i := n; i < len(x); i++ {
		sum += x[i] * y[i]
	}
	return sum
}

// portableDouble is DotDouble for a multiple of 8 values: 32 at a time, then 8.
func portableDouble(x, y []float64) float64 {
	var sums [doubleLanes]float64
	for len(x) > 0 {
		n := doubleLanes
		if len(x) < n {
			n = 8
		}
		for i, v := range x[:n] {
			sums[i] += v * y[i]
		}
		x, y = x[n:], y[n:]
	}
	for half := doubleLanes / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[i+half]
		}
	}
	return sums[0]
}
