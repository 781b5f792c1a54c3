package kernel

// A transform makes rows of values from rows of values, by the same arithmetic in each of n columns,
// for tiles one after the other. Strides are in values.
type transform struct {
	in            []float32
	inRow, inTile int
	out           []float32
	outRow        int
	outTile       int
	bias          []float32 // n values, of outputs alone
	floor         float32   // the least output
	n, tiles      int
}

// winogradKind is one of the transforms of Winograd's F(4,3); see [Conv3].
type winogradKind uint8

const (
	winogradInput    winogradKind = iota // Bᵀx: six points to six rows
	winogradOutput                       // Aᵀm + bias: six rows to four points
	winogradPooled                       // the same, and the maxima of pairs
	winogradWeights                      // G w: three weights to six rows
	winogradGradient                     // A dy: the gradients of four points to six rows
	winogradSums                         // Gᵀu: six rows to the gradients of three weights
)

// rows returns how many rows a tile has before and after.
func (k winogradKind) rows() (in, out int) {
	switch k {
	case winogradInput:
		return 6, 6
	case winogradOutput:
		return 6, 4
	case winogradPooled:
		return 6, 2
	case winogradWeights:
		return 3, 6
	case winogradGradient:
		return 4, 6
	}
	return 6, 3
}

// run computes the transform.
func (t *transform) run(s Set, kind winogradKind) {
	if t.tiles <= 0 || t.n <= 0 {
		return
	}
	ins, outs := kind.rows()
	_ = t.in[(t.tiles-1)*t.inTile+(ins-1)*t.inRow+t.n-1]
	_ = t.out[(t.tiles-1)*t.outTile+(outs-1)*t.outRow+t.n-1]
	if kind == winogradOutput || kind == winogradPooled {
		_ = t.bias[t.n-1]
	}
	if s.path == Portable || !t.vector(s.path, kind) {
		t.portable(kind, ins, outs)
	}
}

func (t *transform) portable(kind winogradKind, ins, outs int) {
	var x, y [6]float32
	for tile := range t.tiles {
		in, out := t.in[tile*t.inTile:], t.out[tile*t.outTile:]
		for j := range t.n {
			for i := range ins {
				x[i] = in[i*t.inRow+j]
			}
			t.column(kind, &x, &y, j)
			for i := range outs {
				out[i*t.outRow+j] = y[i]
			}
		}
	}
}

// column transforms the values of one column.
func (t *transform) column(kind winogradKind, x, y *[6]float32, j int) {
	switch kind {
	case winogradInput:
		inputColumn(x, y)
	case winogradOutput:
		outputColumn(x, y, t.bias[j], t.floor)
	case winogradPooled:
		outputColumn(x, y, t.bias[j], t.floor)
		y[0], y[1] = max(y[0], y[1]), max(y[2], y[3])
	case winogradWeights:
		weightsColumn(x, y)
	case winogradGradient:
		gradientColumn(x, y)
	case winogradSums:
		sumsColumn(x, y)
	}
}

func inputColumn(x, y *[6]float32) {
	a, b := x[4]-float32(4*x[2]), x[3]-float32(4*x[1])
	c, d := x[4]-x[2], float32(2*(x[3]-x[1]))
	y[0] = x[4] + float32(4*x[0]) - float32(5*x[2])
	y[1], y[2] = a+b, a-b
	y[3], y[4] = c+d, c-d
	y[5] = x[5] + float32(4*x[1]) - float32(5*x[3])
}

func outputColumn(m, y *[6]float32, bias, floor float32) {
	s, d := m[1]+m[2], m[1]-m[2]
	S, D := m[3]+m[4], m[3]-m[4]
	y[0] = max(floor, m[0]+s+S+bias)
	y[1] = max(floor, d+float32(2*D)+bias)
	y[2] = max(floor, s+float32(4*S)+bias)
	y[3] = max(floor, d+float32(8*D)+m[5]+bias)
}

func weightsColumn(w, y *[6]float32) {
	even := w[0] + w[2]
	y[0] = w[0] / 4
	y[1], y[2] = (even+w[1])*(-1.0/6), (even-w[1])*(-1.0/6)
	ends, middle := float32(w[0]*(1.0/24))+float32(w[2]*(1.0/6)), float32(w[1]*(1.0/12))
	y[3], y[4] = ends+middle, ends-middle
	y[5] = w[2]
}

func gradientColumn(x, y *[6]float32) {
	even, odd := x[0]+x[2], x[1]+x[3]
	y[0] = x[0]
	y[1], y[2] = even+odd, even-odd
	even, odd = x[0]+float32(4*x[2]), float32(2*x[1])+float32(8*x[3])
	y[3], y[4] = even+odd, even-odd
	y[5] = x[3]
}

func sumsColumn(u, y *[6]float32) {
	s, d := float32((u[1]+u[2])*(-1.0/6)), float32((u[1]-u[2])*(-1.0/6))
	S, D := u[3]+u[4], u[3]-u[4]
	y[0] = s + float32(S*(1.0/24)) + float32(u[0]/4)
	y[1] = d + float32(D*(1.0/12))
	y[2] = s + float32(S*(1.0/6)) + u[5]
}
