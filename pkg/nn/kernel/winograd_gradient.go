package kernel

// Conv3Gradient adds up the gradient of a [Conv3]'s weights over series. With y = Aᵀ[(G w) ⊙ (Bᵀ x)],
// that gradient is Gᵀ Σ (Bᵀ x) ⊙ (A dy), the sum being over tiles: half the multiplications of the
// direct sum, as for y itself.
type Conv3Gradient struct {
	T, In, Out int
	Padding    int // as of Conv3
	X          []float32
	XRow       int
	DY         []float32 // the gradients of y's T + 2 Padding - 2 points
	DYRow      int
	Sum        []float32 // Conv3WeightsLen(In, Out) values
	Add        bool      // begin with what Sum holds; else with zero
	Scratch    []float32 // at least Conv3GradientScratch(In, Out) values, of no meaning before and after
}

// gradientTiles is how many tiles are added up at once.
const gradientTiles = 64

// Conv3GradientScratch returns how many values of scratch memory a Conv3Gradient needs.
func Conv3GradientScratch(in, out int) int { return 6 * (gradientTiles + 1) * (in + out) }

// Conv3Gradient adds a series. It panics if a slice is too short for its sizes and strides.
func (s Set) Conv3Gradient(p *Conv3Gradient) {
	points := max(0, p.T+2*p.Padding-2)
	p.check(points)
	if points == 0 && !p.Add {
		clear(p.Sum[:6*p.In*p.Out])
	}
	const n6 = 6 * gradientTiles
	v, rest := p.Scratch[:n6*p.In], p.Scratch[n6*p.In:]
	d, rest := rest[:n6*p.Out], rest[n6*p.Out:]
	x := window{x: p.X, row: p.XRow, points: p.T, values: p.In, first: -p.Padding, span: 6, edge: rest[:6*p.In]}
	dy := window{x: p.DY, row: p.DYRow, points: points, values: p.Out, span: 4, edge: rest[6*p.In:]}
	tiles := (points + 3) / 4
	size := 0
	if tiles > 0 {
		size = even(tiles, gradientTiles)
	}
	for i := 0; i < tiles; i += size {
		n := min(size, tiles-i)
		x.transform(s, winogradInput, v, i, n)
		dy.transform(s, winogradGradient, d, i, n)
		p.products(s, v, d, n, p.Add || i > 0)
	}
}

// products adds the products of n tiles.
func (p *Conv3Gradient) products(s Set, v, d []float32, n int, add bool) {
	for k := range 6 {
		s.MatMul(&MatMul{
			M: p.In, N: p.Out, K: n,
			A: v[k*n*p.In:], ARow: 1, ACol: p.In,
			B: d[k*n*p.Out:], BRow: p.Out,
			C: p.Sum[k*p.In*p.Out:], CRow: p.Out,
			Add: add,
		})
	}
}

func (p *Conv3Gradient) check(points int) {
	if p.Padding < 0 || p.Padding > 2 {
		panic("kernel: Conv3Gradient: the padding must be 0, 1 or 2")
	}
	switch {
	case min(p.In, p.Out, p.XRow, p.DYRow) < 0:
		panic("kernel: Conv3Gradient: a size or a stride is negative")
	case points > 0 && len(p.X) < (p.T-1)*p.XRow+p.In:
		panic("kernel: Conv3Gradient: X is too short")
	case points > 0 && len(p.DY) < (points-1)*p.DYRow+p.Out:
		panic("kernel: Conv3Gradient: DY is too short")
	case len(p.Sum) < 6*p.In*p.Out:
		panic("kernel: Conv3Gradient: Sum is too short")
	case len(p.Scratch) < Conv3GradientScratch(p.In, p.Out):
		panic("kernel: Conv3Gradient: the scratch memory is too short")
	}
}

// Conv3WeightGradient writes to dw, of 3·in·out values, the gradient of the weights w(k, in, out) for
// which Conv3Gradient made sum.
func (s Set) Conv3WeightGradient(dw, sum []float32, in, out int) {
	n := in * out
	checkLengths(len(dw) >= 3*n && len(sum) >= 6*n, "Conv3WeightGradient")
	t := transform{in: sum, inRow: n, out: dw, outRow: n, n: n, tiles: 1}
	t.run(s, winogradSums)
}
