package feature

import (
	"math"
	"slices"
)

// standardQuantiles are the quantiles of the standardised values.
var standardQuantiles = [7]float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}

// standardPart is the set "standard".
func standardPart() part {
	names := []string{"skewness", "kurtosis", "minimum", "maximum", "q01", "q05", "q25", "q50", "q75", "q95", "q99"}
	names = append(append(names, scaleNames()...), "log_n", "root_n")
	return part{
		name: "standard", version: 1, bytes: 80, names: names, frame: newStandard,
		text: "moments, quantiles, autocorrelations, spectrum, wavelets, fluctuations, increments and rescaled range",
	}
}

// standard computes the set "standard".
type standard struct {
	scales *scales
	sorter sorter
}

func newStandard(n int) frame {
	return &standard{scales: newScales(n, 0), sorter: newSorter(n)}
}

// fill implements frame.
func (s *standard) fill(dst, z, _ []float64) {
	sorted := s.sorter.sort(z)
	marginals(dst, z, sorted)
	dst = dst[4+len(standardQuantiles):]
	s.scales.fill(dst, z)
	lengths(dst[len(dst)-2:], len(z))
}

// lengths writes what depends on the length alone: how far features reach, and how noisy they are.
func lengths(dst []float64, n int) {
	dst[0], dst[1] = math.Log(float64(n)), 1/math.Sqrt(float64(n))
}

// marginals writes skewness and excess kurtosis, on a scale that outliers do not blow up, the extremes
// relative to what they are for Gaussian noise of that length, and quantiles.
func marginals(dst, z, sorted []float64) {
	cube, fourth := 0.0, 0.0
	for _, v := range z {
		q := v * v
		cube += q * v
		fourth += q * q
	}
	n := float64(len(z))
	reach := math.Sqrt(2 * math.Log(n))
	dst[0], dst[1] = math.Asinh(cube/n), math.Asinh((fourth/n-3)/2)
	dst[2], dst[3] = sorted[0]/reach, sorted[len(sorted)-1]/reach
	for i, q := range standardQuantiles {
		dst[4+i] = quantile(sorted, q)
	}
}

// quantile returns a quantile of sorted values, between two of them by a straight line (type 7 of R. J.
// Hyndman, Y. Fan, Sample quantiles in statistical packages, American Statistician 50 (1996) 361–365).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// sorter sorts values by their bits: integers sort faster than floating-point numbers.
type sorter struct {
	keys   []uint64
	sorted []float64
}

func newSorter(n int) sorter { return sorter{make([]uint64, n), make([]float64, n)} }

// sort returns the values in ascending order, valid until the next call.
func (s *sorter) sort(z []float64) []float64 {
	for i, v := range z {
		s.keys[i] = key(v)
	}
	slices.Sort(s.keys)
	for i, k := range s.keys {
		s.sorted[i] = value(k)
	}
	return s.sorted
}

// key maps numbers to integers in the same order.
func key(v float64) uint64 {
	b := math.Float64bits(v)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// value is the inverse of key.
func value(k uint64) float64 {
	return math.Float64frombits(k ^ (uint64(int64(^k)>>63) | 1<<63))
}
