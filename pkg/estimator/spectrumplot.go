package estimator

import "math"

// maxPlotPoints bounds the points of a fit; the periodogram of a long series is averaged in bins.
const maxPlotPoints = 200

// spectrumPlot makes the [Fit] of an estimator that looks at the periodogram: log10 frequency, in
// cycles per step, against log10 power. It reuses its memory.
type spectrumPlot struct {
	edges []int // bin b holds ordinates edges[b] … edges[b+1]-1
	fit   Fit
}

// newSpectrumPlot is for series of n values of which the m lowest frequencies are fitted.
func newSpectrumPlot(n, m int) *spectrumPlot {
	all := (n - 1) / 2
	p := &spectrumPlot{edges: plotEdges(all, m)}
	bins := len(p.edges) - 1
	p.fit = Fit{
		XLabel: "log10 frequency (cycles per step)", YLabel: "log10 power",
		X: make([]float64, bins), Y: make([]float64, bins),
	}
	for b := range bins {
		for j := p.edges[b]; j < p.edges[b+1]; j++ {
			p.fit.X[b] += math.Log10(float64(j+1) / float64(n))
		}
		p.fit.X[b] /= float64(p.edges[b+1] - p.edges[b])
		if p.edges[b+1] <= m {
			p.fit.To = b + 1
		}
	}
	return p
}

// plotEdges returns bins of about equal width in log frequency, with one edge at m.
func plotEdges(all, m int) []int {
	edges := []int{0}
	ratio := 1.0
	if all > maxPlotPoints {
		ratio = math.Exp(math.Log(float64(all)) / (maxPlotPoints * 3 / 4))
	}
	for last := 0; last < all; {
		next := max(last+1, int(float64(last+1)*ratio)-1)
		if last < m && next > m {
			next = m
		}
		last = min(next, all)
		edges = append(edges, last)
	}
	return edges
}

// line returns the fit of a straight line of a given slope, through the means of the fitted points.
// It is valid until the next call.
func (p *spectrumPlot) line(power []float64, slope float64) *Fit {
	f := &p.fit
	for b := range f.Y {
		sum := 0.0
		for _, v := range power[p.edges[b]:p.edges[b+1]] {
			sum += v
		}
		f.Y[b] = math.Log10(sum / float64(p.edges[b+1]-p.edges[b]))
	}
	x, y := f.X[:f.To], f.Y[:f.To]
	mx, _ := centre(x)
	my, total := centre(y)
	f.Slope, f.Intercept, f.R2 = slope, my-slope*mx, 0
	left := 0.0
	for i, v := range y {
		e := v - f.Intercept - slope*x[i]
		left += e * e
	}
	if total > 0 {
		f.R2 = max(0, 1-left/total)
	}
	return f
}

// curve adds to the fit last made a model of the power as a function of frequency, in cycles per step,
// but for a constant factor: it is drawn through the mean of the fitted points.
func (p *spectrumPlot) curve(model func(frequency float64) float64) {
	f := &p.fit
	if f.Curve == nil {
		f.Curve = make([]float64, len(f.X))
	}
	shift := 0.0
	for b, x := range f.X {
		f.Curve[b] = math.Log10(model(math.Pow(10, x)))
		if b < f.To {
			shift += (f.Y[b] - f.Curve[b]) / float64(f.To)
		}
	}
	for b := range f.Curve {
		f.Curve[b] += shift
	}
}
