package estimator

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// scaleLine fits a straight line to the logarithms of mean squares that a bank of filters leaves, by
// weighted least squares, each logarithm weighted by the inverse of its variance under white noise:
// stationary noise has mean squares that grow like 2^((2H-1)j) with the octave j.
//
// A mean square is taken for χ² with η degrees of freedom, 2/η being its relative variance, whose
// log2 has the mean of log2 of its own mean plus ψ(η/2)/ln 2 - log2(η/2), and the variance
// ψ'(η/2)/ln² 2 (Veitch and Abry 1999, equations 13 and 14, where η is the number of coefficients).
type scaleLine struct {
	from        int       // the first point fitted
	offset      []float64 // what is taken off log2 of each mean square
	weight      []float64 // inverse variances
	slope       []float64 // coefficients of the slope, and with them of H
	calibration *calibration
	centre      float64 // weighted mean of the abscissas
	total       float64 // sum of weights
	fit         Fit
}

// newScaleLine fits to points whose abscissas are log2 scales, from the given point on. At least two
// are needed.
func newScaleLine(b *bank, x []float64, from int, level float64) *scaleLine {
	n := len(x)
	l := &scaleLine{from: from, offset: make([]float64, n), weight: make([]float64, n), slope: make([]float64, n)}
	for i, v := range x {
		l.offset[i], l.weight[i] = logMoments(b.spread[bankNodes/2][i*n+i])
		l.weight[i] = 1 / l.weight[i]
		if i >= from {
			l.total += l.weight[i]
			l.centre += l.weight[i] * v
		}
	}
	l.centre /= l.total
	sxx := 0.0
	for i, v := range x[from:] {
		sxx += l.weight[from+i] * (v - l.centre) * (v - l.centre)
	}
	for i := from; i < n; i++ {
		l.slope[i] = l.weight[i] * (x[i] - l.centre) / sxx
	}
	l.calibration = l.theory(b, level)
	l.fit = Fit{XLabel: "log2 scale", YLabel: "log2 energy", X: x, Y: make([]float64, n), From: from, To: n}
	return l
}

// logMoments returns what to take off log2 of a mean square of the given relative variance, and the
// variance of the logarithm.
func logMoments(relative float64) (offset, variance float64) {
	half := 1 / relative // η/2
	offset = mathext.Digamma(half)/math.Ln2 - math.Log2(half)
	return offset, mathext.Zeta(2, half) / (math.Ln2 * math.Ln2)
}

// theory returns what H the line is expected to have, and how it scatters, for each true one.
func (l *scaleLine) theory(b *bank, level float64) *calibration {
	n := len(l.offset)
	mean, sd := make([]float64, bankNodes), make([]float64, bankNodes)
	deviation := make([]float64, n)
	for k := range b.h {
		slope, variance := 0.0, 0.0
		for i := l.from; i < n; i++ {
			offset, v := logMoments(b.spread[k][i*n+i])
			slope += l.slope[i] * (b.energy[k][i]/math.Ln2 + offset - l.offset[i])
			deviation[i] = l.slope[i] * math.Sqrt(v/b.spread[k][i*n+i])
		}
		for i := l.from; i < n; i++ {
			for j := l.from; j < n; j++ {
				variance += deviation[i] * deviation[j] * b.spread[k][i*n+j]
			}
		}
		mean[k], sd[k] = (slope+1)/2, math.Sqrt(variance)/2
	}
	return newTheory(b.h, mean, sd, level)
}

// newTheory is a calibration that follows from theory: the mean and the standard deviation of
// estimates at true exponents h, ascending.
func newTheory(h, mean, sd []float64, level float64) *calibration {
	c := &calibration{h: h, sd: sd, middle: mean, first: -0.5, last: 1.5}
	z := math.Sqrt2 * math.Erfinv(level)
	for k, m := range mean {
		c.below = append(c.below, m-z*sd[k])
		c.above = append(c.above, m+z*sd[k])
	}
	rise(c.h, c.middle)
	rise(c.h, c.below)
	rise(c.h, c.above)
	return c
}

// estimate fits the line to mean squares. It fails with ErrNoFit where one of the fitted is nothing.
func (l *scaleLine) estimate(energy []float64) (outcome, error) {
	f := &l.fit
	slope := 0.0
	for i, v := range energy {
		if i >= l.from && !(v > noEnergy) {
			return outcome{}, fmt.Errorf("%w: no energy at scale %.3g", ErrNoFit, math.Exp2(f.X[i]))
		}
		f.Y[i] = math.Log2(max(v, noEnergy)) - l.offset[i]
		slope += l.slope[i] * f.Y[i]
	}
	middle := 0.0
	for i := l.from; i < len(energy); i++ {
		middle += l.weight[i] * f.Y[i] / l.total
	}
	f.Slope, f.Intercept = slope, middle-slope*l.centre
	left, all := l.residual(slope, f.Intercept), l.residual(0, middle)
	f.R2 = 0
	if all > 0 {
		f.R2 = max(0, 1-left/all)
	}
	return l.calibration.outcome((slope+1)/2, f), nil
}

// noEnergy is what rounding leaves of a series of unit variance where there is nothing.
const noEnergy = 1e-24

// residual returns the weighted sum of squares that a line leaves.
func (l *scaleLine) residual(slope, intercept float64) float64 {
	sum := 0.0
	for i := l.from; i < len(l.weight); i++ {
		r := l.fit.Y[i] - intercept - slope*l.fit.X[i]
		sum += l.weight[i] * r * r
	}
	return sum
}

// fits returns how likely it is that a straight line leaves as much as the last one did: Q(ν/2, s/2)
// for χ² with ν degrees of freedom, two less than there are points. Two points always fit.
func (l *scaleLine) fits() float64 {
	free := len(l.weight) - l.from - 2
	if free < 1 {
		return 1
	}
	return mathext.GammaIncRegComp(float64(free)/2, l.residual(l.fit.Slope, l.fit.Intercept)/2)
}
