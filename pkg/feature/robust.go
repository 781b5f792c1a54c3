package feature

import (
	"math"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/fft"
)

// The transformations of the set "robust".
const (
	hampelThreshold = 4 // robust standard deviations
	trendOrder      = 1
	skipAt500       = 9 // of the lowest frequencies are taken off a series of 500 points
)

// robustPart is the set "robust".
func robustPart() part {
	p := part{
		name: "robust", version: 1, bytes: 210, frame: newRobust,
		text: "the scale features of \"standard\" after normal scores, Hampel's filter, detrending, and without the lowest frequencies",
	}
	for _, prefix := range []string{"scores_", "hampel_", "detrended_", "fast_"} {
		for _, name := range scaleNames() {
			p.names = append(p.names, prefix+name)
		}
	}
	p.names = append(p.names, "replaced", "trend", "slow", "log_n", "root_n")
	return p
}

// robust computes the set "robust".
type robust struct {
	scales *scales // of a whole series
	fast   *scales // of one without its lowest frequencies
	scorer *estimator.Scorer
	hampel *estimator.Hampel
	plan   *fft.Real
	coeff  []complex128
	cut    int
	each   int // scale features
	y      []float64
}

func newRobust(n int) frame {
	cut := min(max(1, int(math.Round(skipAt500*math.Sqrt(float64(n)/500)))), (n-1)/2-8)
	return &robust{
		scales: newScales(n, 0), fast: newScales(n, cut), cut: cut,
		scorer: estimator.NewScorer(n), hampel: estimator.NewHampel(n, 0),
		plan: fft.NewReal(n), coeff: make([]complex128, n/2+1), y: make([]float64, n), each: len(scaleNames()),
	}
}

// fill implements frame. Besides the scale features it says how much each transformation took away.
func (r *robust) fill(dst, z, _ []float64) {
	k := r.each
	extra := dst[4*k:]
	r.scorer.Scores(r.y, z)
	standardise(r.y)
	r.scales.fill(dst[:k], r.y)

	replaced := r.hampel.Filter(r.y, z, hampelThreshold)
	standardise(r.y)
	r.scales.fill(dst[k:2*k], r.y)

	estimator.Detrend(r.y, z, trendOrder)
	left := standardise(r.y)
	r.scales.fill(dst[2*k:3*k], r.y)

	r.skip(z)
	kept := standardise(r.y)
	r.fast.fill(dst[3*k:4*k], r.y)

	n := float64(len(z))
	extra[0] = math.Log((float64(replaced) + 0.5) / n)
	extra[1], extra[2] = math.Log(max(left, 1e-9)), math.Log(max(kept, 1e-9))
	lengths(extra[3:], len(z))
}

// skip writes z without its lowest frequencies to r.y.
func (r *robust) skip(z []float64) {
	r.plan.Coefficients(r.coeff, z)
	clear(r.coeff[:r.cut+1])
	r.plan.Sequence(r.y, r.coeff)
}

// standardise gives y zero mean and unit variance and returns the variance that it had, which is
// relative to that of white noise of unit variance when y is a part of such. What is next to constant
// becomes zero.
func standardise(y []float64) float64 {
	mean, square := 0.0, 0.0
	for _, v := range y {
		mean += v
	}
	mean /= float64(len(y))
	for i, v := range y {
		y[i] = v - mean
		square += y[i] * y[i]
	}
	variance := square / float64(len(y))
	if !(variance > 1e-24) {
		clear(y)
		return 0
	}
	scale := 1 / math.Sqrt(variance)
	for i := range y {
		y[i] *= scale
	}
	return variance
}
