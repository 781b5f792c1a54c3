package significance

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/estimator"
)

// stationary returns a standardised copy of the series, or of the increments of a walk.
func stationary(x []float64, o Options) (z []float64, class string, err error) {
	z = make([]float64, len(x))
	if err := estimator.Standardise(z, x); err != nil {
		return nil, "", err
	}
	if class = o.Class; class == "" {
		if class, err = tell(z); err != nil {
			return nil, "", err
		}
	}
	if class == estimator.Noise {
		return z, class, nil
	}
	for i := range z[1:] {
		z[i] = z[i+1] - z[i]
	}
	z = z[:len(z)-1]
	if err := estimator.Standardise(z, z); err != nil {
		return nil, "", fmt.Errorf("increments of a walk: %w", err)
	}
	return z, class, nil
}

// tell tells noise from walks. Estimators do so by holding fractional noise against walks; but
// autoregressions may look more like walks than like that. So a walk must also be near a unit root, or
// fractional Brownian motion must fit it better than any autoregression, with a trend or shift if
// need be.
//
// Taken for walks, of 300 series each:
//
//	                           n = 128     512
//	autoregression, 0.8            4 %     0 %
//	autoregression, 0.95          86 %     5 %
//	fractional noise, H = 0.9      0 %     1 %
//	random walk                   93 %    94 %
//	fractional walk, H = 0.3      52 %    93 %
func tell(z []float64) (string, error) {
	e, err := estimator.LocalWhittle{}.Estimate(z)
	if err != nil || e.Class == estimator.Noise {
		return e.Class, err
	}
	bic, away := bestAutoregression(z)
	if float64(len(z))*away > unitRoot && bic < walkCriterion(z) {
		return estimator.Noise, nil
	}
	return estimator.Walk, nil
}

// unitRoot is a distance from a unit root, times n, that most random walks do not have.
const unitRoot = 18

// bestAutoregression returns the least BIC of an autoregression, alone or with a trend or shift, and
// how far its coefficients' sum is from 1.
func bestAutoregression(z []float64) (bic, away float64) {
	a, y := newAutoregression(len(z), maxOrder(len(z))), make([]float64, len(z))
	bic = math.Inf(1)
	for take := range adjusted {
		take.apply(y, z)
		order, b := take.choose(a, y)
		if b >= bic {
			continue
		}
		bic, away = b, 1
		for _, phi := range a.rows[order] {
			away -= phi
		}
	}
	return bic, away
}

// walkCriterion is the BIC of fractional Brownian motion, comparable to that of autoregressions: the
// likelihood is that of all values but the first. Long series are judged by their first values.
func walkCriterion(z []float64) float64 {
	n := min(len(z), longestFractional)
	d := make([]float64, n-1)
	for i := range d {
		d[i] = z[i+1] - z[i]
	}
	f, ok := fitFractional(d)
	if !ok {
		return math.Inf(1)
	}
	return f.BIC * float64(len(z)) / float64(n-1)
}
