package mixture

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// The standard deviations, in those of the noise, that sizes have before the series is seen: of the
// whole rise of a line, of a parabola from its middle value to its ends', of a level shift, and of the
// cosine and the sine of a sinusoid.
const (
	lineSpread     = 1.2
	parabolaSpread = 1.2
	shiftSpread    = 0.8
	sineSpread     = 0.6
)

// oversampled is the length up to which sinusoids are looked for at every quarter of a cycle; above,
// at whole cycles.
const oversampled = 8192

// overlays holds what of the search for trends, sinusoids and level shifts depends on n alone.
type overlays struct {
	n        int
	circle   *circle
	line     pattern
	parabola pattern
	shifts   *scan
	ends     int         // a shift is at least so far from an end
	blocks   [][]float32 // by node and place, what (Σ_{t ≥ place} (Qx)_t)² counts for
	sines    *scan
	per      int // places a cycle
	waves    [][]float32
	power    []float32 // |Σ x exp(-iλt)|² at the places of sines
	plan     *fft.Real // of per·n values
	padded   []float64
	coeff    []complex128
	y        [][]float64 // by node, Qx of the series last searched
	steps    [][]float64 // by node, Σ_{d ≤ m} Q(d), m = 0 … n-1
	b        []float64   // by node
	c        []float64
	aa, bb   []float64
	ab       []float64
}

// A pattern is a shape s of unit size, with s'Qs and Qs by node.
type pattern struct {
	shape
	square []float64
	solved [][]float64
}

func newOverlays(c *circle) *overlays {
	n := c.n
	o := &overlays{n: n, circle: c, per: 4, ends: max(4, n/50)}
	if n > oversampled {
		o.per = 1
	}
	o.b, o.c = make([]float64, nodes), make([]float64, nodes)
	o.aa, o.bb, o.ab = make([]float64, nodes), make([]float64, nodes), make([]float64, nodes)
	o.line = o.pattern(func(u float64) float64 { return u })
	m := float64(n)
	o.parabola = o.pattern(func(u float64) float64 { return 6*u*u - (1-1/(m*m))/2 })
	o.planShifts()
	o.planSines()
	return o
}

// pattern returns a function of time, which goes from -1/2 to 1/2, as a pattern.
func (o *overlays) pattern(at func(u float64) float64) pattern {
	p := pattern{shape: newShape(o.n), square: make([]float64, nodes)}
	for t := range p.values {
		p.values[t] = at((float64(t) - float64(o.n-1)/2) / float64(o.n))
	}
	o.circle.transform(&p.shape)
	o.circle.products(p.square, p.coeff, p.coeff)
	for g := range nodes {
		y := make([]float64, o.n)
		o.circle.solve(y, g, p.coeff)
		p.solved = append(p.solved, y)
	}
	return p
}

// planShifts computes s'Qs of all steps s.
func (o *overlays) planShifts() {
	places := o.n - 2*o.ends + 1
	o.shifts = newScan(places)
	for g := range nodes {
		weights := make([]float32, places)
		square, others := 0.0, 0.0 // of steps of the last k values; Q between a new one and those after it
		for k := 1; k <= o.n-o.ends; k++ {
			square += o.circle.kernel[g][0] + 2*others
			others += o.circle.apart(g, 0, k)
			if place := o.n - k - o.ends; k >= o.ends {
				a := square + 1/(shiftSpread*shiftSpread)
				weights[place] = float32(1 / a)
				o.shifts.prior[g][place] = float32(-math.Log(a*shiftSpread*shiftSpread)/2 - math.Log(float64(places)))
			}
		}
		o.blocks = append(o.blocks, weights)
		o.steps = append(o.steps, o.running(g))
		o.y = append(o.y, make([]float64, o.n))
	}
}

// running returns the running sums of Q around the circle.
func (o *overlays) running(node int) []float64 {
	out, sum := make([]float64, o.n), 0.0
	for d := range out {
		sum += o.circle.apart(node, 0, d)
		out[d] = sum
	}
	return out
}

// stepAt returns (Qs)_t for the step s that is one from a place on: on the circle, where the constant
// counts for nothing, a difference of running sums.
func (o *overlays) stepAt(node, t, place int) float64 {
	d := t - place
	if d < 0 {
		d += o.n
	}
	return o.steps[node][d] - o.steps[node][t]
}

// fewestCycles is how many a sinusoid has at least: of fewer, a trend and it are one.
const fewestCycles = 2

// planSines computes s'Qs of sinusoids of all periods, whose logarithms are alike likely. Off the
// frequencies 2πk/n, Q s is taken for s/f, f between its neighbours.
func (o *overlays) planSines() {
	o.plan = fft.NewReal(o.per * o.n)
	o.padded, o.coeff = make([]float64, o.per*o.n), make([]complex128, o.per*o.n/2+1)
	first := fewestCycles * o.per
	places := (o.n/2-1)*o.per - first + 1
	o.sines, o.power = newScan(places), make([]float32, places)
	total := 0.0
	for j := range places {
		total += 1 / float64(first+j)
	}
	for g := range nodes {
		weights := make([]float32, places)
		for j := range weights {
			inverse := o.inverseAt(g, float64(first+j)/float64(o.per))
			a := float64(o.n)/2*inverse + 1/(sineSpread*sineSpread)
			weights[j] = float32(inverse * inverse / a)
			o.sines.prior[g][j] = float32(-math.Log(a*sineSpread*sineSpread) - math.Log(float64(first+j)*total))
		}
		o.waves = append(o.waves, weights)
	}
}

// inverseAt returns 1/f at a frequency in cycles.
func (o *overlays) inverseAt(node int, cycles float64) float64 {
	k := min(int(cycles), o.n/2-1)
	u := cycles - float64(k)
	return (1-u)*o.circle.inverse[node][k] + u*o.circle.inverse[node][k+1]
}

// look is a series with what lies over it: log likelihoods by node, but for a constant, and the shapes
// that are most likely there.
type look struct {
	series   shape
	square   []float64 // x'Qx by node
	clean    []float64
	line     []float64
	parabola []float64
	shift    []float64 // averaged over places, or at a given place
	sine     []float64 // averaged over periods
	bestSine []float64 // at the best period, or at a given one
	step     pattern
	stepAt   int
	cos, sin shape
	cycles   float64
	lineSize []float64 // by node, what the line's size is on average
}

func newLook(n int) *look {
	l := &look{series: newShape(n), cos: newShape(n), sin: newShape(n)}
	l.step = pattern{shape: newShape(n), square: make([]float64, nodes)}
	for _, v := range []*[]float64{&l.square, &l.clean, &l.line, &l.parabola, &l.shift, &l.sine, &l.bestSine, &l.lineSize} {
		*v = make([]float64, nodes)
	}
	return l
}

// half is (n-1)/2.
func (o *overlays) half() float64 { return float64(o.n-1) / 2 }

// measure fills what needs no search, for the series in l.
func (o *overlays) measure(l *look) {
	o.circle.transform(&l.series)
	o.circle.products(l.square, l.series.coeff, l.series.coeff)
	o.circle.products(o.b, l.series.coeff, o.line.coeff)
	o.circle.products(o.c, l.series.coeff, o.parabola.coeff)
	for g, q := range l.square {
		// A line and a parabola are odd and even about the middle: 'Q' between them is zero.
		a := o.line.square[g] + 1/(lineSpread*lineSpread)
		p := o.parabola.square[g] + 1/(parabolaSpread*parabolaSpread)
		l.lineSize[g] = o.b[g] / a
		left := q - o.b[g]*o.b[g]/a
		price := math.Log(a*lineSpread*lineSpread) / 2
		l.clean[g] = o.level(g, q)
		l.line[g] = o.level(g, left) - price
		l.parabola[g] = o.level(g, left-o.c[g]*o.c[g]/p) - price - math.Log(p*parabolaSpread*parabolaSpread)/2
	}
}

// level returns the log likelihood of a series of which the quadratic form is q.
func (o *overlays) level(node int, q float64) float64 {
	return -o.circle.logs[node]/2 - o.half()*math.Log(max(q, 1e-300))
}

// search averages over sinusoids and shifts, and finds the best of each.
func (o *overlays) search(l *look) {
	o.findShift(l)
	o.findSine(l)
	o.atShape(l)
}

// findShift averages over the places of a level shift.
func (o *overlays) findShift(l *look) {
	top := highest(l.clean)
	o.shifts.begin()
	for g := range nodes {
		y := o.y[g]
		o.circle.solve(y, g, l.series.coeff)
		sum, last := 0.0, o.ends+o.shifts.places-1
		for _, v := range y[last+1:] {
			sum += v
		}
		weights, value, near := o.blocks[g], o.shifts.value, y[o.ends:last+1]
		for place := len(near) - 1; place >= 0; place-- {
			sum += near[place]
			value[place] = float32(sum*sum) * weights[place]
		}
		l.shift[g] = l.clean[g] + o.shifts.average(g, 1/l.square[g], o.half(), l.clean[g]-top)
	}
	l.stepAt = o.shifts.place + o.ends
	for t := range l.step.values {
		l.step.values[t] = 0
		if t >= l.stepAt {
			l.step.values[t] = 1
		}
	}
	o.circle.transform(&l.step.shape)
	o.circle.products(l.step.square, l.step.coeff, l.step.coeff)
}

// highest returns the largest of some values.
func highest(x []float64) float64 {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	return top
}
