package surrogate

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// MaxOrder is the highest order of an autoregression.
const MaxOrder = 512

// Model is the autoregression that was fitted to a series, of Yule and Walker's equations.
type Model struct {
	Order        int
	Coefficients []float64 // of the last Order values, the last one's first
	Deviation    float64   // standard deviation of the innovations
}

// autoregression holds the best predictors from 0, 1, … order values before, so that a surrogate
// starts as the fitted process goes on: stationary.
type autoregression struct {
	fitted    bool
	order     int
	rows      [][]float64
	variances []float64
}

// FitAutoregression fits an autoregression of an order from 0 to MaxOrder and below the length, and
// makes it the one that [Maker.Autoregressive] follows. Order -1 takes the order of the least AIC of
// those up to 10·log10(n). The order that it returns is lower than the one asked for where a lower
// one already leaves nothing to predict. It fails when the order is none of these.
//
// H. Akaike, A new look at the statistical model identification, IEEE Trans. Automat. Contr. 19 (1974)
// 716–723.
func (m *Maker) FitAutoregression(order int) (Model, error) {
	n := len(m.x)
	if order < -1 || order > MaxOrder || order >= n {
		return Model{}, fmt.Errorf("autoregression of order %d; allowed are -1 (to choose one) to %d", order, min(MaxOrder, n-1))
	}
	most := order
	if order < 0 {
		most = min(n-1, int(10*math.Log10(float64(n))))
	}
	m.model = levinson(covariances(m.scaled, most))
	m.model.order = min(most, len(m.model.rows)-1)
	if order < 0 {
		m.model.order = m.model.least(n)
	}
	m.model.fitted = true
	return m.describe(), nil
}

func (m *Maker) describe() Model {
	p := m.model.order
	return Model{
		Order:        p,
		Coefficients: append([]float64(nil), m.model.rows[p]...),
		Deviation:    math.Ldexp(math.Sqrt(m.model.variances[p]), m.exp),
	}
}

// Autoregressive fills dst with Gaussian values of the fitted autoregression, which is of AIC's order
// when [Maker.FitAutoregression] was not called. It panics when dst is not of the series' length.
func (m *Maker) Autoregressive(dst []float64, rng *process.Stream) {
	m.check(dst)
	if !m.model.fitted {
		if _, err := m.FitAutoregression(-1); err != nil {
			panic("surrogate: " + err.Error()) // never: any series has an order of AIC
		}
	}
	rng.Normals(dst)
	for t, innovation := range dst {
		p := min(t, m.model.order)
		dst[t] = predict(m.model.rows[p], dst[:t]) + math.Sqrt(m.model.variances[p])*innovation
	}
	m.restore(dst, 1)
}

// predict returns Σ row[k]·past[last-k], in four sums that do not wait for each other.
func predict(row, past []float64) float64 {
	past = past[len(past)-len(row):]
	var a, b, c, d float64
	for len(row) >= 4 {
		p := past[len(past)-4:]
		a += row[0] * p[3]
		b += row[1] * p[2]
		c += row[2] * p[1]
		d += row[3] * p[0]
		row, past = row[4:], past[:len(past)-4]
	}
	for k, phi := range row {
		a += phi * past[len(past)-1-k]
	}
	return (a + b) + (c + d)
}

// covariances returns those of lags 0 to most, with divisor n, of a series without mean.
func covariances(x []float64, most int) []float64 {
	c := make([]float64, most+1)
	for k := range c {
		for t := k; t < len(x); t++ {
			c[k] += x[t] * x[t-k]
		}
		c[k] /= float64(len(x))
	}
	return c
}

// levinson solves Yule and Walker's equations for all orders at once, and ends at one that leaves
// nothing to predict.
//
// J. Durbin, The fitting of time-series models, Rev. Inst. Internat. Statist. 28 (1960) 233–244.
func levinson(c []float64) autoregression {
	a := autoregression{rows: [][]float64{{}}, variances: []float64{c[0]}}
	for p := 1; p < len(c); p++ {
		last, variance := a.rows[p-1], a.variances[p-1]
		if variance <= 1e-14*c[0] {
			break
		}
		partial := c[p]
		for k, phi := range last {
			partial -= phi * c[p-1-k]
		}
		partial /= variance
		row := make([]float64, p)
		for k, phi := range last {
			row[k] = phi - partial*last[p-2-k]
		}
		row[p-1] = partial
		a.rows = append(a.rows, row)
		a.variances = append(a.variances, max(variance*(1-partial)*(1+partial), 0))
	}
	return a
}

// least returns the order of the least n·log(variance) + 2·order.
func (a *autoregression) least(n int) int {
	best, order := math.Inf(1), 0
	for p, v := range a.variances {
		if aic := float64(n)*math.Log(v) + 2*float64(p); aic < best {
			best, order = aic, p
		}
	}
	return order
}
