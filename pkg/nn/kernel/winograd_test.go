package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// winogradTolerance is what Conv3 promises of its rounding errors, relative to |bias| + Σ|w| times the
// largest |x| in the tile.
const winogradTolerance = 3e-6

// convolution is a Conv3 of random values with its weights w(k, in, out).
type convolution struct {
	Conv3
	weights []float32
}

func newConvolution(rng *rand.Rand, points, in, out int) *convolution {
	c := &convolution{Conv3: Conv3{
		T: points, In: in, Out: out, Padding: rng.IntN(3), XRow: in + rng.IntN(3), YRow: out + rng.IntN(3),
		ReLU: rng.IntN(3) == 0, Pool: rng.IntN(3) == 0,
	}}
	c.X, c.weights = values(rng, points*c.XRow), values(rng, 3*in*out)
	if rng.IntN(2) == 0 {
		c.Bias = values(rng, out)
	}
	c.W, c.Scratch = make([]float32, Conv3WeightsLen(in, out)), values(rng, Conv3Scratch(in, out))
	c.Y = make([]float32, max(0, c.Points()*c.YRow))
	return c
}

func (c *convolution) String() string {
	return fmt.Sprintf("T=%d %d→%d padding %d bias %t relu %t pool %t", c.T, c.In, c.Out, c.Padding, c.Bias != nil, c.ReLU, c.Pool)
}

// largest returns, for each point from -2 to points+1 and each channel, the largest |x| at the points
// of any tile that has that point.
func largest(x []float32, row, points, channels int) [][]float64 {
	m := make([][]float64, points+4)
	for t := range m {
		m[t] = make([]float64, channels)
		for at := max(0, t-2-5); at < min(points, t-2+6); at++ {
			for i := range channels {
				m[t][i] = max(m[t][i], math.Abs(float64(x[at*row+i])))
			}
		}
	}
	return m
}

// direct returns the convolution's points in float64, and for each value that to which its error is
// relative.
func (c *convolution) direct() (y, size [][]float64) {
	y, size = make([][]float64, c.Points()), make([][]float64, c.Points())
	near := largest(c.X, c.XRow, c.T, c.In)
	for t := range y {
		y[t], size[t] = make([]float64, c.Out), make([]float64, c.Out)
		for o := range c.Out {
			if c.Bias != nil {
				y[t][o] = float64(c.Bias[o])
			}
			size[t][o] = math.Abs(y[t][o])
			for k := range 3 {
				at := t - c.Padding + k
				for i := range c.In {
					w := float64(c.weights[(k*c.In+i)*c.Out+o])
					size[t][o] += math.Abs(w) * near[at+2][i]
					if at >= 0 && at < c.T {
						y[t][o] += w * float64(c.X[at*c.XRow+i])
					}
				}
			}
			if c.ReLU {
				y[t][o] = max(0, y[t][o])
			}
		}
	}
	if c.Pool {
		y, size = pairs(y), pairs(size)
	}
	return y, size
}

func pairs(x [][]float64) [][]float64 {
	var half [][]float64
	for t := 0; t+1 < len(x); t += 2 {
		row := make([]float64, len(x[t]))
		for i := range row {
			row[i] = max(x[t][i], x[t+1][i])
		}
		half = append(half, row)
	}
	return half
}

// sameBits fails if two paths' results are not the same bits.
func sameBits(t *testing.T, first *[]float32, x []float32, what string) {
	t.Helper()
	if *first == nil {
		*first = x
	}
	for i := range x {
		if math.Float32bits((*first)[i]) != math.Float32bits(x[i]) {
			t.Fatalf("%s: value %d is %v on one path and %v on another", what, i, (*first)[i], x[i])
		}
	}
}

func checkConvolution(t *testing.T, c *convolution) {
	t.Helper()
	want, size := c.direct()
	var first []float32
	for _, s := range paths(t) {
		s.Conv3Weights(c.W, c.weights, c.In, c.Out)
		q := c.Conv3
		q.Y = make([]float32, len(c.Y)+1)
		q.Y[len(c.Y)] = 12345
		s.Conv3(&q)
		require.Equal(t, float32(12345), q.Y[len(c.Y)])
		for i := range want {
			for j := range c.Out {
				got := float64(q.Y[i*q.YRow+j])
				if math.Abs(got-want[i][j]) > winogradTolerance*size[i][j] {
					t.Fatalf("%v %v: y(%d,%d) is %v, not %v; off by %.2g of %v",
						s.Path(), c, i, j, got, want[i][j], math.Abs(got-want[i][j])/size[i][j], size[i][j])
				}
			}
			for j := c.Out; j < c.YRow; j++ {
				if q.Y[i*q.YRow+j] != 0 {
					t.Fatalf("%v %v: written between the rows of Y", s.Path(), c)
				}
			}
		}
		if s.Path() != Portable {
			sameBits(t, &first, q.Y, c.String())
		}
	}
}

func TestConv3(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(10, 11))
	for range 150 {
		checkConvolution(t, newConvolution(rng, 1+rng.IntN(40), 1+rng.IntN(40), 1+rng.IntN(40)))
	}
	checkConvolution(t, newConvolution(rng, 250, 32, 64))
	checkConvolution(t, newConvolution(rng, 125, 64, 128))
	checkConvolution(t, newConvolution(rng, 301, 128, 20))
}

// TestConv3Back checks the gradient of the inputs, Σ_k dy(t + Padding - k)·w(k), against the direct
// sum, and that of the weights, Σ_t x(t - Padding + k) dy(t).
func TestConv3Back(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(12, 13))
	for range 50 {
		checkBack(t, rng, newConvolution(rng, 3+rng.IntN(40), 1+rng.IntN(40), 1+rng.IntN(40)))
	}
	checkBack(t, rng, newConvolution(rng, 270, 20, 40))
}

func checkBack(t *testing.T, rng *rand.Rand, c *convolution) {
	t.Helper()
	points := c.Points()
	dyRow := c.Out + rng.IntN(3)
	dy := values(rng, points*dyRow)
	add := rng.IntN(2) == 0
	var dxs, dws []float32
	for _, s := range paths(t) {
		back := Conv3{
			T: points, In: c.Out, Out: c.In, Padding: 2 - c.Padding, X: dy, XRow: dyRow,
			W: make([]float32, len(c.W)), Y: make([]float32, c.T*c.In), YRow: c.In,
			Scratch: make([]float32, Conv3Scratch(c.Out, c.In)),
		}
		require.Equal(t, c.T, back.Points())
		s.Conv3WeightsBack(back.W, c.weights, c.In, c.Out)
		s.Conv3(&back)
		checkInputs(t, c, s.Path(), back.Y, dy, dyRow)

		g := Conv3Gradient{
			T: c.T, In: c.In, Out: c.Out, Padding: c.Padding, X: c.X, XRow: c.XRow, DY: dy, DYRow: dyRow,
			Sum: values(rng, len(c.W)), Scratch: values(rng, Conv3GradientScratch(c.In, c.Out)),
		}
		dw, times := make([]float32, len(c.weights)), 1.0
		s.Conv3Gradient(&g)
		if add {
			g.Add, times = true, 2
			s.Conv3Gradient(&g)
		}
		s.Conv3WeightGradient(dw, g.Sum, c.In, c.Out)
		checkWeights(t, c, s.Path(), dw, dy, dyRow, times)
		if s.Path() != Portable {
			sameBits(t, &dxs, back.Y, c.String())
			sameBits(t, &dws, dw, c.String())
		}
	}
}

func checkInputs(t *testing.T, c *convolution, path Path, dx, dy []float32, dyRow int) {
	t.Helper()
	near := largest(dy, dyRow, c.Points(), c.Out)
	for at := range c.T {
		for i := range c.In {
			sum, size := 0.0, 0.0
			for k := range 3 {
				from := at + c.Padding - k
				for o := range c.Out {
					w := float64(c.weights[(k*c.In+i)*c.Out+o])
					size += math.Abs(w) * near[from+2][o]
					if from >= 0 && from < c.Points() {
						sum += w * float64(dy[from*dyRow+o])
					}
				}
			}
			if got := float64(dx[at*c.In+i]); math.Abs(got-sum) > winogradTolerance*size {
				t.Fatalf("%v %v: dx(%d,%d) is %v, not %v", path, c, at, i, got, sum)
			}
		}
	}
}

func checkWeights(t *testing.T, c *convolution, path Path, dw, dy []float32, dyRow int, times float64) {
	t.Helper()
	for k := range 3 {
		for i := range c.In {
			for o := range c.Out {
				sum, size := 0.0, 0.0
				for p := range c.Points() {
					at := p - c.Padding + k
					if at < 0 || at >= c.T {
						continue
					}
					v := times * float64(c.X[at*c.XRow+i]) * float64(dy[p*dyRow+o])
					sum, size = sum+v, size+math.Abs(v)
				}
				// Beside the rounding of its own terms, a weight sees that of its neighbours'.
				tolerance := winogradTolerance * (size + times*float64(c.Points()))
				if got := float64(dw[(k*c.In+i)*c.Out+o]); math.Abs(got-sum) > tolerance {
					t.Fatalf("%v %v: dw(%d,%d,%d) is %v, not %v within %v", path, c, k, i, o, got, sum, tolerance)
				}
			}
		}
	}
}

func TestConv3RefusesShortSlices(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(14, 15))
	for name, spoil := range map[string]func(c *Conv3){
		"x":       func(c *Conv3) { c.X = c.X[:(c.T-1)*c.XRow+c.In-1] },
		"y":       func(c *Conv3) { c.Y = c.Y[:1] },
		"w":       func(c *Conv3) { c.W = c.W[:len(c.W)-1] },
		"bias":    func(c *Conv3) { c.Bias = make([]float32, c.Out-1) },
		"scratch": func(c *Conv3) { c.Scratch = c.Scratch[:len(c.Scratch)-1] },
		"padding": func(c *Conv3) { c.Padding = 3 },
		"stride":  func(c *Conv3) { c.XRow = -1 },
	} {
		for _, s := range paths(t) {
			c := newConvolution(rng, 20, 5, 6)
			s.Conv3(&c.Conv3)
			spoil(&c.Conv3)
			require.Panics(t, func() { s.Conv3(&c.Conv3) }, name)
		}
	}
	for _, s := range paths(t) {
		require.Panics(t, func() { s.Conv3Weights(make([]float32, 5), make([]float32, 3), 1, 1) })
		require.Panics(t, func() { s.Conv3WeightsBack(make([]float32, 6), make([]float32, 2), 1, 1) })
		require.Panics(t, func() { s.Conv3WeightGradient(make([]float32, 3), make([]float32, 5), 1, 1) })
	}
}

func TestConv3GradientRefusesShortSlices(t *testing.T) {
	t.Parallel()
	whole := func() *Conv3Gradient {
		return &Conv3Gradient{
			T: 9, In: 2, Out: 3, Padding: 1, XRow: 2, DYRow: 3, X: make([]float32, 18), DY: make([]float32, 27),
			Sum: make([]float32, Conv3WeightsLen(2, 3)), Scratch: make([]float32, Conv3GradientScratch(2, 3)),
		}
	}
	for name, spoil := range map[string]func(g *Conv3Gradient){
		"x":       func(g *Conv3Gradient) { g.X = g.X[:17] },
		"dy":      func(g *Conv3Gradient) { g.DY = g.DY[:26] },
		"sum":     func(g *Conv3Gradient) { g.Sum = g.Sum[:35] },
		"scratch": func(g *Conv3Gradient) { g.Scratch = g.Scratch[1:] },
		"padding": func(g *Conv3Gradient) { g.Padding = -1 },
		"stride":  func(g *Conv3Gradient) { g.DYRow = -3 },
	} {
		for _, s := range paths(t) {
			g := whole()
			s.Conv3Gradient(g)
			spoil(g)
			require.Panics(t, func() { s.Conv3Gradient(g) }, name)
		}
	}
	g := whole()
	g.T, g.Padding, g.Sum[5] = 2, 0, 7 // no points: no gradient
	Best().Conv3Gradient(g)
	require.Zero(t, g.Sum[5])
}

func TestConv3AllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 17))
	c := newConvolution(rng, 50, 20, 30)
	g := Conv3Gradient{
		T: c.T, In: c.In, Out: c.Out, Padding: c.Padding, X: c.X, XRow: c.XRow, DY: values(rng, c.Points()*c.Out), DYRow: c.Out,
		Sum: make([]float32, len(c.W)), Scratch: make([]float32, Conv3GradientScratch(c.In, c.Out)),
	}
	for _, s := range paths(t) {
		require.Zero(t, testing.AllocsPerRun(5, func() {
			s.Conv3WeightsBack(c.W, c.weights, c.In, c.Out)
			s.Conv3Weights(c.W, c.weights, c.In, c.Out)
			s.Conv3(&c.Conv3)
			s.Conv3Gradient(&g)
			s.Conv3WeightGradient(c.weights, g.Sum, c.In, c.Out)
		}), s.Path())
	}
}

func FuzzConv3(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(17), uint8(30))
	f.Add(uint64(2), uint8(1), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, points, in, out uint8) {
		if points == 0 || in == 0 || out == 0 {
			return
		}
		checkConvolution(t, newConvolution(rand.New(rand.NewPCG(seed, 7)), int(points), int(in%80)+1, int(out%80)+1))
	})
}
