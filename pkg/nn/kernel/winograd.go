package kernel

import "math"

// Conv3 is a convolution of a series of points with filters of three points,
//
//	y(t) = bias + Σ_k x(t - Padding + k)·w(k), k = 0, 1, 2,
//
// of In values to Out values, by Winograd's minimal filtering F(4,3): six products make four points,
// where twelve would. A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR
// 2016, equations 11 and 12, and in one dimension
//
//	y = Aᵀ[(G w) ⊙ (Bᵀ x)] for the points
//
//	     ⎡4  0 -5  0  1  0⎤       ⎡  1/4    0    0 ⎤
//	     ⎢0 -4 -4  1  1  0⎥       ⎢ -1/6 -1/6 -1/6 ⎥       ⎡1  1  1  1  1  0⎤
//	Bᵀ = ⎢0  4 -4 -1  1  0⎥   G = ⎢ -1/6  1/6 -1/6 ⎥  Aᵀ = ⎢0  1 -1  2 -2  0⎥
//	     ⎢0 -2 -1  2  1  0⎥       ⎢ 1/24 1/12  1/6 ⎥       ⎢0  1  1  4  4  0⎥
//	     ⎢0  2 -1 -2  1  0⎥       ⎢ 1/24 -1/12 1/6 ⎥       ⎣0  1 -1  8 -8  1⎦
//	     ⎣0  4  0 -5  0  1⎦       ⎣   0    0    1  ⎦
//
// Rounding errors are those of the direct sum within a small factor: at most 3e-6, and typically 6e-8,
// of |bias| + Σ|w| max|x|, the largest of the six points of x that four points of y share.
type Conv3 struct {
	T, In, Out int
	Padding    int // zeros at each end of x: 0, 1 or 2
	X          []float32
	XRow       int       // x(t,c) = X[t·XRow + c]
	W          []float32 // the weights as Conv3Weights or Conv3WeightsBack gives them
	Y          []float32
	YRow       int       // y(t,c) = Y[t·YRow + c]
	Bias       []float32 // Out values; nil: none
	ReLU       bool      // end with max(0, ·)
	Pool       bool      // keep the larger of points 2t and 2t+1: Y has half the points; an odd last one is left out
	Scratch    []float32 // at least Conv3Scratch(In, Out) values, of no meaning before and after
}

// tilesAtOnce is how many tiles of four points go through the six products together: enough rows to
// keep the products fast, and few enough for the caches.
const tilesAtOnce = 32

// Conv3Scratch returns how many values of scratch memory a Conv3 needs.
func Conv3Scratch(in, out int) int { return 6*(tilesAtOnce+1)*in + (6*tilesAtOnce+5)*out }

// Points returns how many points y has, before pooling: T + 2 Padding - 2, or zero.
func (p *Conv3) Points() int { return max(0, p.T+2*p.Padding-2) }

// Conv3 computes the convolution. It panics if a slice is too short for its sizes and strides.
func (s Set) Conv3(p *Conv3) {
	points := p.Points()
	if p.Pool {
		points &^= 1
	}
	if points == 0 || p.Out <= 0 {
		return
	}
	p.check(points)
	w := window{x: p.X, row: p.XRow, points: p.T, values: p.In, first: -p.Padding, span: 6}
	v, m, edge, end := p.scratch()
	w.edge = edge
	tiles := (points + 3) / 4
	size := even(tiles, tilesAtOnce)
	for i := 0; i < tiles; i += size {
		n := min(size, tiles-i)
		w.transform(s, winogradInput, v, i, n)
		for k := range 6 {
			s.MatMul(&MatMul{
				M: n, N: p.Out, K: p.In,
				A: v[k*n*p.In:], ARow: p.In, ACol: 1,
				B: p.W[k*p.In*p.Out:], BRow: p.Out,
				C: m[k*n*p.Out:], CRow: p.Out,
			})
		}
		p.output(s, m, end, i, n, points)
	}
}

// even returns the size of parts of n, at most limit, that makes them nearly equal.
func even(n, limit int) int {
	parts := (n + limit - 1) / limit
	return (n + parts - 1) / parts
}

func (p *Conv3) check(points int) {
	if p.Padding < 0 || p.Padding > 2 {
		panic("kernel: Conv3: the padding must be 0, 1 or 2")
	}
	rows := points
	if p.Pool {
		rows /= 2
	}
	switch {
	case min(p.In, p.XRow, p.YRow) < 0:
		panic("kernel: Conv3: a size or a stride is negative")
	case len(p.X) < (p.T-1)*p.XRow+p.In:
		panic("kernel: Conv3: X is too short")
	case len(p.W) < 6*p.In*p.Out:
		panic("kernel: Conv3: W is too short")
	case len(p.Y) < (rows-1)*p.YRow+p.Out:
		panic("kernel: Conv3: Y is too short")
	case p.Bias != nil && len(p.Bias) < p.Out:
		panic("kernel: Conv3: the bias is too short")
	case len(p.Scratch) < Conv3Scratch(p.In, p.Out):
		panic("kernel: Conv3: the scratch memory is too short")
	}
}

// scratch divides the scratch memory: rows before and behind the products, six points of x at an
// edge, and four points of y at the end with a row of zeros behind them.
func (p *Conv3) scratch() (v, m, edge, end []float32) {
	v, rest := p.Scratch[:6*tilesAtOnce*p.In], p.Scratch[6*tilesAtOnce*p.In:]
	edge, rest = rest[:6*p.In], rest[6*p.In:]
	m, rest = rest[:6*tilesAtOnce*p.Out], rest[6*tilesAtOnce*p.Out:]
	end = rest[:5*p.Out]
	clear(end[4*p.Out:])
	return v, m, edge, end
}

// output writes the points of tiles i … i+n-1.
func (p *Conv3) output(s Set, m, end []float32, i, n, points int) {
	kind, rows := winogradOutput, 4
	if p.Pool {
		kind, rows, points = winogradPooled, 2, points/2
	}
	t := transform{
		in: m, inRow: n * p.Out, inTile: p.Out,
		outRow: p.YRow, outTile: rows * p.YRow,
		bias: p.Bias, floor: float32(math.Inf(-1)), n: p.Out,
	}
	if p.Bias == nil {
		t.bias = end[4*p.Out:]
	}
	if p.ReLU {
		t.floor = 0
	}
	t.tiles = min(n, points/rows-i)
	if t.tiles > 0 {
		t.out = p.Y[i*rows*p.YRow:]
		t.run(s, kind)
	}
	if t.tiles == n {
		return
	}
	t.in, t.tiles = m[max(0, t.tiles)*p.Out:], 1
	t.out, t.outRow, t.outTile = end, p.Out, 0
	t.run(s, kind)
	for r := points / rows * rows; r < points; r++ {
		copy(p.Y[r*p.YRow:][:p.Out], end[r%rows*p.Out:])
	}
}
