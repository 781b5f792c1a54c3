package train

import (
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/process"
)

// Augmentation changes a series before it is learned from, while its label stays. What that is
// worth depends on whether H stays as well. The mean change of Whittle's H on fractional Gaussian
// noise of 1024 points, each series changed, as TestAugmentationBias measures it:
//
//	                  H = 0.1      0.3      0.5      0.7      0.9
//	flip, reverse       0        0        0        0        0       exactly
//	slice (a half)     +0.001    0       -0.001   -0.001   -0.001   ± 0.0006
//	noise              +0.0002   0        0        0        0       ± 0.00002
//	time_warp          +0.023   +0.012    0       -0.012   -0.027   ± 0.0002
//	magnitude_warp     +0.017   +0.003    0       -0.002   -0.007   ± 0.0002
//
// The standard deviation of H that the best of estimators has there is about 0.02.
type Augmentation string

// The augmentations that keep H: of a Gaussian process, or any that is symmetric and reversible,
// what they give is as probable as what they were given.
const (
	Flip    Augmentation = "flip"    // change the sign, with probability 1/2
	Reverse Augmentation = "reverse" // turn time round, with probability 1/2
	// Slice takes a part without gaps, at a random place. Its length is uniform from Config.Slice of
	// the series' up to all of it, or what the network reads where that is one length.
	Slice Augmentation = "slice"
)

// The augmentations that change H, which other programs use. Each is done with probability 0.3.
const (
	Noise         Augmentation = "noise"          // add white noise of 0.01 standard deviations
	TimeWarp      Augmentation = "time_warp"      // swap a tenth of the points with one at most 2 away
	MagnitudeWarp Augmentation = "magnitude_warp" // multiply each point by a draw of N(1, 0.1²)
)

func keepingAugmentations() []Augmentation { return []Augmentation{Flip, Reverse, Slice} }
func biasedAugmentations() []Augmentation  { return []Augmentation{Noise, TimeWarp, MagnitudeWarp} }

// augmenter changes series. Its randomness is that of (seed, draw).
type augmenter struct {
	seed  uint64
	kinds []Augmentation
	rng   *process.Stream
	noise []float64
}

func newAugmenter(seed uint64, kinds []Augmentation) *augmenter {
	return &augmenter{seed: seed, kinds: kinds, rng: process.Source(0, "", 0)}
}

// apply changes x in place, and returns the part of it that has length points.
func (a *augmenter) apply(x []float64, length int, draw uint64) []float64 {
	if len(a.kinds) == 0 {
		return x
	}
	a.rng.Reset(a.seed, "train/augment", draw)
	for _, k := range a.kinds {
		x = a.one(k, x, length)
	}
	return x
}

// one does what an augmentation does, if it is its turn.
func (a *augmenter) one(k Augmentation, x []float64, length int) []float64 {
	chance := 0.3
	switch k {
	case Slice:
		chance = 1
	case Flip, Reverse:
		chance = 0.5
	}
	if a.rng.Float64() >= chance {
		return x
	}
	return a.always(k, x, length)
}

func (a *augmenter) always(k Augmentation, x []float64, length int) []float64 {
	switch k {
	case Slice:
		return x[a.rng.IntN(len(x)-length+1):][:length]
	case Flip:
		for i := range x {
			x[i] = -x[i]
		}
	case Reverse:
		slices.Reverse(x)
	case TimeWarp:
		for range len(x) / 10 {
			i := a.rng.IntN(len(x))
			j := max(0, min(len(x)-1, i+a.rng.IntN(5)-2))
			x[i], x[j] = x[j], x[i]
		}
	case Noise, MagnitudeWarp:
		a.shake(k, x)
	}
	return x
}

// shake adds noise, or multiplies by it.
func (a *augmenter) shake(k Augmentation, x []float64) {
	a.noise = resize(a.noise, len(x))
	a.rng.Normals(a.noise)
	size := 0.01 * scaleOf(x).Unit
	for i, z := range a.noise {
		if k == Noise {
			x[i] += float64(size * z)
		} else {
			x[i] *= 1 + float64(0.1*z)
		}
	}
}

// slicer says how long the slices of series are.
type slicer struct {
	seed     uint64
	on       bool
	length   int // that the network reads; zero: any
	least    int // points that it must have, where it reads any
	shortest float64
}

// of returns the points that are taken of a series of n.
func (s slicer) of(n int, draw uint64) int {
	switch {
	case !s.on:
		return n
	case s.length > 0:
		return min(n, s.length)
	}
	part := s.shortest + float64((1-s.shortest)*unit(s.seed, draw))
	return min(n, max(s.least, int(math.Ceil(part*float64(n)))))
}

// unit returns a number in [0, 1) that (seed, draw) determines: splitmix64's finaliser.
func unit(seed, draw uint64) float64 {
	z := seed*0x9e3779b97f4a7c15 + draw + 0x632be59bd9b4e019
	for range 2 {
		z += 0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
	}
	return float64(z>>11) * 0x1p-53
}
