package estimator

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/wavelet"
)

// Leaders is the wavelet leader method: the running sums of a series have at each octave j and place k
// a leader L(j, k), the largest of the wavelet coefficients near the place at this scale and all finer
// ones, coefficients being scaled so that they measure amplitude. As an [Estimator] it gives c1, by
// which the mean of log L grows, and which is H; Analyse gives the multifractal spectrum.
//
// Coefficients that touch the ends are left out. Octaves count in proportion to their leaders. The
// standard error holds under fractional Gaussian noise; c1 of multifractal series scatters more.
//
// S. Jaffard, Wavelet techniques in multifractal analysis, Proceedings of Symposia in Pure
// Mathematics 72 (2004) 91–151; H. Wendt, P. Abry, Multifractality tests using bootstrapped wavelet
// leaders, IEEE Transactions on Signal Processing 55 (2007) 4811–4820.
type Leaders struct {
	Settings
	Wavelet string // as in package wavelet; empty means db2
	From    int    // the first octave fitted; zero means 2: at octave 1 leaders have no finer scales to lead
}

// Estimate implements [Estimator].
func (l Leaders) Estimate(x []float64) (Estimate, error) { return estimateOne(l, x) }

// Prepare implements [Estimator].
func (l Leaders) Prepare(n int) *Prepared {
	return prepare(n, l.Settings, Hurst, func(n int, level float64) core {
		c, err := newLeaderCore(l, n, level)
		if err != nil {
			return unable{err}
		}
		return c
	})
}

// leaderCore is the core of Leaders.
type leaderCore struct {
	plan    *wavelet.Plan
	coeff   []float64
	octaves []leaderOctave
	from    int // the first octave fitted, counted from 0
	sxx     float64
	centre  float64
	total   float64
	spreads *calibration
	fit     Fit
}

// leaderOctave holds one octave.
type leaderOctave struct {
	at, to int       // places with a largest coefficient
	own    []float64 // the largest of a place at this and all finer octaves
	log2   []float64 // of leaders, which need a neighbour on each side
}

// minLeaders is the least number of leaders in an octave that is fitted.
const minLeaders = 3

func newLeaderCore(l Leaders, n int, level float64) (*leaderCore, error) {
	name, from := l.Wavelet, l.From
	if name == "" {
		name = "db2"
	}
	if from == 0 {
		from = 2
	}
	w, err := wavelet.New(name)
	if err != nil {
		return nil, err
	}
	// Coefficients of this mode lie above their two finer ones.
	plan, err := wavelet.NewPlan(w, wavelet.Periodic, n, max(1, w.MaxLevels(n)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTooShort, err)
	}
	c := &leaderCore{plan: plan, coeff: make([]float64, plan.Size()), from: from - 1}
	c.place()
	if from < 1 || len(c.octaves)-c.from < 2 {
		return nil, fmt.Errorf("%w: %d values have %d octaves of leaders of %s; two are needed, from octave %d on", ErrTooShort, n, len(c.octaves), name, from)
	}
	c.weigh()
	c.spreads = newCalibration("leaders", n, level)
	if c.spreads == nil || l.Wavelet != "" || l.From != 0 {
		c.spreads = leaderSpread(c.total, level)
	}
	return c, nil
}

// place finds the octaves that have enough leaders, and their places.
func (c *leaderCore) place() {
	for j := range c.plan.Levels() {
		o := leaderOctave{}
		o.at, o.to = c.plan.Inside(j + 1)
		if j > 0 {
			finer := c.octaves[j-1]
			o.at, o.to = max(o.at, (finer.at+1)/2), min(o.to, finer.to/2)
		}
		if o.to-o.at-2 < minLeaders {
			return
		}
		o.own = make([]float64, len(c.plan.Detail(c.coeff, j+1)))
		o.log2 = make([]float64, 0, o.to-o.at-2)
		c.octaves = append(c.octaves, o)
	}
}

// weigh prepares the regression.
func (c *leaderCore) weigh() {
	n := len(c.octaves)
	c.fit = Fit{XLabel: "octave", YLabel: "mean log2 leader", X: make([]float64, n), Y: make([]float64, n), From: c.from, To: n}
	for j := range c.octaves {
		c.fit.X[j] = float64(j + 1)
		if j >= c.from {
			w := c.weight(j)
			c.total += w
			c.centre += w * c.fit.X[j]
		}
	}
	c.centre /= c.total
	for j := c.from; j < n; j++ {
		c.sxx += c.weight(j) * (c.fit.X[j] - c.centre) * (c.fit.X[j] - c.centre)
	}
}

func (c *leaderCore) weight(j int) float64 { return float64(cap(c.octaves[j].log2)) }

// leaderSpread stands in for spreads that were not simulated, with other wavelets and octaves than the
// usual ones: the standard error falls with the root of the number of leaders that are fitted, to what
// is left of the bias.
func leaderSpread(leaders, level float64) *calibration {
	sd := math.Hypot(0.9/math.Sqrt(leaders), 0.03)
	return newTheory([]float64{0, 1}, []float64{0, 1}, []float64{sd, sd}, level)
}

// estimate implements core.
func (c *leaderCore) estimate(z []float64) (outcome, error) {
	if err := c.load(z); err != nil {
		return outcome{}, err
	}
	f := &c.fit
	for j, o := range c.octaves {
		f.Y[j] = mean(o.log2)
	}
	f.Slope, f.Intercept, f.R2 = c.line(f.Y)
	return c.spreads.outcome(f.Slope, f), nil
}

// load computes the leaders of noise, whose running sums replace it.
func (c *leaderCore) load(z []float64) error {
	sum := 0.0
	for t, v := range z {
		sum += v
		z[t] = sum
	}
	c.plan.Transform(c.coeff, z)
	for j := range c.octaves {
		o := &c.octaves[j]
		scale := math.Exp2(-float64(j+1) / 2)
		for k, d := range c.plan.Detail(c.coeff, j+1)[:o.to] {
			o.own[k] = scale * math.Abs(d)
		}
		if j > 0 {
			finer := c.octaves[j-1].own
			for k := o.at; k < o.to; k++ {
				o.own[k] = max(o.own[k], finer[2*k], finer[2*k+1])
			}
		}
		if o.collect(); len(o.log2) < 2 {
			return fmt.Errorf("%w: nothing fluctuates at octave %d", ErrNoFit, j+1)
		}
	}
	return nil
}

// collect takes the logarithms of the leaders. Where nothing fluctuates there is none: a mean of
// logarithms would be infinite.
func (o *leaderOctave) collect() {
	const nothing = 1e-10 // of a unit of the noise
	o.log2 = o.log2[:0]
	for k := o.at + 1; k+1 < o.to; k++ {
		if l := max(o.own[k-1], o.own[k], o.own[k+1]); l > nothing {
			o.log2 = append(o.log2, math.Log2(l))
		}
	}
}

// line fits a straight line to a value for each octave.
func (c *leaderCore) line(y []float64) (slope, intercept, r2 float64) {
	middle := 0.0
	for j := c.from; j < len(y); j++ {
		w := c.weight(j)
		slope += w * (c.fit.X[j] - c.centre) * y[j] / c.sxx
		middle += w * y[j] / c.total
	}
	left, all := 0.0, 0.0
	for j := c.from; j < len(y); j++ {
		d := y[j] - middle
		e := d - slope*(c.fit.X[j]-c.centre)
		all += c.weight(j) * d * d
		left += c.weight(j) * e * e
	}
	if all > 0 {
		r2 = max(0, 1-left/all)
	}
	return slope, middle - slope*c.centre, r2
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
