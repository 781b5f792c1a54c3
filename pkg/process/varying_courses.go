package process

import (
	"fmt"
	"math"
	"slices"
)

// drift is a smooth course: change times a function of the time, which goes from 0 to 1.
type drift struct {
	change float64
	shape  func(u float64) float64
}

func (c drift) levels() int { return 0 }

func (c drift) deviate(dst []float64, _ *Stream) {
	for t := range dst {
		dst[t] = c.change * c.shape(float64(t)/float64(len(dst)-1))
	}
}

// regimes is a course between two levels, jump apart.
type regimes struct {
	jump   float64
	starts []int // of the segments after the first
	drawn  bool  // the starts, from each series' stream
	down   bool  // it begins at the upper level; drawn as well
}

func (c *regimes) levels() int { return 2 }

func (c *regimes) deviate(dst []float64, rng *Stream) {
	if c.drawn {
		c.draw(len(dst), rng)
	}
	upper, from := c.down, 0
	for i := range len(c.starts) + 1 {
		to := len(dst)
		if i < len(c.starts) {
			to = c.starts[i]
		}
		level := 0.0
		if upper {
			level = c.jump
		}
		for t := from; t < to; t++ {
			dst[t] = level
		}
		upper, from = !upper, to
	}
}

// draw draws where segments start, all ways to divide the points being equally likely but for a
// segment's least length, a quarter of the mean one.
func (c *regimes) draw(n int, rng *Stream) {
	c.down = rng.Uint64()&1 == 1
	count := len(c.starts) + 1
	least := max(1, n/(4*count))
	free := n - count*least
	for i := range c.starts {
		c.starts[i] = rng.IntN(free + 1)
	}
	slices.Sort(c.starts)
	for i := range c.starts {
		c.starts[i] += (i + 1) * least
	}
}

func newRegimes(n int, v Values) (Generator, error) {
	c := &regimes{jump: v.One("jump")}
	if at := v.List("at"); len(at) > 0 {
		last := 0
		for _, x := range at {
			start := int(math.Round(x * float64(n)))
			if start <= last || start >= n {
				return nil, fmt.Errorf("process regimes: at is %v; allowed are increasing parts of the length that leave a point "+
					"in each segment, here of %d points", at, n)
			}
			c.starts, last = append(c.starts, start), start
		}
		return newVarying(n, c), nil
	}
	count := v.One("count")
	if count != math.Trunc(count) {
		return nil, fmt.Errorf("process regimes: count is %v; it is a whole number", count)
	}
	if n < int(count) {
		return nil, fmt.Errorf("process regimes: count is %v; series of %d points have at most as many segments", count, n)
	}
	c.drawn, c.starts = true, make([]int, int(count)-1)
	return newVarying(n, c), nil
}

// broken is one structural break, where the standard deviation may change as well.
type broken struct {
	*varying
	start         int
	before, after float64 // standard deviations
}

func newBreak(n int, v Values) (Generator, error) {
	start := min(max(int(math.Round(v.One("position")*float64(n))), 1), n-1)
	c := &regimes{jump: v.One("jump"), starts: []int{start}}
	spread := v.One("spread")
	share := float64(start) / float64(n)
	before := 1 / math.Sqrt(share+(1-share)*spread*spread)
	return &broken{varying: newVarying(n, c), start: start, before: before, after: spread * before}, nil
}

func (g *broken) Generate(dst []float64, h float64, rng *Stream) error {
	if err := g.varying.Generate(dst, h, rng); err != nil {
		return err
	}
	if g.before == g.after {
		return nil
	}
	for t := range dst {
		if t < g.start {
			dst[t] *= g.before
		} else {
			dst[t] *= g.after
		}
	}
	return nil
}
