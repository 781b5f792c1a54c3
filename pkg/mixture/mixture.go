// Package mixture computes the likelihood of H under many models of a series at once: clean, with a
// trend, a sinusoid, a level shift, white noise, outliers, missing values, other marginals, and two of
// them together; of fractional Gaussian noise, ARFIMA, and fractional Brownian motion. What else a
// model has in it is integrated out. Beside them stands evidence of which model a series is of, so that
// something that learns can weigh the models: their weighted likelihood is a posterior distribution.
package mixture

import (
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// MinLength is how many values a series must have.
const MinLength = 64

// minKnown is how many of them must be known.
const minKnown = 32

// Reader reads series of one length, and takes no memory for each. It is not safe for concurrent use.
type Reader struct {
	n        int
	set      kernel.Set
	circle   *circle
	over     *overlays
	series   *look
	scores   *look
	deletion *deletion
	deleted  deleted
	outliers *outliers
	gaps     gaps
	nan      []bool
	missing  []int
	scorer   *estimator.Scorer
	bands    *bands
	sums     []float64
	others   []float64
	high     family
	fd       family
	fdLine   []float64 // line'line by node of fd
	line     []float64 // what the line has in each band
	noise    *sweep
	ar, ma   *sweep
	walk     *walk
	clipped  shape
	level    [experts][]float64
	reading  Reading
	refine   []float32
	evidence evidence
}

// Reading is what is known of one series.
type Reading struct {
	// Log holds log likelihoods, a row of len([Nodes]()) an expert, the largest of a row zero.
	Log []float32
	// Top holds what that largest was, by expert, up to a constant that is the same for those that are
	// comparable.
	Top []float64
	// Fine holds the same interpolated to [Grid].
	Fine []float32
	// Evidence holds a value for each of [Evidence].
	Evidence []float32
}

// New prepares for series of n values. It panics when n is less than [MinLength].
func New(n int) *Reader {
	if n < MinLength {
		panic(fmt.Sprintf("mixture: length %d is less than %d", n, MinLength))
	}
	plan, model := fft.NewReal(n), newExpected(n)
	r := &Reader{n: n, set: kernel.Best(), circle: newCircle(n, plan, model), bands: newBands(n), refine: refinement()}
	r.over = newOverlays(r.circle)
	r.series, r.scores = newLook(n), newLook(n)
	r.deletion, r.deleted, r.outliers = newDeletion(r.over), newDeleted(), newOutliers(r.over)
	r.gaps = gaps{flag: make([]bool, n), sorted: make([]float64, n)}
	r.nan, r.missing = make([]bool, n), make([]int, 0, n)
	r.scorer, r.clipped = estimator.NewScorer(n), newShape(n)
	r.sums, r.others, r.line = make([]float64, r.bands.len()), make([]float64, r.bands.len()), make([]float64, r.bands.len())
	r.planFamilies(model)
	r.walk = newWalk(n)
	for i := range r.level {
		r.level[i] = make([]float64, nodes)
	}
	r.reading = Reading{
		Log: make([]float32, experts*nodes), Top: make([]float64, experts),
		Fine: make([]float32, experts*fine), Evidence: make([]float32, len(Evidence())),
	}
	r.evidence.plan(n)
	return r
}

// The white noise that is allowed for, in dB below the series.
const strongest, between, weakest = 0, 10, 20

// planFamilies computes densities that only the periodogram is held against.
func (r *Reader) planFamilies(model *expected) {
	const skip = 9
	f := make([]float64, r.n/2+1)
	r.high.set, r.fd.set = r.set, r.set
	for _, h := range Nodes() {
		model.noise(f, h)
		r.high.add(r.bands, f, skip)
		model.fractional(f, h)
		r.fd.add(r.bands, f, 0)
	}
	r.fdLine = make([]float64, nodes)
	r.bands.sums(r.others, r.over.line.coeff, r.over.line.coeff)
	for g, row := range r.fd.rows {
		r.fdLine[g] = r.set.DotDouble(r.others, row)
	}
	even := func(float64) float64 { return 1 }
	r.noise = newSweep(11, 4, r.bands, func(f []float64, h, decibels float64) {
		model.noise(f, h)
		r.whiten(f, h, decibels)
	}, strongest, weakest)
	r.noise.part(strongest, between, even)
	r.noise.part(between, weakest, even)
	// On the scale of artanh φ densities change evenly; φ itself is uniform.
	slope := func(u float64) float64 { return 1 - math.Tanh(u)*math.Tanh(u) }
	lo, hi := math.Atanh(-0.7), math.Atanh(0.9)
	r.ar = newSweep(15, 8, r.bands, func(f []float64, h, u float64) { model.autoregressive(f, h, math.Tanh(u)) }, lo, hi)
	r.ar.part(lo, hi, slope)
	lo, hi = math.Atanh(-0.8), math.Atanh(0.8)
	r.ma = newSweep(13, 8, r.bands, func(f []float64, h, u float64) { model.movingAverage(f, h, math.Tanh(u)) }, lo, hi)
	r.ma.part(lo, hi, slope)
}

// whiten adds white noise to a density: its variance is that many dB below what n values of the
// process have about their own mean.
func (r *Reader) whiten(f []float64, h, decibels float64) {
	within := -math.Expm1((2*h - 2) * math.Log(float64(r.n)))
	for k := range f {
		f[k] += math.Pow(10, -decibels/10) * within
	}
}

// Read computes the likelihoods of a series of n values, NaN where they are missing. The reading is
// valid until the next call. It fails with estimator.ErrTooShort when fewer than 32 values are known,
// estimator.ErrConstant when they are all alike, and estimator.ErrNotFinite. It panics when x is not of
// the length prepared for.
func (r *Reader) Read(x []float64) (*Reading, error) {
	if len(x) != r.n {
		panic(fmt.Sprintf("mixture: %d values for a reader of length %d", len(x), r.n))
	}
	z := r.series.series.values
	if known := fill(z, r.nan, x); known < minKnown {
		return nil, fmt.Errorf("%w: %d of %d values are known, want at least %d", estimator.ErrTooShort, known, r.n, minKnown)
	}
	if err := estimator.Standardise(z, z); err != nil {
		return nil, err
	}
	r.gaps.sorted = append(r.gaps.sorted[:0], z...)
	slices.Sort(r.gaps.sorted)
	r.missing = r.gaps.find(r.missing[:0], z, r.nan)
	r.overlays()
	r.spectra()
	r.deletions()
	r.finish()
	return &r.reading, nil
}

// overlays fills the experts on the series itself and its normal scores.
func (r *Reader) overlays() {
	l, s := r.series, r.scores
	r.over.measure(l)
	r.over.search(l)
	r.scorer.Scores(s.series.values, l.series.values)
	unit(s.series.values)
	r.over.measure(s)
	r.over.borrow(s, l)
	for i, v := range [...][]float64{l.clean, l.line, l.parabola, l.shift, l.sine, l.bestSine} {
		copy(r.level[exClean+i], v)
	}
	for i, v := range [...][]float64{s.clean, s.line, s.parabola, s.shift, s.bestSine} {
		copy(r.level[exScores+i], v)
	}
}

// unit makes the variance of values of zero mean one.
func unit(x []float64) {
	scale := 1 / math.Sqrt(max(dot(x, x)/float64(len(x)), 1e-300))
	for i := range x {
		x[i] *= scale
	}
}

// spectra fills the experts that the periodogram is enough for.
func (r *Reader) spectra() {
	x := r.series.series.coeff
	r.bands.sums(r.sums, x, x)
	top := r.noise.load(r.sums)
	r.noise.average(r.level[exStrongNoise], 0, top)
	r.noise.average(r.level[exWeakNoise], 1, top)
	r.ar.average(r.level[exAutoregressive], 0, r.ar.load(r.sums))
	r.ma.average(r.level[exMovingAverage], 0, r.ma.load(r.sums))
	r.fd.read(r.level[exFractional], r.sums)
	r.fractionalLine()
	r.bands.sums(r.others, r.scores.series.coeff, r.scores.series.coeff)
	r.fd.read(r.level[exFractionalScores], r.others)
	r.clip()
	r.bands.sums(r.others, r.clipped.coeff, r.clipped.coeff)
	r.high.read(r.level[exHigh], r.others)
	r.walk.read(r.level[exWalk], r.series.series.values)
}

// fractionalLine is fd with a line of unknown size.
func (r *Reader) fractionalLine() {
	r.bands.sums(r.line, r.series.series.coeff, r.over.line.coeff)
	for g, row := range r.fd.rows {
		a := r.fdLine[g]*lineSpread*lineSpread + 1
		b := r.set.DotDouble(r.line, row) * lineSpread
		left := max(r.set.DotDouble(r.sums, row)-b*b/a, 1e-300)
		r.level[exFractionalLine][g] = -(r.fd.logs[g]+math.Log(a))/2 - r.fd.half*math.Log(left)
	}
}

// clip takes values further than four robust standard deviations from the median for the median, and
// the line of least squares off.
func (r *Reader) clip() {
	e, x := &r.evidence, r.clipped.values
	e.centre(r.gaps.sorted)
	line := r.over.line.values
	for t, v := range r.series.series.values {
		x[t] = v
		if math.Abs(v-e.median) > oddity*e.mad {
			x[t] = e.median
		}
	}
	slope := dot(x, line) / dot(line, line)
	for t := range x {
		x[t] -= slope * line[t]
	}
	r.circle.transform(&r.clipped)
}

// deletions fills the experts without outliers and values that are missing.
func (r *Reader) deletions() {
	const least = 7 // H = 0.3: below, neighbours say too much of a value
	node := least
	for g, v := range r.scores.clean {
		if g > least && v > r.scores.clean[node] {
			node = g
		}
	}
	r.outliers.find(node, r.missing)
	r.deletion.places = merge(append(r.deletion.places[:0], r.missing...), r.outliers.places)
	r.deletion.read(r.deleted, r.series)
	d := &r.deleted
	for i, v := range [...][]float64{d.alone, d.line, d.parabola, d.shift, d.sine} {
		copy(r.level[exDeleted+i], v)
	}
}

// finish takes the largest likelihoods off, interpolates, and gathers the evidence.
func (r *Reader) finish() {
	out := &r.reading
	for i, level := range r.level {
		out.Top[i] = highest(level)
		for g, v := range level {
			out.Log[i*nodes+g] = float32(max(v-out.Top[i], -1e6))
		}
	}
	r.set.MatMul(&kernel.MatMul{
		M: experts, N: fine, K: nodes, A: out.Log, ARow: nodes, ACol: 1,
		B: r.refine, BRow: fine, C: out.Fine, CRow: fine,
	})
	r.gather()
}
