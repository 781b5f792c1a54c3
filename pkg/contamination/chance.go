package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// gaussian gives normal numbers one by one, drawn by the block, which is faster.
type gaussian struct {
	rng  *process.Stream
	buf  [32]float64
	left int
}

func (g *gaussian) next() float64 {
	if g.left == 0 {
		g.rng.Normals(g.buf[:])
		g.left = len(g.buf)
	}
	g.left--
	return g.buf[g.left]
}

// place returns the point at a fraction of a series of n, which is n itself at fraction 1.
func place(at float64, n int) int { return int(at * float64(n)) }

// chosen says whether the first of the points that are left is one of so many that are still to be
// chosen: asked point by point, it chooses each set of that size with equal chance.
func chosen(many, points int, rng *process.Stream) bool {
	return many > 0 && rng.IntN(points) < many
}

func sign(rng *process.Stream) float64 {
	if rng.Uint64()>>63 == 0 {
		return 1
	}
	return -1
}

// gap returns how many points pass before the next of independent events of one chance a point.
func gap(rate float64, rng *process.Stream) int {
	const never = 1 << 40
	if rate >= 1 {
		return 0
	}
	return int(min(never, rng.ExpFloat64()/-math.Log1p(-rate)))
}

// episodes is a two-state Markov chain that starts in its equilibrium: a share of the points is
// inside, and a stay inside has the mean length given, or that of independent points, 1/(1-share),
// if it is more.
type episodes struct {
	inside       bool
	enter, leave float64
}

func newEpisodes(share, length float64, rng *process.Stream) episodes {
	if share >= 1 {
		return episodes{inside: true, enter: 1}
	}
	leave := min(1/length, 1-share)
	return episodes{inside: rng.Float64() < share, enter: leave * share / (1 - share), leave: leave}
}

// next returns whether this point is inside, and goes on to the next.
func (e *episodes) next(rng *process.Stream) bool {
	now := e.inside
	p := e.enter
	if now {
		p = e.leave
	}
	if rng.Float64() < p {
		e.inside = !now
	}
	return now
}
