package native

import (
	"math"
	"unsafe"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// energies is a convolution of one channel whose outputs are squared and averaged over all points.
//
// With X the matrix of windows, a row of ones behind each window's values for the bias, and w a
// filter, a mean square is |X w|²/n. Instead of the n rows of X it needs only the triangle R of X = QR,
// since |X w| = |R w|: as many rows as the filter has points, and with the same rounding errors. R is
// the Cholesky factor of XᵀX, which is computed in double precision so that squaring loses nothing
// that single precision would keep. Most of XᵀX repeats along its diagonals: it is one lagged sum of
// products for each point of the filter, corrected at the ends.
//
// The gradient with respect to w is 2g/n·Rᵀ(R w). There is none for the input: where it is wanted, the
// layers are computed one by one.
type energies struct {
	s      *site
	w      nn.Window
	units  int
	biased bool
	size   int // rows and columns of R
}

// What filters are computed so: those whose R is found faster than the filters' outputs.
const (
	energyKernel   = 16 // points, at most
	energyDilation = 64
	energyUnits    = 8 // filters, at least
)

// energetic tells whether a convolution with a square and a mean behind it is computed as energies.
func energetic(l nn.Layer, in int, inputGrad bool) bool {
	w := l.Window()
	return l.Kind == nn.Conv1D && in == 1 && !inputGrad && w.Stride == 1 && l.Units >= energyUnits &&
		w.Kernel <= energyKernel && w.Dilation <= energyDilation
}

func newEnergies(s *site) op {
	l := s.node.Layer
	o := &energies{s: s, w: l.Window(), units: l.Units, biased: !l.NoBias}
	o.size = o.w.Kernel
	if o.biased {
		o.size++
	}
	return o
}

func (o *energies) needs() needs {
	n := needs{scratch: roundUp(o.size*o.units) + 2*roundUp(o.units) + 2*roundUp(o.size*o.size) + 2*o.room(o.s.points)}
	if o.s.training {
		n.saved = o.size * o.size
	} else {
		n.scratch += roundUp(o.size * o.size)
	}
	return n
}

// room returns how many values the series has with the zeros around it.
func (o *energies) room(points int) int { return roundUp(points + 2*o.w.Padding) }

// energyScratch is what a call computes with.
type energyScratch struct {
	z        []float32 // R w, size × units
	one, two []float32 // units
	gram     []float64 // size × size
	x        []float64 // the series with the zeros around it
	r        []float32 // size × size
}

func (o *energies) cut(c *call) (t energyScratch) {
	m := memory{rest: c.scratch}
	t.z, t.one, t.two = m.take(o.size*o.units), m.take(o.units), m.take(o.units)
	t.gram, t.x = doubles(m.take(2*roundUp(o.size*o.size))), doubles(m.take(2*o.room(o.s.points)))
	if t.r = c.saved; t.r == nil {
		t.r = m.take(o.size * o.size)
	}
	return t
}

// doubles returns memory as values of double precision. It begins at a cache line, as all memory of
// ops does.
func doubles(x []float32) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2)
}

func (o *energies) forward() []stage { return perRow(o.run) }

func (o *energies) run(c *call) {
	t := o.cut(c)
	n := o.w.Out(c.in.T)
	o.gather(c, &t, n)
	factor(t.r, t.gram, o.size)
	o.product(c, &t)
	clear(t.one)
	y := c.out.values()
	clear(y)
	c.k.MomentRows(t.one, y, t.z, o.units)
	c.k.Scale(y, float32(1/float64(n)))
}

// gather computes XᵀX, its upper triangle, for n windows.
func (o *energies) gather(c *call, t *energyScratch, n int) {
	pad, points, d := o.w.Padding, c.in.T, o.w.Dilation
	x := t.x[:points+2*pad]
	clear(x[:pad])
	c.k.Widen(x[pad:][:points], c.in.values())
	clear(x[pad+points:])
	for lag := range o.w.Kernel {
		t.gram[lag] = c.k.DotDouble(x[:n], x[lag*d:][:n])
	}
	// From a window's point to the next, the sum loses its first d products and gains d behind the end.
	for i := range o.w.Kernel - 1 {
		for j := i; j < o.w.Kernel-1; j++ {
			first, last := x[i*d:], x[j*d:]
			t.gram[(i+1)*o.size+j+1] = t.gram[i*o.size+j] + c.ends(first, last, n, d)
		}
	}
	if !o.biased {
		return
	}
	sum := total(x[:n])
	for i := range o.w.Kernel {
		t.gram[i*o.size+o.w.Kernel] = sum
		sum += total(x[n+i*d:][:min(d, len(x)-n-i*d)]) - total(x[i*d:][:d])
	}
	t.gram[o.size*o.size-1] = float64(n)
}

// ends returns the sum of d products behind the first n, without that of the first d.
func (c *call) ends(x, y []float64, n, d int) float64 {
	const few = 12
	if d > few {
		return c.k.DotDouble(x[n:][:d], y[n:][:d]) - c.k.DotDouble(x[:d], y[:d])
	}
	sum := 0.0
	for t := range d {
		sum += float64(x[n+t]*y[n+t]) - float64(x[t]*y[t])
	}
	return sum
}

// total returns a sum in four chains.
func total(x []float64) float64 {
	var a, b, c, d float64
	for ; len(x) >= 4; x = x[4:] {
		a, b, c, d = a+x[0], b+x[1], c+x[2], d+x[3]
	}
	for _, v := range x {
		a += v
	}
	return (a + b) + (c + d)
}

// dependent is from which part of its square on a column counts as a sum of those before it: what is
// left of it is smaller than single precision resolves.
const dependent = 1e-14

// factor writes the upper triangle R with RᵀR = gram, and zeros below it. It overwrites gram. What is
// not finite stays so.
func factor(r []float32, gram []float64, n int) {
	for i := range n {
		row := gram[i*n:][:n]
		square := row[i]
		for k := range i {
			square -= float64(gram[k*n+i] * gram[k*n+i])
		}
		clear(r[i*n:][:i])
		if square <= dependent*row[i] {
			clear(row[i:])
			clear(r[i*n+i:][:n-i])
			continue
		}
		for k := range i {
			f := gram[k*n+i]
			for j, v := range gram[k*n+i+1:][:n-i-1] {
				row[i+1+j] -= float64(f * v)
			}
		}
		root := math.Sqrt(square)
		row[i] = root
		r[i*n+i] = float32(root)
		for j := i + 1; j < n; j++ {
			row[j] /= root
			r[i*n+j] = float32(row[j])
		}
	}
}

// product computes z = R w; the bias stands behind the weights, as Plan has it.
func (o *energies) product(c *call, t *energyScratch) {
	c.product = kernel.MatMul{
		M: o.size, N: o.units, K: o.size, A: t.r, ARow: o.size, ACol: 1,
		B: c.params[c.unit.params[0].Offset:], BRow: o.units, C: t.z, CRow: o.units,
	}
	c.k.MatMul(&c.product)
}

func (o *energies) backward() []stage { return perRow(o.back) }

func (o *energies) back(c *call) {
	t := o.cut(c)
	o.product(c, &t)
	copy(t.one, c.dout.values())
	c.k.Scale(t.one, float32(2/float64(o.w.Out(c.in.T))))
	clear(t.two)
	c.k.ScaleShiftRows(t.z, t.z, t.one, t.two, o.units, false)
	c.product = kernel.MatMul{
		M: o.size, N: o.units, K: o.size, A: t.r, ARow: 1, ACol: o.size, B: t.z, BRow: o.units,
		C: c.sums[c.unit.places[0]:], CRow: o.units, Add: true,
	}
	c.k.MatMul(&c.product)
}
