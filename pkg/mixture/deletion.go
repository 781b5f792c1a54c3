package mixture

import (
	"math"
	"slices"
)

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
	solved [2][]float64     // Q of the cosine and the sine
	square [sides][]float64 // by node, s'Qs of each shape
	series [sides][]float64 // by node, x'Qs
	joint  []float64        // by node, cos'Q sin
	used   [sides]bool
	some   []int     // nodes at which likelihoods are computed, all of them near 0 and 1
	spread []float64 // the matrix from those to all
	near   [nodes]float64
	whole  [nodes]float64 // what entire returns
	sizes  [sides]float64 // in units of their spreads, when many values are deleted
}

func newDeletion(o *overlays) *deletion {
	d := &deletion{o: o, matrix: make([]float64, 4*chunk*chunk), places: make([]int, 0, o.n), joint: make([]float64, nodes)}
	at := []float64{0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 23, 24}
	d.spread = interpolation(at, even(0, 1, nodes))
	for _, g := range at {
		d.some = append(d.some, int(g))
	}
	for r := range sides {
		d.rhs[r], d.square[r], d.series[r] = make([]float64, o.n), make([]float64, nodes), make([]float64, nodes)
	}
	for i := range d.solved {
		d.solved[i] = make([]float64, o.n)
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
	if !d.exact() {
		d.fix(l)
	}
	for _, g := range d.some {
		d.gather(g, l)
		d.whiten(g)
		d.levels(g, out, l)
	}
	d.between(out.alone, l.clean)
	d.between(out.line, d.entire(l, sideLine, sideSeries))
	d.between(out.parabola, d.entire(l, sideLine, sideParabola))
	d.between(out.shift, d.entire(l, sideStep, sideSeries))
	if d.used[sideCos] {
		d.between(out.sine, d.entire(l, sideCos, sideSin))
	} else {
		copy(out.sine, out.alone)
	}
}

// entire returns the likelihoods of the whole series with one shape, or two.
func (d *deletion) entire(l *look, s, t int) []float64 {
	for g := range d.whole {
		e := d.normal(g, s, t)
		gain, determinant := e.explains()
		if !d.exact() {
			gain = e.at(d.sizes[s], d.sizes[t])
		}
		d.whole[g] = d.o.level(g, l.square[g]-gain) - math.Log(determinant)/2
	}
	return d.whole[:]
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

// exact tells whether all deleted values are taken at once.
func (d *deletion) exact() bool { return len(d.places) <= 2*chunk }

// prepare computes the products of whole series.
func (d *deletion) prepare(l *look) {
	c, x := d.o.circle, l.series.coeff
	c.products(d.series[sideLine], x, d.o.line.coeff)
	c.products(d.series[sideParabola], x, d.o.parabola.coeff)
	c.products(d.series[sideStep], x, l.step.coeff)
	copy(d.square[sideLine], d.o.line.square)
	copy(d.square[sideParabola], d.o.parabola.square)
	copy(d.square[sideStep], l.step.square)
	if !d.used[sideCos] {
		return
	}
	c.products(d.series[sideCos], x, l.cos.coeff)
	c.products(d.series[sideSin], x, l.sin.coeff)
	c.products(d.square[sideCos], l.cos.coeff, l.cos.coeff)
	c.products(d.square[sideSin], l.sin.coeff, l.sin.coeff)
	c.products(d.joint, l.cos.coeff, l.sin.coeff)
}

// gather fills the right-hand sides for a node.
func (d *deletion) gather(g int, l *look) {
	o := d.o
	if d.used[sideCos] {
		o.circle.solve(d.solved[0], g, l.cos.coeff)
		o.circle.solve(d.solved[1], g, l.sin.coeff)
	}
	for i, t := range d.places {
		d.rhs[sideSeries][i] = o.y[g][t]
		d.rhs[sideLine][i] = o.line.solved[g][t]
		d.rhs[sideParabola][i] = o.parabola.solved[g][t]
		d.rhs[sideStep][i] = o.stepAt(g, t, l.stepAt)
		d.rhs[sideCos][i], d.rhs[sideSin][i] = d.solved[0][t], d.solved[1][t]
	}
}

// whiten computes log |A| and all b_r'A⁻¹b_s.
func (d *deletion) whiten(g int) {
	d.logA, d.dots = 0, [sides][sides]float64{}
	k := len(d.places)
	if d.exact() {
		d.step(g, 0, 0, k)
		return
	}
	for from := 0; from < k; from += chunk {
		d.step(g, max(0, from-chunk), from, min(from+chunk, k))
	}
}

// step takes the deleted values from … to-1 given those from before on.
func (d *deletion) step(g, before, from, to int) {
	p, given := to-before, from-before
	a := d.matrix[:p*p]
	for i := range p {
		for j := range i + 1 {
			a[i*p+j] = d.o.circle.apart(g, d.places[before+i], d.places[before+j])
		}
	}
	for i := range p {
		row := a[i*p : i*p+i+1]
		factoriseRow(a, row, i, p)
		if i >= given {
			d.logA += 2 * math.Log(row[i])
		}
		for r := range sides {
			if d.used[r] {
				w := &d.white[r]
				w[i] = (d.rhs[r][before+i] - dot(row[:i], w[:i])) / row[i]
			}
		}
	}
	d.add(given, p)
}

// add adds the products of whitened right-hand sides.
func (d *deletion) add(given, p int) {
	for r := range sides {
		if !d.used[r] {
			continue
		}
		d.dots[sideSeries][r] += dot(d.white[sideSeries][given:p], d.white[r][given:p])
		if r != sideSeries {
			d.dots[r][r] += dot(d.white[r][given:p], d.white[r][given:p])
		}
	}
	d.dots[sideLine][sideParabola] += dot(d.white[sideLine][given:p], d.white[sideParabola][given:p])
	if d.used[sideCos] {
		d.dots[sideCos][sideSin] += dot(d.white[sideCos][given:p], d.white[sideSin][given:p])
	}
}

// factoriseRow makes row i of a symmetric positive definite matrix that of its Cholesky factor. A row
// that depends on those before it, but for rounding, gets a pivot so large that its coefficient is
// zero.
func factoriseRow(a, row []float64, i, p int) {
	whole := row[i]
	for j := range i {
		other := a[j*p : j*p+j+1]
		row[j] = (row[j] - dot(row[:j], other[:j])) / other[j]
	}
	pivot := whole - dot(row[:i], row[:i])
	if !(pivot > 1e-12*whole) {
		pivot = 1e30
	}
	row[i] = math.Sqrt(pivot)
}

// dot returns Σ x·y, in four sums.
func dot(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		u, v := x[i:i+4:i+4], y[i:i+4:i+4]
		a += u[0] * v[0]
		b += u[1] * v[1]
		c += u[2] * v[2]
		d += u[3] * v[3]
	}
	for ; i < len(x); i++ {
		a += x[i] * y[i]
	}
	return (a + b) + (c + d)
}

// spreads are the standard deviations that sizes have before the series is seen.
var spreads = [sides]float64{0, lineSpread, parabolaSpread, shiftSpread, sineSpread, sineSpread}

// levels computes the likelihoods at a node.
func (d *deletion) levels(g int, out deleted, l *look) {
	out.alone[g] = d.level(g, l, 0, 1)
	out.line[g] = d.with(g, l, sideLine, sideSeries)
	out.parabola[g] = d.with(g, l, sideLine, sideParabola)
	out.shift[g] = d.with(g, l, sideStep, sideSeries)
	if d.used[sideCos] {
		out.sine[g] = d.with(g, l, sideCos, sideSin)
	}
}

// level returns the likelihood where shapes explain so much of the quadratic form.
func (d *deletion) level(g int, l *look, gain, determinant float64) float64 {
	left := l.square[g] - d.dots[sideSeries][sideSeries]
	free := d.o.half() - float64(len(d.places))/2
	rest := max(left-gain, 1e-12*l.square[g], 1e-300)
	return -(d.o.circle.logs[g]+d.logA+math.Log(determinant))/2 - free*math.Log(rest)
}

// with returns the likelihood with one shape, t being sideSeries then, or two. Where many values are
// deleted the shapes have the sizes that they have in the whole series: chunks err little for what is
// left then, but much for a smooth shape with H near 0.
func (d *deletion) with(g int, l *look, s, t int) float64 {
	whole := d.normal(g, s, t)
	part := whole
	part.a -= d.dots[s][s] * spreads[s] * spreads[s]
	part.u -= d.dots[sideSeries][s] * spreads[s]
	if t != sideSeries {
		part.d -= d.dots[t][t] * spreads[t] * spreads[t]
		part.h -= d.dots[s][t] * spreads[s] * spreads[t]
		part.v -= d.dots[sideSeries][t] * spreads[t]
	}
	if !d.exact() {
		_, determinant := whole.explains()
		return d.level(g, l, part.at(d.sizes[s], d.sizes[t]), determinant)
	}
	gain, determinant := part.explains()
	return d.level(g, l, gain, determinant)
}

// normal returns the normal equations of one shape's size, or of two, for the whole series, in units of
// their spreads, so that the priors' precisions are one.
func (d *deletion) normal(g, s, t int) normalEquations {
	e := normalEquations{a: d.square[s][g]*spreads[s]*spreads[s] + 1, d: 1, u: d.series[s][g] * spreads[s]}
	if t != sideSeries {
		e.d += d.square[t][g] * spreads[t] * spreads[t]
		e.v = d.series[t][g] * spreads[t]
	}
	if t == sideSin {
		e.h = d.joint[g] * spreads[s] * spreads[t]
	}
	return e
}

// fix keeps the sizes of shapes in the whole series, with the H that is likeliest with them.
func (d *deletion) fix(l *look) {
	d.sizes = [sides]float64{}
	best := func(level []float64) int { return slices.Index(level, highest(level)) }
	d.sizes[sideLine], d.sizes[sideParabola] = d.normal(best(l.parabola), sideLine, sideParabola).sizes()
	d.sizes[sideStep], _ = d.normal(best(l.shift), sideStep, sideSeries).sizes()
	if d.used[sideCos] {
		d.sizes[sideCos], d.sizes[sideSin] = d.normal(best(l.bestSine), sideCos, sideSin).sizes()
	}
}

// normalEquations are those of two sizes, (a, h; h, d) x = (u, v).
type normalEquations struct{ a, h, d, u, v float64 }

// explains returns how much of a quadratic form the best sizes explain, and the determinant.
func (e normalEquations) explains() (gain, determinant float64) {
	return pair(max(e.a, 1), e.h, max(e.d, 1), e.u, e.v)
}

// sizes returns the best sizes.
func (e normalEquations) sizes() (x, y float64) {
	determinant := e.a*e.d - e.h*e.h
	return (e.u*e.d - e.v*e.h) / determinant, (e.v*e.a - e.u*e.h) / determinant
}

// at returns how much given sizes explain.
func (e normalEquations) at(x, y float64) float64 {
	return 2*(e.u*x+e.v*y) - e.a*x*x - 2*e.h*x*y - e.d*y*y
}
