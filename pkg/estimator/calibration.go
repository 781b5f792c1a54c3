package estimator

import (
	_ "embed"
	"encoding/json"
	"math"
	"sort"
	"sync"
)

// Calibration is how the exponents that estimators give for fractional Gaussian noise lie about the
// true ones: what theory does not say of a line through fluctuations at scales that share their data.
// A table that tools/calibrate simulated is part of the package.
type Calibration struct {
	About   string            `json:"about"`
	N       []int             `json:"n"` // lengths, ascending
	H       []float64         `json:"h"` // true exponents, ascending
	Methods map[string]Spread `json:"methods"`
}

// Spread holds an estimator's bias (mean of the estimates less the truth) and standard deviation, a
// row a length and a column an exponent.
type Spread struct {
	Bias [][]float64 `json:"bias"`
	SD   [][]float64 `json:"sd"`
}

//go:embed calibration.json
var calibrationJSON []byte

// calibrationTable parses the table once: it is read only from then on.
var calibrationTable = sync.OnceValue(func() Calibration {
	var c Calibration
	if err := json.Unmarshal(calibrationJSON, &c); err != nil {
		panic("estimator: calibration.json: " + err.Error())
	}
	return c
})

// calibrated returns the standard error and the bias that a method's estimate h of n values has
// under fractional Gaussian noise; false when the method is not in the table. Other series, such as
// ARFIMA or multifractal ones, may scatter more.
func calibrated(name string, n int, h float64) (se, bias float64, ok bool) {
	c := newCalibration(name, n, 0.95)
	if c == nil {
		return 0, 0, false
	}
	o := c.outcome(h, nil)
	return o.se, o.bias, true
}

// calibration is the table for one method, length and level: the mean estimate and the ends of the
// central interval of estimates as functions of the true exponent.
type calibration struct {
	h           []float64
	sd          []float64
	middle      []float64
	below       []float64 // mean - z sd
	above       []float64 // mean + z sd
	first, last float64   // the true exponents that the functions are continued to
}

// newCalibration returns nil when the method is not in the table.
func newCalibration(name string, n int, level float64) *calibration {
	t := calibrationTable()
	s, ok := t.Methods[name]
	if !ok {
		return nil
	}
	c := &calibration{h: t.H, first: -0.5, last: 1.5}
	z := math.Sqrt2 * math.Erfinv(level)
	i, w := between(t.N, n)
	for k, h := range t.H {
		// Spreads follow a power of the length, and go on with it beyond the table; a bias that was
		// left at the last length is kept.
		sd := s.SD[i][k] * math.Pow(s.SD[i+1][k]/s.SD[i][k], w)
		u := max(0, min(1, w))
		mean := h + (1-u)*s.Bias[i][k] + u*s.Bias[i+1][k]
		c.sd = append(c.sd, sd)
		c.middle = append(c.middle, mean)
		c.below = append(c.below, mean-z*sd)
		c.above = append(c.above, mean+z*sd)
	}
	rise(c.h, c.middle)
	rise(c.h, c.below)
	rise(c.h, c.above)
	return c
}

// between returns i and w such that log n = (1-w) log at[i] + w log at[i+1]; w is below 0 or above 1
// outside of the table.
func between(at []int, n int) (i int, w float64) {
	i = max(0, min(len(at)-2, sort.SearchInts(at, n)-1))
	return i, math.Log(float64(n)/float64(at[i])) / math.Log(float64(at[i+1])/float64(at[i]))
}

// rise makes y rise by at least a twentieth of x, so that it has an inverse.
func rise(x, y []float64) {
	for i := 1; i < len(x); i++ {
		y[i] = max(y[i], y[i-1]+(x[i]-x[i-1])/20)
	}
}

// outcome returns an estimate with its bias, its standard error, and the interval of true exponents
// under which an estimate of h is not among the extreme ones (the inversion of a test). Without a
// table it knows nothing: the interval is 0 to 1.
func (c *calibration) outcome(h float64, fit *Fit) outcome {
	if c == nil {
		return outcome{h: h, se: 0.5, lower: 0, upper: 1, fit: fit}
	}
	truth := c.invert(c.middle, h)
	return outcome{
		h: h, bias: h - truth, se: c.spread(truth),
		lower: min(truth, c.invert(c.above, h)), upper: max(truth, c.invert(c.below, h)),
		fit: fit,
	}
}

// invert returns the true exponent at which a function has the value y, along straight lines.
func (c *calibration) invert(f []float64, y float64) float64 {
	i := segment(f, y)
	h := c.h[i] + (y-f[i])*(c.h[i+1]-c.h[i])/(f[i+1]-f[i])
	return max(c.first, min(c.last, h))
}

// spread returns the standard deviation of estimates at a true exponent, as at the nearer end of the
// table outside of it.
func (c *calibration) spread(h float64) float64 {
	i := segment(c.h, h)
	w := max(0, min(1, (h-c.h[i])/(c.h[i+1]-c.h[i])))
	return (1-w)*c.sd[i] + w*c.sd[i+1]
}

// segment returns the i for which x lies between at[i] and at[i+1], or the nearest one.
func segment(at []float64, x float64) int {
	i := 0
	for i < len(at)-2 && x > at[i+1] {
		i++
	}
	return i
}
