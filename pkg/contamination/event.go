package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// pulses adds raised cosines that begin at points of chance, also before the series does.
type pulses struct{ rate, length, size, down float64 }

func (s pulses) apply(x []float64, u unit, rng *process.Stream) {
	reach := int(math.Ceil(s.length))
	for begin := gap(s.rate, rng) - reach; begin < len(x); begin += 1 + gap(s.rate, rng) {
		height := s.size * u.sd
		if rng.Float64() < s.down {
			height = -height
		}
		for i := max(begin, 0); i < min(begin+reach, len(x)); i++ {
			x[i] += height * hump((float64(i-begin)+0.5)/s.length)
		}
	}
}

// hump is a raised cosine of height 1 over t from 0 to 1.
func hump(t float64) float64 {
	if t <= 0 || t >= 1 {
		return 0
	}
	return 0.5 - 0.5*math.Cos(2*math.Pi*t)
}

// pops adds jumps that decay exponentially.
type pops struct {
	rate, length, size, down float64
	count                    int // negative: jumps come at the rate
}

func newPops(v process.Values) (step, error) {
	s := pops{rate: v.One("rate"), length: v.One("length"), size: v.One("size"), down: v.One("down"), count: -1}
	if len(v.List("count")) == 0 {
		return s, nil
	}
	var err error
	s.count, err = whole(v, "count")
	return s, err
}

func (s pops) apply(x []float64, u unit, rng *process.Stream) {
	decay, height, left := math.Exp(-1/s.length), s.size*u.sd, s.count
	y := 0.0
	for i := range x {
		if s.jumps(left, len(x)-i, rng) {
			left--
			if rng.Float64() < s.down {
				y -= height
			} else {
				y += height
			}
		}
		x[i] += y
		y *= decay
		if math.Abs(y) < 1e-30*height {
			y = 0 // not a long tail of denormals
		}
	}
}

func (s pops) jumps(left, points int, rng *process.Stream) bool {
	if s.count < 0 {
		return rng.Float64() < s.rate
	}
	return chosen(left, points, rng)
}

// beats adds raised cosines at a fixed distance, the first at a place of chance.
type beats struct{ period, length, size float64 }

func (s beats) apply(x []float64, u unit, rng *process.Stream) {
	phase, height := rng.Float64(), s.size*u.sd
	for i := range x {
		turns := phase + float64(i)/s.period
		x[i] += height * hump((turns-math.Floor(turns))*s.period/s.length)
	}
}

// bursts adds noise and a level inside episodes.
type bursts struct{ rate, length, size, level float64 }

func (s bursts) apply(x []float64, u unit, rng *process.Stream) {
	e, g := newEpisodes(s.rate, s.length, rng), gaussian{rng: rng}
	for i := range x {
		if e.next(rng) {
			x[i] += u.sd * (s.level + s.size*g.next())
		}
	}
}

// stuck repeats the value before an episode during it; an episode at the beginning, the first value.
type stuck struct{ rate, length float64 }

func (s stuck) apply(x []float64, _ unit, rng *process.Stream) {
	e := newEpisodes(s.rate, s.length, rng)
	for i := range x {
		if e.next(rng) && i > 0 {
			x[i] = x[i-1]
		}
	}
}
