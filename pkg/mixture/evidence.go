package mixture

import (
	"fmt"
	"math"
	"slices"
)

// octaves is into how many the periodogram is divided, from the highest frequency down.
const octaves = 12

// lags are those of the autocorrelations among the evidence.
var lags = [...]int{1, 2, 3, 4, 6, 8, 12, 20}

// extremes are the ranks, from the largest distance from the median, and quantiles the probabilities
// that the evidence of tails is about.
var (
	extremes  = [...]int{0, 1, 3, 7, 15}
	quantiles = [...]float64{0.01, 0.02, 0.05, 0.1, 0.9, 0.95, 0.98, 0.99}
)

// others names the evidence that is about the series as a whole.
var others = [...]string{
	"log n", "n^-1/2", "missing", "interpolated", "interpolated exactly", "rounding", "outliers", "deleted",
	"largest residue", "residues beyond 4", "residues' fourth moment", "mad/sd", "beyond 4 mad", "clipped kurtosis",
	"scores' residual", "cusum", "sign correlation", "peak/median", "second/peak", "trend", "shift gain", "shift place",
	"shift at end", "sinusoid gain", "sinusoid octave", "sinusoid cycles", "noise gain", "noise dB", "phi", "theta",
}

// Evidence returns the names of what [Reading.Evidence] holds: of every expert the posterior median
// and standard deviation of H under a uniform prior on [Grid], and the logarithm of how much more
// likely it makes the numbers than the simplest expert on the same numbers does; tail and spectrum of
// the series, on scales that do not depend on its length (what a short series does not have is zero);
// and counts and sizes. All are finite; those with long tails are logarithms or bounded.
func Evidence() []string {
	var names []string
	for _, e := range Experts() {
		names = append(names, "median "+e.Name, "sd "+e.Name, "ratio "+e.Name)
	}
	names = append(names, others[:]...)
	for _, k := range extremes {
		names = append(names, fmt.Sprintf("extreme %d", k+1))
	}
	for _, p := range quantiles {
		names = append(names, fmt.Sprintf("quantile %g", p))
	}
	for _, k := range lags {
		names = append(names, fmt.Sprintf("autocorrelation %d", k))
	}
	for _, k := range lags {
		names = append(names, fmt.Sprintf("scores' autocorrelation %d", k))
	}
	for k := range octaves {
		names = append(names, fmt.Sprintf("octave %d", k+1))
	}
	for k := range octaves {
		names = append(names, fmt.Sprintf("clipped octave %d", k+1))
	}
	return names
}

// evidence has what is needed to gather it.
type evidence struct {
	median, mad float64
	apart       []float64 // distances from the median, ascending
	usual       []float64 // what extremes and quantiles are of normal values
	power       []float64
	mass        []float32
	out         []float32
}

func (e *evidence) plan(n int) {
	e.apart, e.power, e.mass = make([]float64, n), make([]float64, n/2), make([]float32, experts*fine)
	for _, k := range extremes {
		e.usual = append(e.usual, normal(1-(float64(k)+0.625)/(2*(float64(n)+0.25))))
	}
	for _, p := range quantiles {
		e.usual = append(e.usual, normal(p))
	}
}

// normal returns a quantile of the normal distribution.
func normal(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// centre computes the median and the robust standard deviation of ascending values.
func (e *evidence) centre(sorted []float64) {
	const robust = 1.482602218505602
	n := len(sorted)
	e.median = (sorted[(n-1)/2] + sorted[n/2]) / 2
	lo, hi := 0, n-1
	for i := n - 1; i >= 0; i-- { // the furthest is at one of the ends
		a, b := e.median-sorted[lo], sorted[hi]-e.median
		if a > b {
			e.apart[i] = a
			lo++
		} else {
			e.apart[i] = b
			hi--
		}
	}
	e.mad = max(robust*(e.apart[(n-1)/2]+e.apart[n/2])/2, 1e-9)
}

func (e *evidence) add(values ...float64) {
	for _, v := range values {
		if math.IsNaN(v) {
			v = 0
		}
		e.out = append(e.out, float32(max(-1e6, min(1e6, v))))
	}
}

// gather fills the evidence of a reading.
func (r *Reader) gather() {
	e := &r.evidence
	e.out = r.reading.Evidence[:0]
	r.posteriors()
	r.whole()
	r.tails()
	r.spectrum()
	if len(e.out) != len(r.reading.Evidence) {
		panic(fmt.Sprintf("mixture: %d values of evidence, want %d", len(e.out), len(r.reading.Evidence)))
	}
}

// posteriors adds median, standard deviation and ratio of each expert.
func (r *Reader) posteriors() {
	e, out := &r.evidence, &r.reading
	copy(e.mass, out.Fine)
	for i, v := range e.mass {
		e.mass[i] = max(v, -80)
	}
	r.set.Exp(e.mass, e.mass)
	var total [experts]float64
	for i := range experts {
		row := e.mass[i*fine : (i+1)*fine]
		var sd, median float64
		total[i], sd, median = moments(row)
		reference := base(i)
		e.add(median, sd, out.Top[i]+math.Log(total[i])-out.Top[reference]-math.Log(total[reference]))
	}
}

// moments returns sum, standard deviation and median of a density on the grid.
func moments(row []float32) (total, sd, median float64) {
	var first, second float64
	for i, v := range row {
		p, u := float64(v), float64(i)
		total += p
		first += p * u
		second += p * u * u
	}
	mean := first / total
	sd = math.Sqrt(max(second/total-mean*mean, 1e-8))
	sum := 0.0
	for i, v := range row {
		p := float64(v)
		if sum+p >= total/2 {
			median = float64(i) - 0.5 + (total/2-sum)/p
			break
		}
		sum += p
	}
	return total, fineStep * sd, lowest + fineStep*median
}

// whole adds what others names, in its order.
func (r *Reader) whole() {
	e, l, n := &r.evidence, r.series, float64(r.n)
	z, top := l.series.values, highest(l.clean)
	best := slices.Index(l.clean, top)
	nan := 0
	for _, v := range r.nan {
		if v {
			nan++
		}
	}
	exact := 0.0
	if r.gaps.exact && r.gaps.count > 0 {
		exact = 1
	}
	e.add(math.Log(n), 1/math.Sqrt(n), logCount(nan, n), logCount(r.gaps.count, n), exact, math.Log(r.gaps.rounding+1e-4),
		logCount(len(r.outliers.places), n), logCount(len(r.deletion.places), n),
		math.Log(r.outliers.largest+0.1), logCount(r.outliers.beyond, n), r.outliers.tail)
	beyond, kurtosis, residual := r.shapeOfValues()
	e.add(math.Log(e.mad), logCount(beyond, n), math.Log(kurtosis+0.1), residual, math.Log(cusum(z)+1e-3), signs(z))
	r.peaks()
	gain := func(expert int) float64 { return math.Asinh(highest(r.level[expert]) - top) }
	e.add(l.lineSize[best] * math.Sqrt(r.over.line.square[best]*(r.over.half()*2)/l.square[best]))
	place := float64(l.stepAt) / n
	e.add(math.Asinh(r.over.shifts.top-r.over.priorOfShift(best)), place, min(place, 1-place))
	e.add(gain(exBestSine), math.Log2(n/(2*l.cycles)), math.Log(l.cycles))
	e.add(max(gain(exStrongNoise), gain(exWeakNoise)), r.noise.best(), math.Tanh(r.ar.best()), math.Tanh(r.ma.best()))
}

// priorOfShift returns the price of a shift at the middle.
func (o *overlays) priorOfShift(node int) float64 {
	return float64(o.shifts.prior[node][o.shifts.places/2])
}

// logCount is the logarithm of a share of n, such that one of many and none differ.
func logCount(count int, n float64) float64 { return math.Log((float64(count) + 0.5) / (n + 1)) }

// shapeOfValues returns how many values are beyond four robust standard deviations, the mean fourth
// power of values clipped at eight, and how far values are from their scores.
func (r *Reader) shapeOfValues() (beyond int, kurtosis, residual float64) {
	e, n := &r.evidence, float64(r.n)
	for t, v := range r.series.series.values {
		u := max(-8, min(8, (v-e.median)/e.mad))
		if math.Abs(u) > oddity {
			beyond++
		}
		kurtosis += u * u * u * u / n
		d := r.scores.series.values[t] - v
		residual += d * d / n
	}
	return beyond, kurtosis, math.Log(residual + 1e-4)
}

// cusum returns the largest |Σ_{s ≤ t} z|/√n.
func cusum(z []float64) float64 {
	sum, top := 0.0, 0.0
	for _, v := range z {
		sum += v
		top = max(top, math.Abs(sum))
	}
	return top / math.Sqrt(float64(len(z)))
}

// signs returns the correlation of a value's sign with the next's.
func signs(z []float64) float64 {
	same := 0
	for t := 1; t < len(z); t++ {
		if (z[t] > 0) == (z[t-1] > 0) {
			same++
		} else {
			same--
		}
	}
	return float64(same) / float64(len(z)-1)
}

// peaks adds the largest ordinate of the periodogram by the median, and the second by the largest.
func (r *Reader) peaks() {
	first, second := 0.0, 0.0
	for k := range r.evidence.power {
		c := r.series.series.coeff[k+1]
		p := real(c)*real(c) + imag(c)*imag(c)
		r.evidence.power[k] = p
		switch {
		case p > first:
			first, second = p, first
		case p > second:
			second = p
		}
	}
	median := kth(r.evidence.power, len(r.evidence.power)/2)
	r.evidence.add(math.Log(first/max(median, 1e-300)), math.Log(second/max(first, 1e-300)+1e-6))
}

// tails adds extremes and quantiles, in robust standard deviations, over what they are of normal
// values.
func (r *Reader) tails() {
	e, n := &r.evidence, r.n
	for i, k := range extremes {
		e.add(math.Log(e.apart[n-1-k]/(e.mad*e.usual[i]) + 1e-3))
	}
	for i, p := range quantiles {
		v := r.gaps.sorted[int(p*float64(n-1)+0.5)] - e.median
		e.add(math.Asinh(v / (e.mad * math.Abs(e.usual[len(extremes)+i]))))
	}
}

// spectrum adds autocorrelations and octaves.
func (r *Reader) spectrum() {
	for _, z := range [2][]float64{r.series.series.values, r.scores.series.values} {
		square := max(dot(z, z), 1e-300)
		for _, k := range lags {
			r.evidence.add(dot(z[k:], z[:len(z)-k]) / square)
		}
	}
	r.octaves(r.series.series.coeff)
	r.octaves(r.clipped.coeff)
}

// octaves adds the logarithms of the mean power in octaves from the highest frequency down, over the
// mean power; zero below the lowest frequency.
func (r *Reader) octaves(coeff []complex128) {
	var sum, count [octaves]float64
	total := 0.0
	hi := r.n / 2
	for o := range octaves {
		lo := int(float64(r.n) / float64(int(4)<<o))
		for k := hi; k > lo; k-- {
			p := real(coeff[k])*real(coeff[k]) + imag(coeff[k])*imag(coeff[k])
			sum[o] += p
			count[o]++
			total += p
		}
		hi = lo
	}
	mean := max(total/float64(r.n/2), 1e-300)
	for o := range octaves {
		v := 0.0
		if count[o] > 0 {
			v = math.Log(sum[o]/count[o]/mean + 1e-9)
		}
		r.evidence.add(v)
	}
}
