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
	// PLong and PAnti are the bootstrap's p-values of the excess against more, and less, memory.
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
	excess, vs, rs float64
}

// bench computes observations of series of one length under one hypothesis. It is not safe for
// concurrent use.
type bench struct {
	take     adjustment
	lags     int
	x, y     []float64
	spectrum *lowSpectrum
	null     *autoregression // fitted to the series, and simulated
	again    *autoregression // fitted to each simulated series
}

func newBench(n int, take adjustment, o Options) *bench {
	lags := o.Lags
	if lags == 0 {
		lags = -1
	}
	return &bench{
		take: take, lags: lags, x: make([]float64, n), y: make([]float64, n), spectrum: newLowSpectrum(n, o.Exponent),
		null: newAutoregression(n, maxOrder(n)), again: newAutoregression(n, maxOrder(n)),
	}
}

// observe looks at y, of which a has the autoregression.
func (b *bench) observe(a *autoregression) (observation, rescaled) {
	b.spectrum.load(b.y)
	b.spectrum.whiten(a.rows[a.order])
	r := rescale(b.y, b.lags)
	return observation{b.spectrum.memory(), r.variance, r.rng}, r
}

// nothing is the mean square, of a series of unit variance, below which there is only rounding.
const nothing = 1e-20

// try holds a standardised series against the hypothesis. The autoregression is fitted anew, of the
// same order, to each simulated series, from which the same trend or shift is taken: what fitting and
// taking do to the statistics they do to the simulated ones as well.
func (b *bench) try(z []float64, o Options) Hypothesis {
	h := Hypothesis{Name: b.take.name(), PLong: 1, PAnti: 1}
	h.Size, h.At = b.take.apply(b.y, z)
	h.Order, h.BIC = b.null.choose(b.y)
	h.BIC += float64(b.take.parameters()) * math.Log(float64(len(z)))
	h.H = 0.5
	h.VS, h.RS = Rescaled{PAsymptotic: 1, P: 1}, Rescaled{PAsymptotic: 1, P: 1}
	h.Coefficients = append([]float64{}, b.null.rows[h.Order]...)
	if square(b.y) <= nothing*float64(len(z)) {
		return h // a line, or two levels, is all there is
	}
	seen, r := b.observe(b.null)
	if math.IsNaN(seen.excess) {
		return h // no power at the low frequencies
	}
	b.spectrum.load(b.y)
	h.H, h.Excess = 0.5+b.spectrum.memory(), seen.excess
	h.VS = Rescaled{Value: r.variance, Lags: r.lags, PAsymptotic: varianceTail(r.variance)}
	h.RS = Rescaled{Value: r.rng, Lags: r.lags, PAsymptotic: rangeTail(r.rng)}
	b.bootstrap(&h, seen, o)
	return h
}

// bootstrap fills in the p-values: (1 + how often the null gives as much) / (draws + 1).
func (b *bench) bootstrap(h *Hypothesis, seen observation, o Options) {
	long, anti, vs, rs := 1, 1, 1, 1
	rng := process.Source(o.Seed, h.Name, 0)
	for i := range o.Draws {
		rng.Reset(o.Seed, h.Name, uint64(i))
		got := b.draw(h.Order, rng)
		long += count(got.excess >= seen.excess)
		anti += count(got.excess <= seen.excess)
		vs += count(got.vs >= seen.vs)
		rs += count(got.rs >= seen.rs)
	}
	all := float64(o.Draws + 1)
	h.PLong, h.PAnti, h.VS.P, h.RS.P = float64(long)/all, float64(anti)/all, float64(vs)/all, float64(rs)/all
}

// draw observes one series of the null.
func (b *bench) draw(order int, rng *process.Stream) observation {
	b.null.simulate(b.x, rng)
	b.take.apply(b.y, b.x)
	b.again.fit(b.y, order)
	got, _ := b.observe(b.again)
	return got
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
