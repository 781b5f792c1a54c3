package significance

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// autoregression fits autoregressions to series of one length, and simulates them.
//
// J. P. Burg, Maximum Entropy Spectral Analysis, Stanford 1975: the reflection coefficient of each
// order minimises the forward and backward errors together, so that the fit is stationary and, unlike
// Yule and Walker's, hardly biased when the series is short or persistent.
type autoregression struct {
	most              int // highest order
	forward, backward []float64
	reflections       []float64   // of orders 1 … most
	variances         []float64   // of the errors of orders 0 … most, for a series of unit variance
	rows              [][]float64 // the best predictors of orders 0 … most, the last value's coefficient first
	order             int         // that is simulated
}

// maxOrder is the highest order that is looked at: 10 log10 n, as is usual, up to n/8.
func maxOrder(n int) int { return min(n/8, int(10*math.Log10(float64(n)))) }

func newAutoregression(n, most int) *autoregression {
	a := &autoregression{
		most: most, forward: make([]float64, n), backward: make([]float64, n),
		reflections: make([]float64, most), variances: make([]float64, most+1), rows: make([][]float64, most+1),
	}
	for p := range a.rows {
		a.rows[p] = make([]float64, p)
	}
	return a
}

// fit fits orders 0 to order to a series of zero mean.
func (a *autoregression) fit(x []float64, order int) {
	copy(a.forward, x)
	copy(a.backward, x)
	a.variances[0] = square(x) / float64(len(x))
	a.order = order
	for p := 1; p <= order; p++ {
		a.extend(p, a.reflect(p))
	}
}

// reflect returns the reflection coefficient of order p, and brings the errors to that order.
func (a *autoregression) reflect(p int) float64 {
	n := len(a.forward)
	f, b := a.forward[p:], a.backward[p-1:n-1]
	b = b[:len(f)]
	product, power := 0.0, 0.0
	for t, v := range f {
		product += v * b[t]
		power += v*v + b[t]*b[t]
	}
	k := 0.0
	if power > 0 {
		k = 2 * product / power
	}
	k = max(-nearUnit, min(nearUnit, k))
	// Error t of the backward prediction moves to t+1, where the next order wants it.
	back := a.backward[p:n]
	for t := len(f) - 1; t >= 0; t-- {
		u, v := f[t], b[t]
		f[t], back[t] = u-k*v, v-k*u
	}
	return k
}

// nearUnit keeps fits of series without noise, such as straight lines, stationary.
const nearUnit = 1 - 1e-9

// extend is the step of Levinson and Durbin's recursion from order p-1 to p.
func (a *autoregression) extend(p int, k float64) {
	last, row := a.rows[p-1], a.rows[p]
	for i, phi := range last {
		row[i] = phi - k*last[p-2-i]
	}
	row[p-1] = k
	a.reflections[p-1] = k
	a.variances[p] = a.variances[p-1] * (1 - k) * (1 + k)
}

// choose fits all orders and keeps the one of the least n log(variance) + p log n, which it returns
// with that criterion.
//
// G. Schwarz, Estimating the dimension of a model, Annals of Statistics 6 (1978) 461–464.
func (a *autoregression) choose(x []float64) (order int, bic float64) {
	a.fit(x, a.most)
	n := float64(len(x))
	bic = math.Inf(1)
	for p, v := range a.variances {
		if b := n*math.Log(max(v, 1e-300)) + float64(p)*math.Log(n); b < bic {
			order, bic = p, b
		}
	}
	a.order = order
	return order, bic
}

// simulate fills dst with Gaussian values of the fitted process, stationary from the first on, whose
// innovations have unit variance.
func (a *autoregression) simulate(dst []float64, rng *process.Stream) {
	rng.Normals(dst)
	p := a.order
	last := a.variances[p]
	if !(last > 0) {
		return
	}
	for t := range min(p, len(dst)) {
		dst[t] *= math.Sqrt(a.variances[t] / last)
		dst[t] += predict(a.rows[t], dst[:t])
	}
	row := a.rows[p]
	if p == 1 {
		phi, v := row[0], dst[0]
		for t := 1; t < len(dst); t++ {
			v = dst[t] + phi*v
			dst[t] = v
		}
		return
	}
	for t := p; t < len(dst); t++ {
		dst[t] += predict(row, dst[t-p:t])
	}
}

// predict returns Σ row[k]·past[last-k].
func predict(row, past []float64) float64 {
	past = past[:len(row)]
	sum, last := 0.0, len(row)-1
	for k, phi := range row {
		sum += phi * past[last-k]
	}
	return sum
}

func square(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return sum
}
