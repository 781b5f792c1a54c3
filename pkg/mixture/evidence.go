package mixture

import (
	"fmt"
	"math"
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
