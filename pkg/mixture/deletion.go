package mixture

import "math"

// What is unknown of a series with values deleted: the series itself and the shapes that may lie over
// it. Each is a right-hand side.
const (
	sideSeries = iota
	sideLine
	sideParabola
	sideStep
	sideCos
	sideSin
	sides
)

// chunk is how many deleted values are taken at once, given as many before them. Up to twice as many
// are taken exactly.
const chunk = 64

// deletion computes the likelihood of a series without some of its values, at places M, alone and with
// what may lie over the rest. The deleted values are coefficients of impulses under a flat prior: with
// A = Q_MM, b = (Qx)_M and k values deleted,
//
//	ℓ = -½ log|C| - ½ log|A| - (n-1-k)/2 log (x'Qx - b'A⁻¹b).
//
// D. A. Harville, Bayesian inference for variance components using only error contrasts, Biometrika 61
// (1974) 383–385. Where many are deleted |A| and b'A⁻¹b are taken chunk by chunk, as of a Gaussian
// series with covariance A of which each chunk is predicted from the one before: A. V. Vecchia,
// Estimation and model identification for continuous spatial processes, J. R. Statist. Soc. B 50
// (1988) 297–312.
type deletion struct {
	o      *overlays
	places []int
	matrix []float64
	rhs    [sides][]float64 // by place
	white  [sides][2 * chunk]float64
	dots   [sides][sides]float64 // b_r'A⁻¹b_s
	logA   float64
	square [sides][]float64 // by node, s'Qs of each shape
	series [sides][]float64 // by node, x'Qs
	solved []float64
	trends []float64     // by node, line'Q parabola
	waves  []float64     // by node, cos'Q sin
	shapes [sides]*shape // what square and the others are of
	filler *filler
	used   [sides]bool
	some   []int     // nodes at which likelihoods are computed, all of them near 0 and 1
	spread []float64 // the matrix from those to all
	near   [nodes]float64
	whole  [kinds][nodes]float64 // likelihoods of the whole series
}

func newDeletion(o *overlays) *deletion {
	d := &deletion{o: o, matrix: make([]float64, 4*chunk*chunk), places: make([]int, 0, o.n), trends: make([]float64, nodes), waves: make([]float64, nodes)}
	d.filler, d.solved = newFiller(o), make([]float64, o.n)
	at := []float64{0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 23, 24}
	d.spread = interpolation(at, even(0, 1, nodes))
	for _, g := range at {
		d.some = append(d.some, int(g))
	}
	for r := range sides {
		d.rhs[r], d.square[r], d.series[r] = make([]float64, o.n), make([]float64, nodes), make([]float64, nodes)
	}
	return d
}

// deleted is the log likelihoods, by node, of a series without some values.
type deleted struct{ alone, line, parabola, shift, sine []float64 }

func newDeleted() deleted {
	row := func() []float64 { return make([]float64, nodes) }
	return deleted{row(), row(), row(), row(), row()}
}

// read computes them for the series in l, searched before. A sinusoid is only taken into account where
// one makes the whole series likelier by more than a little.
func (d *deletion) read(out deleted, l *look) {
	const little = 3
	d.used = [sides]bool{true, true, true, true}
	if highest(l.bestSine) > highest(l.clean)+little {
		d.used[sideCos], d.used[sideSin] = true, true
	}
	d.prepare(l)
	d.refer()
	if !d.exact() {
		d.filler.load(&d.shapes, &d.used)
	}
	for _, g := range d.some {
		d.gather(g, l)
		d.whiten(g)
		d.levels(g, out)
	}
	for i, level := range [kinds][]float64{out.alone, out.line, out.parabola, out.shift, out.sine} {
		d.between(level, d.whole[i][:])
	}
	if !d.used[sideCos] {
		copy(out.sine, out.alone)
	}
}

// kinds is how many likelihoods there are, and over what of which shapes.
const kinds = 5

var over = [kinds][2]int{{}, {sideLine}, {sideLine, sideParabola}, {sideStep}, {sideCos, sideSin}}

// refer keeps the likelihoods of the whole series.
func (d *deletion) refer() {
	for i, pair := range over {
		for g := range nodes {
			gain, determinant := 0.0, 1.0
			if i > 0 {
				gain, determinant = d.normal(g, pair[0], pair[1]).explains()
			}
			d.whole[i][g] = d.o.level(g, d.square[sideSeries][g]-gain) - math.Log(determinant)/2
		}
	}
}

// between fills the nodes that were left out of a likelihood, given a likelihood of the whole series:
// what deleting does to it changes more smoothly than it does.
func (d *deletion) between(level, whole []float64) {
	for i, g := range d.some {
		d.near[i] = level[g] - whole[g]
	}
	for g := range level {
		sum := 0.0
		for i, v := range d.near[:len(d.some)] {
			sum += v * d.spread[i*nodes+g]
		}
		level[g] = whole[g] + sum
	}
}

// prepare computes the products of the whole series and shapes.
func (d *deletion) prepare(l *look) {
	d.shapes = [sides]*shape{&l.series, &d.o.line.shape, &d.o.parabola.shape, &l.step.shape, &l.cos, &l.sin}
	c, x := d.o.circle, l.series.coeff
	for r, s := range d.shapes {
		clear(d.square[r])
		clear(d.series[r])
		if d.used[r] {
			c.products(d.series[r], x, s.coeff)
			c.products(d.square[r], s.coeff, s.coeff)
		}
	}
	clear(d.trends)
	clear(d.waves)
	if d.used[sideCos] {
		c.products(d.waves, l.cos.coeff, l.sin.coeff)
	}
}

// exact tells whether all deleted values are taken at once.
func (d *deletion) exact() bool { return len(d.places) <= 2*chunk }

// gather fills the right-hand sides for a node. Where not all deleted values are taken at once, they
// are first given values that make the right-hand sides zero: then only |A| is left to do in chunks.
func (d *deletion) gather(g int, l *look) {
	if !d.exact() {
		d.refill(g)
		return
	}
	o := d.o
	for _, r := range [2]int{sideCos, sideSin} {
		if d.used[r] {
			o.circle.solve(d.solved, g, d.shapes[r].coeff)
			for i, t := range d.places {
				d.rhs[r][i] = d.solved[t]
			}
		}
	}
	for i, t := range d.places {
		d.rhs[sideSeries][i] = o.y[g][t]
		d.rhs[sideLine][i] = o.line.solved[g][t]
		d.rhs[sideParabola][i] = o.parabola.solved[g][t]
		d.rhs[sideStep][i] = o.stepAt(g, t, l.stepAt)
	}
}

// refill computes the products at a node of shapes filled for it.
func (d *deletion) refill(g int) {
	f, c := d.filler, d.o.circle
	f.fill(&d.used, d.places, g)
	one := func(r, s int) float64 { return c.product(g, f.shapes[r].coeff, f.shapes[s].coeff) }
	for r := range sides {
		if d.used[r] {
			d.series[r][g], d.square[r][g] = one(sideSeries, r), one(r, r)
		}
	}
	d.trends[g] = one(sideLine, sideParabola)
	if d.used[sideCos] {
		d.waves[g] = one(sideCos, sideSin)
	}
}

// spreads are the standard deviations that sizes have before the series is seen.
var spreads = [sides]float64{0, lineSpread, parabolaSpread, shiftSpread, sineSpread, sineSpread}

// levels computes the likelihoods at a node.
func (d *deletion) levels(g int, out deleted) {
	out.alone[g] = d.level(g, 0, 1)
	out.line[g] = d.with(g, sideLine, sideSeries)
	out.parabola[g] = d.with(g, sideLine, sideParabola)
	out.shift[g] = d.with(g, sideStep, sideSeries)
	if d.used[sideCos] {
		out.sine[g] = d.with(g, sideCos, sideSin)
	}
}

// level returns the likelihood where shapes explain so much of the quadratic form.
func (d *deletion) level(g int, gain, determinant float64) float64 {
	whole := d.square[sideSeries][g]
	free := d.o.half() - float64(len(d.places))/2
	rest := max(whole-d.dots[sideSeries][sideSeries]-gain, 1e-12*whole, 1e-300)
	return -(d.o.circle.logs[g]+d.logA+math.Log(determinant))/2 - free*math.Log(rest)
}

// with returns the likelihood with one shape, t being sideSeries then, or two.
func (d *deletion) with(g int, s, t int) float64 {
	e := d.normal(g, s, t)
	e.a -= d.dots[s][s] * spreads[s] * spreads[s]
	e.u -= d.dots[sideSeries][s] * spreads[s]
	if t != sideSeries {
		e.d -= d.dots[t][t] * spreads[t] * spreads[t]
		e.h -= d.dots[s][t] * spreads[s] * spreads[t]
		e.v -= d.dots[sideSeries][t] * spreads[t]
	}
	gain, determinant := e.explains()
	return d.level(g, gain, determinant)
}

// normal returns the normal equations of one shape's size, or of two, for the whole series, in units of
// their spreads, so that the priors' precisions are one.
func (d *deletion) normal(g, s, t int) normalEquations {
	e := normalEquations{a: d.square[s][g]*spreads[s]*spreads[s] + 1, d: 1, u: d.series[s][g] * spreads[s]}
	if t == sideSeries {
		return e
	}
	e.d += d.square[t][g] * spreads[t] * spreads[t]
	e.v = d.series[t][g] * spreads[t]
	e.h = d.trends[g] * spreads[s] * spreads[t]
	if t == sideSin {
		e.h = d.waves[g] * spreads[s] * spreads[t]
	}
	return e
}

// normalEquations are those of two sizes, (a, h; h, d) x = (u, v).
type normalEquations struct{ a, h, d, u, v float64 }

// explains returns how much of a quadratic form the best sizes explain, and the determinant.
func (e normalEquations) explains() (gain, determinant float64) {
	return pair(max(e.a, 1), e.h, max(e.d, 1), e.u, e.v)
}
