package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// missing removes points, but never all of them.
type missing struct {
	rate, length float64
	fill         bool
}

func (s missing) apply(x []float64, _ unit, rng *process.Stream) {
	if len(x) == 0 {
		return
	}
	middle := x[len(x)/2]
	e, left := newEpisodes(s.rate, s.length, rng), 0
	for i := range x {
		if e.next(rng) {
			x[i] = math.NaN()
		} else {
			left++
		}
	}
	if left == 0 {
		x[len(x)/2] = middle
	}
	if s.fill {
		interpolate(x)
	}
}

// interpolate fills gaps with straight lines between the points beside them, and gaps at an end with
// the nearest point. Without any point it does nothing.
func interpolate(x []float64) {
	last := -1 // the last point that is there
	for i, v := range x {
		if math.IsNaN(v) {
			continue
		}
		from := v
		if last >= 0 {
			from = x[last]
		}
		for j := last + 1; j < i; j++ {
			t := float64(j-last) / float64(i-last)
			x[j] = from + t*(v-from)
		}
		last = i
	}
	if last < 0 {
		return
	}
	for j := last + 1; j < len(x); j++ {
		x[j] = x[last]
	}
}

// irregular takes each point at a wrong time, from the straight lines between points.
type irregular struct{ jitter float64 }

func (s irregular) apply(x []float64, _ unit, rng *process.Stream) {
	if len(x) == 0 {
		return
	}
	before := x[0] // its own value, when x[i-1] has changed already
	for i, v := range x {
		late := s.jitter * (rng.Float64() - 0.5)
		other := before
		if late > 0 {
			other = x[min(i+1, len(x)-1)]
		}
		x[i] = v + math.Abs(late)*(other-v)
		before = v
	}
}

// quantisation rounds to levels, one of which is the clean mean.
type quantisation struct{ levels float64 }

func (s quantisation) apply(x []float64, u unit, _ *process.Stream) {
	width := u.sd / s.levels
	if width == 0 {
		return
	}
	for i, v := range x {
		if q := math.RoundToEven((v - u.mean) / width); math.Abs(q) < 1<<52 {
			x[i] = u.mean + q*width
		}
	}
}

// clipping holds values at limits on both sides of the clean mean.
type clipping struct{ limit float64 }

func (s clipping) apply(x []float64, u unit, _ *process.Stream) {
	low, high := u.mean-s.limit*u.sd, u.mean+s.limit*u.sd
	for i, v := range x {
		x[i] = min(max(v, low), high)
	}
}
