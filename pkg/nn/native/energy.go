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
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2) //nolint:gosec // G103: as many bytes, and aligned
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
	for lag := range o.w.Kernel {
		o.slide(c, t.gram, x, n, lag)
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

// slide fills one diagonal of XᵀX from its first value: from a window's point to the next, the sum loses
// its first products, as many as the dilation, and gains those behind its end.
func (o *energies) slide(c *call, gram, x []float64, n, lag int) {
	const few = 12
	d := o.w.Dilation
	head, tail := x[lag*d:], x[n+lag*d:]
	sum := gram[lag]
	for i := 1; i+lag < o.w.Kernel; i++ {
		from, to := (i-1)*d, i*d
		if d > few {
			sum += c.k.DotDouble(x[n+from:n+to], tail[from:to]) - c.k.DotDouble(x[from:to], head[from:to])
		} else {
			for t := from; t < to; t++ {
				sum += float64(x[n+t]*tail[t]) - float64(x[t]*head[t])
			}
		}
		gram[i*o.size+i+lag] = sum
	}
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
		clear(r[i*n:][:i])
		row, to := gram[i*n+i:][:n-i], r[i*n+i:][:n-i]
		whole := row[0]
		eliminate(row, gram, n, i)
		if row[0] <= dependent*whole {
			clear(row)
			clear(to)
			continue
		}
		inverse := 1 / math.Sqrt(row[0])
		for j, v := range row {
			row[j] = v * inverse
			to[j] = float32(row[j])
		}
	}
}

// eliminate takes the part of the rows above from row i, four at a time, in their order.
func eliminate(row, gram []float64, n, i int) {
	k := 0
	for ; k+3 < i; k += 4 {
		a, b, c, d := gram[k*n+i:][:len(row)], gram[(k+1)*n+i:][:len(row)], gram[(k+2)*n+i:][:len(row)], gram[(k+3)*n+i:][:len(row)]
		fa, fb, fc, fd := a[0], b[0], c[0], d[0]
		for j, v := range a {
			row[j] = row[j] - float64(fa*v) - float64(fb*b[j]) - float64(fc*c[j]) - float64(fd*d[j])
		}
	}
	for ; k < i; k++ {
		above := gram[k*n+i:][:len(row)]
		f := above[0]
		for j, v := range above {
			row[j] -= float64(f * v)
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
