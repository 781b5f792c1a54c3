package significance

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// The hypotheses without long memory.
const (
	ShortMemory      = "short memory"
	ShortMemoryTrend = "short memory and a trend"
	ShortMemoryShift = "short memory and a level shift"
)

// Hypothesis is a way to explain a series without long memory, and how well it does.
type Hypothesis struct {
	Name         string    `json:"name"` // ShortMemory, ShortMemoryTrend or ShortMemoryShift
	Order        int       `json:"order"`
	Coefficients []float64 `json:"coefficients"`   // of the autoregression, the last value's first
	Size         float64   `json:"size,omitempty"` // rise of the trend, or of the level, in the series' standard deviations
	At           int       `json:"at,omitempty"`   // the first value after the shift, from 0
	BIC          float64   `json:"bic"`            // of a Gaussian likelihood; less is better
	H            float64   `json:"h"`              // of the local Whittle estimator, less the trend or shift
	// Excess is the memory parameter d of what the autoregression leaves, by local Whittle; it is about
	// zero when the hypothesis holds.
	Excess float64 `json:"excess"`
	// T is the mean of the excess over its standard error at n^Exponent and at n^(Exponent-0.15)
	// frequencies: the wider band finds weak memory, the narrower one strong memory, which an
	// autoregression follows down to lower frequencies.
	T float64 `json:"t"`
	// PLong and PAnti are the bootstrap's p-values of T against more, and less, memory.
	PLong float64 `json:"p_long"`
	PAnti float64 `json:"p_anti"`

	VS Rescaled `json:"vs"` // the rescaled variance V/S
	RS Rescaled `json:"rs"` // Lo's modified R/S, over √n
}

// Rescaled is a statistic of the cumulative sums, with p-values against long memory.
type Rescaled struct {
	Value       float64 `json:"value"`
	Lags        int     `json:"lags"`         // of the long-run variance
	PAsymptotic float64 `json:"p_asymptotic"` // of the distribution for long series
	P           float64 `json:"p"`            // of the bootstrap
}

// observation is what the tests look at in one series.
type observation struct {
	excess, t, vs, rs float64
	lags              int
}

// narrower is how much less the exponent of the narrower band is.
const narrower = 0.15

// bench computes observations of series of one length under one hypothesis. It is not safe for
// concurrent use.
type bench struct {
	take     adjustment
	lags     int
	x, y     []float64
	spectrum *lowSpectrum
	lowest   *lowSpectrum    // the narrower band of it
	null     *autoregression // fitted to the series, and simulated
	again    *autoregression // fitted to each simulated series
}

func newBench(n int, take adjustment, o Options) *bench {
	lags := o.Lags
	if lags == 0 {
		lags = -1
	}
	s := newLowSpectrum(n, o.Exponent)
	return &bench{
		take: take, lags: lags, x: make([]float64, n), y: make([]float64, n), spectrum: s, lowest: s.below(o.Exponent - narrower),
		null: newAutoregression(n, maxOrder(n)), again: newAutoregression(n, maxOrder(n)),
	}
}

// observe looks at y, of which a has the autoregression.
func (b *bench) observe(a *autoregression) observation {
	b.spectrum.load(b.y)
	b.spectrum.whiten(a.rows[a.order])
	d := b.spectrum.memory()
	t := (d*b.spectrum.precision + b.lowest.memory()*b.lowest.precision) / 2
	r := rescale(b.y, b.lags)
	return observation{d, t, r.variance, r.rng, r.lags}
}

// nothing is the mean square, of a series of unit variance, below which there is only rounding.
const nothing = 1e-20

// try holds a standardised series against the hypothesis. The autoregression is fitted anew, of the
// same order, to each simulated series, from which a trend or shift is taken likewise: what fitting and
// taking do to the statistics they do to the simulated ones as well.
func (b *bench) try(z []float64, o Options) Hypothesis {
	h := Hypothesis{
		Name: b.take.name(), H: 0.5, PLong: 1, PAnti: 1, Coefficients: []float64{},
		VS: Rescaled{PAsymptotic: 1, P: 1}, RS: Rescaled{PAsymptotic: 1, P: 1},
	}
	h.Size, h.At = b.take.apply(b.y, z)
	h.Order, h.BIC = b.take.choose(b.null, b.y)
	if square(b.y) <= nothing*float64(len(z)) {
		return h // a line, or two levels, is all there is
	}
	h.Coefficients = append(h.Coefficients, b.null.rows[h.Order]...)
	seen := b.observe(b.null)
	if math.IsNaN(seen.t) {
		return h // no power at the low frequencies
	}
	b.spectrum.load(b.y)
	h.H, h.Excess, h.T = 0.5+b.spectrum.memory(), seen.excess, seen.t
	h.VS = Rescaled{Value: seen.vs, Lags: seen.lags, PAsymptotic: varianceTail(seen.vs)}
	h.RS = Rescaled{Value: seen.rs, Lags: seen.lags, PAsymptotic: rangeTail(seen.rs)}
	b.bootstrap(&h, seen, o)
	return h
}

// bootstrap fills in the p-values: (1 + how often the null gives as much) / (draws + 1).
func (b *bench) bootstrap(h *Hypothesis, seen observation, o Options) {
	long, anti, vs, rs := 1, 1, 1, 1
	rng := process.Source(o.Seed, h.Name, 0)
	for i := range o.Draws {
		if stopped(o.Stop) {
			return // the result is thrown away
		}
		rng.Reset(o.Seed, h.Name, uint64(i))
		got := b.draw(h, rng)
		long += count(got.t >= seen.t)
		anti += count(got.t <= seen.t)
		vs += count(got.vs >= seen.vs)
		rs += count(got.rs >= seen.rs)
	}
	all := float64(o.Draws + 1)
	h.PLong, h.PAnti, h.VS.P, h.RS.P = float64(long)/all, float64(anti)/all, float64(vs)/all, float64(rs)/all
}

// draw observes one series of the null. It has the shift that the series had, so that it is no harder
// or easier to find: one taken off pure noise would take more of its low frequencies with it. What is
// left when a trend is taken off does not depend on the trend.
func (b *bench) draw(h *Hypothesis, rng *process.Stream) observation {
	b.null.simulate(b.x, rng)
	if b.take == unstep {
		shift := h.Size / math.Sqrt(b.null.variances[h.Order])
		for i := h.At; i < len(b.x); i++ {
			b.x[i] += shift
		}
	}
	b.take.apply(b.y, b.x)
	b.again.fit(b.y, h.Order)
	return b.observe(b.again)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (a adjustment) name() string {
	switch a {
	case detrend:
		return ShortMemoryTrend
	case unstep:
		return ShortMemoryShift
	}
	return ShortMemory
}
