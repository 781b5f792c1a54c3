package kernel

// lanes is how many partial sums a sum over contiguous values has once the wide part of it is
// folded: value i of a tail goes to lane i mod 16, whatever the width of a register.
const lanes = 16

// Dot returns Σ x·y. Up to 64 partial sums run side by side and are added in pairs, so that the
// error grows with n/64 and the order does not depend on the processor.
func (s Set) Dot(x, y []float32) float32 {
	same("Dot", len(x), len(y))
	if s.path > Portable {
		var sum float32
		vectorDot(s.wide(), &sum, first(x), first(y), len(x))
		return sum
	}
	var sum [lanes]float32
	for i, v := range x {
		sum[i%lanes] += float32(v * y[i])
	}
	return fold(&sum)
}

// Sum returns Σ x, summed as [Set.Dot] sums.
func (s Set) Sum(x []float32) float32 {
	if s.path > Portable {
		var sum float32
		vectorSum(s.wide(), &sum, first(x), len(x))
		return sum
	}
	var sum [lanes]float32
	for i, v := range x {
		sum[i%lanes] += v
	}
	return fold(&sum)
}

// SumSquares returns Σ x², summed as [Set.Dot] sums.
func (s Set) SumSquares(x []float32) float32 {
	if s.path > Portable {
		var sum float32
		vectorSumSquares(s.wide(), &sum, first(x), len(x))
		return sum
	}
	return s.Dot(x, x)
}

// fold adds the lanes in halves: i and i+8, then i and i+4, and so on.
func fold(v *[lanes]float32) float32 {
	for half := lanes / 2; half > 0; half /= 2 {
		for i := range half {
			v[i] += v[i+half]
		}
	}
	return v[0]
}

// Grid is a matrix of Rows × Cols values in X. The values of a row are contiguous; one row begins
// Stride values after the other. A stride of zero stands for one row that is the same throughout,
// and is for reading only.
type Grid struct {
	X                  []float32
	Rows, Cols, Stride int
}

// row returns row i.
func (g Grid) row(i int) []float32 {
	if g.Cols == 0 { // there need be nothing in X
		return nil
	}
	return g.X[i*g.Stride:][:g.Cols]
}

// check panics if rows lie outside of X, or, where they are to be written, on one another.
func (g Grid) check(op string, written bool) {
	if g.Rows <= 0 || g.Cols <= 0 {
		if g.Rows < 0 || g.Cols < 0 {
			panic("kernel: " + op + ": a grid of negative size")
		}
		return
	}
	if g.Stride < 0 || written && g.Rows > 1 && g.Stride < g.Cols {
		panic("kernel: " + op + ": the rows of the grid overlap")
	}
	if end := (g.Rows-1)*g.Stride + g.Cols; end > len(g.X) {
		mismatch(op, end, len(g.X))
	}
}

// alike panics unless two grids have the same rows and columns.
func alike(op string, a, b Grid) {
	same(op, a.Rows, b.Rows)
	same(op, a.Cols, b.Cols)
}

// DotRows sets dst[i] to Σ x·y over row i, summed as [Set.Dot] sums. With y of stride zero it is a
// product of a matrix and a vector.
func (s Set) DotRows(dst []float32, x, y Grid) {
	x.check("DotRows", false)
	y.check("DotRows", false)
	alike("DotRows", x, y)
	same("DotRows", x.Rows, len(dst))
	if s.path > Portable {
		vectorDotRows(s.wide(), first(dst), first(x.X), first(y.X), x.Rows, x.Cols, x.Stride, y.Stride)
		return
	}
	for i := range dst {
		dst[i] = s.Dot(x.row(i), y.row(i))
	}
}
