package significance

import (
	"math"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// Fractional is fractional Gaussian noise fitted to a series, for comparison with the hypotheses that
// have no long memory.
type Fractional struct {
	H   float64 `json:"h"` // by Whittle's likelihood
	BIC float64 `json:"bic"`
}

// longestFractional is how many values, at most, an exact likelihood is computed of: that takes time
// like their square, 20 ms for so many.
const longestFractional = 4096

// fitFractional fits fractional Gaussian noise, of a mean that is taken for known, and tells whether
// it could.
func fitFractional(x []float64) (f Fractional, ok bool) {
	e, err := estimator.Whittle{Settings: estimator.Settings{Class: estimator.Noise}}.Estimate(x)
	if err != nil || len(x) > longestFractional { // too short, or a straight line's increments
		return Fractional{}, false
	}
	errors, logs := innovations(x, e.H)
	n := float64(len(x))
	return Fractional{e.H, n*math.Log(max(errors/n, 1e-300)) + logs + math.Log(n)}, true
}

// innovations returns, of fractional Gaussian noise, the sum of squared errors of the best linear
// predictions, each over its variance v, and Σ log v. It is Durbin and Levinson's recursion.
func innovations(x []float64, h float64) (errors, logs float64) {
	row, next, gamma := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for k := range gamma {
		gamma[k] = process.Autocovariance(h, k)
	}
	v := 1.0
	for t, value := range x {
		if t > 0 {
			partial := (gamma[t] - predict(row[:t-1], gamma[1:t])) / v
			for k := range t - 1 {
				next[k] = row[k] - partial*row[t-2-k]
			}
			next[t-1] = partial
			row, next = next, row
			v *= (1 - partial) * (1 + partial)
		}
		e := value - predict(row[:t], x[:t])
		errors += e * e / v
		logs += math.Log(v)
	}
	return errors, logs
}
