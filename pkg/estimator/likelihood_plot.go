package estimator

import "math"

// plotPoints bounds the points of a likelihood's plot, about.
const plotPoints = 96

// plot makes the [Fit] of a likelihood: the periodogram, averaged in bins of about the same width in
// log frequency, and the fitted density averaged in the same way. It reuses its memory.
type plot struct {
	edge   []int // bin b holds the frequencies 2π(j+1)/n, j = edge[b] … edge[b+1]-1
	x      []float64
	curves []float64 // log10 of the averaged densities, node by node
	fit    Fit
}

// newPlot is for the m lowest frequencies of n values.
func newPlot(n, m int) *plot {
	p := &plot{edge: []int{0}}
	ratio := math.Pow(float64(m), 1.25/plotPoints)
	for j := 0; j < m; {
		next := min(m, max(j+1, int(float64(j+1)*ratio)))
		middle := (float64(j+1) + float64(next)) / 2
		p.x = append(p.x, math.Log10(middle/float64(n)))
		p.edge = append(p.edge, next)
		j = next
	}
	p.curves = make([]float64, len(p.x)*(steps+1))
	p.fit = Fit{
		XLabel: "log10 frequency (cycles per step)", YLabel: "log10 power",
		X: p.x, Y: make([]float64, len(p.x)), Curve: make([]float64, len(p.x)),
	}
	return p
}

// keep takes the density at a node.
func (p *plot) keep(k int, f []float64) { p.average(p.curves[k*len(p.x):(k+1)*len(p.x)], f) }

// average writes log10 of the averages over bins to dst. Where there is no power it writes that of
// a power too small to matter.
func (p *plot) average(dst, power []float64) {
	for b := range dst {
		sum := 0.0
		for _, v := range power[p.edge[b]:p.edge[b+1]] {
			sum += v
		}
		dst[b] = math.Log10(max(sum/float64(p.edge[b+1]-p.edge[b]), 1e-30))
	}
}

// shape is what a density has beside its exponent.
type shape struct {
	share float64 // of the variance, that is white noise
	phi   float64 // autoregressive coefficient
}

// of returns the plot of a likelihood's periodogram with the density at a place of the scan, which
// between nodes is taken from both. It is valid until the next call.
func (p *plot) of(l *likelihood, u float64, s shape) *Fit {
	f, power := &p.fit, l.power
	power[len(power)-1] /= l.last
	p.average(f.Y, power)
	power[len(power)-1] *= l.last
	k := min(int(u), len(p.curves)/len(p.x)-2)
	w := u - float64(k)
	low, high := p.curves[k*len(p.x):], p.curves[(k+1)*len(p.x):]
	for f.From = 0; p.edge[f.From] < l.skip; f.From++ {
	}
	f.To = len(f.X)
	shift, count := 0.0, 0.0
	for b := range f.Curve {
		f.Curve[b] = (1-w)*low[b] + w*high[b]
		if s.share > 0 {
			f.Curve[b] = math.Log10((1-s.share)*math.Pow(10, f.Curve[b]) + s.share)
		}
		if s.phi != 0 {
			cosine := math.Cos(2 * math.Pi * math.Pow(10, f.X[b]))
			f.Curve[b] -= math.Log10(1 + s.phi*s.phi - 2*s.phi*cosine)
		}
		if b >= f.From {
			width := float64(p.edge[b+1] - p.edge[b])
			shift += width * math.Pow(10, f.Y[b]-f.Curve[b])
			count += width
		}
	}
	p.straighten(math.Log10(shift / count))
	return f
}

// straighten moves the curve by shift, and fits a straight line to the curve.
func (p *plot) straighten(shift float64) {
	f := &p.fit
	var mx, my, xx, xy, yy, left float64
	count := float64(f.To - f.From)
	for b := range f.Curve {
		f.Curve[b] += shift
		if b >= f.From {
			mx += f.X[b] / count
			my += f.Curve[b] / count
		}
	}
	for b := f.From; b < f.To; b++ {
		dx, dy := f.X[b]-mx, f.Curve[b]-my
		xx += dx * dx
		xy += dx * dy
		yy += dy * dy
	}
	f.Slope = xy / xx
	f.Intercept = my - f.Slope*mx
	for b := f.From; b < f.To; b++ {
		e := f.Curve[b] - f.Intercept - f.Slope*f.X[b]
		left += e * e
	}
	f.R2 = 1
	if yy > 0 {
		f.R2 = 1 - left/yy
	}
}
