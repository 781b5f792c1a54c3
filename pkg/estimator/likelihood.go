package estimator

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// A density is the spectrum of a model with one exponent.
type density interface {
	// fill writes the density for exponent h at the frequencies 2πj/n, j = 1 … n/2, up to a factor.
	fill(f []float64, h float64)
}

// tableLength is the greatest length for which densities are kept: 2 MiB of them.
const tableLength = 8192

// likelihood is that of a model's exponent given the periodogram I of a series, in Whittle's form and
// with the scale integrated out under the prior 1/σ² (which is the same as its largest value):
//
//	ℓ(H) = -M log Σ_j I_j/f_j(H) - Σ_j log f_j(H),
//
// over the Fourier frequencies 0 < 2πj/n ≤ π, M of them. The one at π, where the coefficient is
// real, counts half. A mean does not matter: it has no power at these frequencies.
//
// Densities are computed once for each node of H and, for lengths up to tableLength, kept, so that
// another series costs a sum of products for each node looked at.
type likelihood struct {
	n, skip  int
	count    float64 // M
	last     float64 // what the highest frequency counts for: half, when it is π
	model    density
	integral bool         // Σ log f is taken for zero
	power    []float64    // I, the last one times what it counts for
	table    []float64    // 1/f, node by node; nil when n is too long
	row      []float64    // 1/f of one node, when there is no table
	logs     []float64    // Σ log f, by node
	seen     []float64    // the mean of f over all frequencies but zero, by node
	made     []bool       // nodes whose densities are known
	noise    *scan        // of a share of white noise in the series; nil: there is none
	profile  bool         // take the best share, not the average over shares
	mixed    int          // node that noise is at
	over     *scan        // of H
	info     []float64    // Fisher's information for H, by node; zero: not known
	slope    [2][]float64 // densities on both sides of a node
	plot     *plot
	plan     *fft.Real
	coeff    []complex128
	all      []float64
	area     area
	shares   area // of the share of white noise
}

// options are what a likelihood may allow for.
type options struct {
	skip  int  // leave out that many of the lowest frequencies, where trends are
	low   int  // use only so many of the lowest frequencies, those left out among them; zero means all
	plain bool // there will be no plot
	// integral takes Σ log f for what it has in the limit, ∫ log f dλ = 0, for densities scaled so.
	integral bool
	// The series has white noise in it, of a share of its variance between 0 and this; zero: it has none.
	white float64
}

// newLikelihood returns the likelihood for series of n values.
func newLikelihood(n int, model density, o options) *likelihood {
	m, last := n/2, 1.0
	if o.low > 0 && o.low < m {
		m = o.low
	} else if n%2 == 0 {
		last = 0.5
	}
	l := &likelihood{n: n, skip: min(o.skip, m-2), model: model, integral: o.integral, last: last, power: make([]float64, m)}
	l.count = float64(m-l.skip) - 1 + last
	l.logs, l.made, l.info = make([]float64, steps+1), make([]bool, steps+1), make([]float64, steps+1)
	l.seen = make([]float64, steps+1)
	if m <= tableLength/2 {
		l.table = make([]float64, m*(steps+1))
	} else {
		l.row = make([]float64, m)
	}
	l.over = newScan(minHurst, maxHurst, steps, l.node)
	if o.white > 0 {
		l.noise = newScan(0, min(o.white, 0.999), steps/2, l.mixture)
	}
	if !o.plain {
		l.plot = newPlot(n, m)
	}
	return l
}

// load takes the periodogram of a series at the frequencies 2πj/n, j = 1 … n/2, up to a factor. It
// fails with ErrNoFit when there is no power at those that count.
func (l *likelihood) load(power []float64) error {
	if len(power) != l.n/2 {
		panic(fmt.Sprintf("estimator: periodogram at %d frequencies for %d", len(power), l.n/2))
	}
	copy(l.power, power)
	l.power[len(l.power)-1] *= l.last
	total := 0.0
	for _, p := range l.power[l.skip:] {
		total += p
	}
	if !(total > 0) {
		return fmt.Errorf("%w: the series has no power at the frequencies that count", ErrNoFit)
	}
	l.over.forget()
	return nil
}

// loadSeries takes a series of n values. It fails as load does.
func (l *likelihood) loadSeries(z []float64) error {
	if l.plan == nil {
		l.plan, l.coeff, l.all = fft.NewReal(l.n), make([]complex128, l.n/2+1), make([]float64, l.n/2)
	}
	return l.load(powers(l.all, l.coeff, l.plan, z))
}

// powers writes |Σ z[t] exp(-2πi·jt/n)|², j = 1 … n/2, to dst.
func powers(dst []float64, coeff []complex128, plan *fft.Real, z []float64) []float64 {
	plan.Coefficients(coeff, z)
	for i := range dst {
		c := coeff[i+1]
		dst[i] = real(c)*real(c) + imag(c)*imag(c)
	}
	return dst
}

// maximum returns the H of the largest likelihood, with its standard error from Fisher's information
// (which takes a share of white noise for known). H is 0 or 1 when it is largest at an end.
func (l *likelihood) maximum() (h, se float64) {
	l.average(false)
	u, _ := l.over.peak()
	return beyond(l.over.x(u)), l.standardError(u)
}

// beyond returns 0 or 1 for an H at an end, where the likelihood would go on to rise.
func beyond(h float64) float64 {
	switch {
	case h <= minHurst:
		return 0
	case h >= maxHurst:
		return 1
	}
	return h
}

// posterior returns what is known of H when it had the prior before.
func (l *likelihood) posterior(prior prior, level float64) posterior {
	l.average(true)
	return l.area.of(l.over, prior, level)
}

// fit returns a plot of the periodogram with the density of exponent h. It is valid until the next
// call.
func (l *likelihood) fit(h float64) *Fit {
	var share float64
	if l.noise != nil {
		k := min(int(l.over.u(h)), l.over.last()-1)
		l.inverse(k)
		l.mixed = k
		l.noise.forget()
		u, _ := l.noise.peak()
		// As a share of the whole variance, which the plot's densities have.
		share = l.noise.x(u)
		share *= l.seen[k] / (1 - share + share*l.seen[k])
	}
	return l.fitShape(h, shape{share: share})
}

// fitShape is fit for a density that is changed.
func (l *likelihood) fitShape(h float64, s shape) *Fit {
	u := l.over.u(h)
	k := min(int(u), l.over.last()-1)
	for _, k := range [2]int{k, k + 1} {
		if !l.made[k] {
			l.inverse(k)
		}
	}
	return l.plot.of(l, u, s)
}

// average says whether a share of white noise is averaged over, or takes its best value.
func (l *likelihood) average(yes bool) {
	if l.noise != nil && l.profile == yes {
		l.profile = !yes
		l.over.forget()
	}
}

// node returns the log likelihood at a node of H.
func (l *likelihood) node(k int) float64 {
	inverse := l.inverse(k)
	if l.noise != nil {
		return l.mix(k)
	}
	return -l.count*math.Log(dot(l.power[l.skip:], inverse[l.skip:])) - l.logs[k]
}

// inverse returns 1/f at a node of H.
func (l *likelihood) inverse(k int) []float64 {
	m := len(l.power)
	if l.table == nil {
		l.make(k, l.row)
		return l.row
	}
	row := l.table[k*m : (k+1)*m]
	if !l.made[k] {
		l.make(k, row)
	}
	return row
}

// make computes what is kept of a node of H, and 1/f.
func (l *likelihood) make(k int, row []float64) {
	l.model.fill(row, l.over.x(float64(k)))
	if !l.made[k] {
		if !l.integral {
			l.logs[k] = sumLogs(row[l.skip:]) - (1-l.last)*math.Log(row[len(row)-1])
		}
		l.seen[k] = l.meanSeen(row)
		if l.plot != nil {
			l.plot.keep(k, row)
		}
		l.made[k] = true
	}
	for i, f := range row {
		row[i] = 1 / f
	}
}

// meanSeen returns the mean of a density over the frequencies that are used.
func (l *likelihood) meanSeen(f []float64) float64 {
	sum := (l.last - 1) * f[len(f)-1]
	for _, v := range f {
		sum += v
	}
	return sum / (float64(len(f)) - 1 + l.last)
}
