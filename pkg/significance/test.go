package significance

import (
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/longmemory/hurst/pkg/estimator"
)

// The verdicts of [Test].
const (
	NoMemory       = "no memory"
	Short          = "short memory"
	Long           = "long memory"
	TrendOrShift   = "trend or shift may explain it"
	Antipersistent = "antipersistent"
)

// Result is what [Test] finds.
type Result struct {
	Verdict    string             `json:"verdict"`              // NoMemory, Short, Long, TrendOrShift or Antipersistent
	Estimate   estimator.Estimate `json:"estimate"`             // of the local Whittle estimator; H is d + 1/2, and of the increments of a walk
	Bandwidth  int                `json:"bandwidth"`            // frequencies that it looks at
	PLong      float64            `json:"p_long"`               // against long memory: the largest of the hypotheses' own
	PAnti      float64            `json:"p_anti"`               // against antipersistence, likewise
	White      Portmanteau        `json:"white"`                // whether there is memory at all
	Hypotheses []Hypothesis       `json:"hypotheses"`           // without a trend or shift, with a trend, with a shift
	Spurious   Spurious           `json:"spurious"`             // whether it is true long memory
	Fractional *Fractional        `json:"fractional,omitempty"` // nil for more than 4,096 values
	Draws      int                `json:"draws"`                // series that each hypothesis was simulated with
}

// Portmanteau is the test of Ljung and Box for any autocorrelation up to some lags.
type Portmanteau struct {
	Q    float64 `json:"q"`
	Lags int     `json:"lags"`
	P    float64 `json:"p"`
}

// Test tests one series for long memory. Long memory is claimed when no hypothesis without it holds:
// not an autoregression, nor one with a linear trend, nor one with a level shift; so the chance of a
// false claim is 1 - Level at most, whichever of them is true. Antipersistence is claimed likewise.
// When an autoregression alone does not hold but one with a trend or shift does, or BIC prefers that,
// or the memory passes these and fails Qu's test, the verdict is that a trend or shift may explain it.
//
// The verdict, in percent of 1,000 series (300 of 2,048 values; 99 draws):
//
//	                        long memory         trend or shift       antipersistent
//	n                     128   512  2048      128   512  2048      128   512  2048
//	white noise             1     1     2        5     4     2        1     2     3
//	AR(1) of 0.8            1     2     2        7     5     2        1     2     3
//	MA(1) of 0.5            1     2     2        6     4     2        1     2     3
//	MA(1) of -0.5           0     1     1        2     2     3        3     5     3
//	white, rise of 2 sd     1     1     0       99    99   100        0     0     0
//	white, step of 1 sd     2     1     0       97    99   100        0     0     0
//	fGn of H = 0.3          0     0     0        0     0     0        5    36    94
//	fGn of H = 0.6          6    16    38       18    17    25        0     0     0
//	fGn of H = 0.7          9    35    79       21    25    14        0     1     0
//	fGn of H = 0.8         12    57    89       29    25     8        0     1     0
//	fGn of H = 0.9         14    59    92       36    25     6        0     1     0
//
// Several level shifts, or a trend that bends, are none of the hypotheses. Qu's test is there for them,
// and finds them in long series: of white noise that is 1 sd higher for a third of its length, 44 % of
// series of 128 values are called long memory, and 13 % of 512.
//
// The p-values are those of a parametric bootstrap: local Whittle's d of what the autoregression
// leaves, in standard errors and the mean of two bandwidths, is held against that of series simulated
// with the autoregression. Of the statistics tried that has the most power against strong and weak
// memory together. Test fails as an [estimator.Estimator] does, or with [ErrOption] or [ErrStopped].
func Test(x []float64, o Options) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, err
	}
	if err := o.check(); err != nil {
		return Result{}, err
	}
	z, class, err := stationary(x, o)
	if err != nil {
		return Result{}, err
	}
	local := estimator.LocalWhittle{Settings: estimator.Settings{Level: o.Level, Class: class}, Exponent: o.Exponent}
	r := Result{Draws: o.Draws, Bandwidth: newLowSpectrum(len(z), o.Exponent).m}
	if r.Estimate, err = local.Estimate(x); err != nil {
		return Result{}, err
	}
	r.Estimate.Fit = nil
	r.White = portmanteau(z)
	if f, ok := fitFractional(z); ok {
		r.Fractional = &f
	}
	if r.try(z, o); stopped(o.Stop) {
		return Result{}, ErrStopped
	}
	r.Verdict = r.judge(1 - o.Level)
	return r, nil
}

// try tests all hypotheses, at the same time.
func (r *Result) try(z []float64, o Options) {
	r.Hypotheses = make([]Hypothesis, adjusted)
	var wait sync.WaitGroup
	for take := range adjusted {
		wait.Go(func() { r.Hypotheses[take] = newBench(len(z), take, o).try(z, o) })
	}
	r.Spurious = testSpurious(z, o)
	wait.Wait()
	for _, h := range r.Hypotheses {
		r.PLong, r.PAnti = max(r.PLong, h.PLong), max(r.PAnti, h.PAnti)
	}
}

// judge gives the verdict at a level of significance.
func (r *Result) judge(alpha float64) string {
	switch {
	case r.PLong <= alpha && r.Spurious.P > alpha:
		return Long
	case r.PAnti <= alpha:
		return Antipersistent
	case r.Hypotheses[asIs].PLong <= alpha, r.preferred() != asIs:
		return TrendOrShift
	case r.White.P <= alpha:
		return Short
	}
	return NoMemory
}

// preferred returns the hypothesis of the least BIC.
func (r *Result) preferred() adjustment {
	best := asIs
	for take := range adjusted {
		if r.Hypotheses[take].BIC < r.Hypotheses[best].BIC {
			best = take
		}
	}
	return best
}

// portmanteau tests a standardised series for autocorrelation at min(10, n/5) lags.
//
// G. M. Ljung, G. E. P. Box, On a measure of lack of fit in time series models, Biometrika 65 (1978)
// 297–303.
func portmanteau(z []float64) Portmanteau {
	n := float64(len(z))
	p := Portmanteau{Lags: min(10, len(z)/5)}
	power := square(z)
	for k := 1; k <= p.Lags; k++ {
		rho := product(z, k) / power
		p.Q += n * (n + 2) * rho * rho / (n - float64(k))
	}
	p.P = distuv.ChiSquared{K: float64(p.Lags)}.Survival(p.Q)
	return p
}
