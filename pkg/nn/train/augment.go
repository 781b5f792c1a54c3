package train

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// Augmentation changes a series before it is learned from, while its label stays. What that is
// worth depends on whether H stays as well. The mean change of Whittle's H on fractional Gaussian
// noise of 1024 points, as TestAugmentationBias measures it:
//
//	                  H = 0.1   0.3   0.5   0.7   0.9
//	flip, reverse       0, exactly
//	slice               within what chance allows
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

func (a *augmenter) one(k Augmentation, x []float64, length int) []float64 {
	chance := a.rng.Float64()
	switch {
	case k == Slice:
		from := int(chance * float64(len(x)-length+1))
		return x[from:][:length]
	case k == Flip && chance < 0.5:
		for i := range x {
			x[i] = -x[i]
		}
	case k == Reverse && chance < 0.5:
		for i, j := 0, len(x)-1; i < j; i, j = i+1, j-1 {
			x[i], x[j] = x[j], x[i]
		}
	case (k == Noise || k == TimeWarp || k == MagnitudeWarp) && chance < 0.3:
		a.spoil(k, x)
	}
	return x
}

// spoil does one of the changes that do not keep H.
func (a *augmenter) spoil(k Augmentation, x []float64) {
	if k == TimeWarp {
		for range len(x) / 10 {
			i := a.rng.IntN(len(x))
			j := max(0, min(len(x)-1, i+a.rng.IntN(5)-2))
			x[i], x[j] = x[j], x[i]
		}
		return
	}
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
