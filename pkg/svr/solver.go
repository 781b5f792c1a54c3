package svr

import (
	"math"

	"github.com/longmemory/hurst/pkg/gram"
)

// solver minimises ½ βᵀKβ - yᵀβ + ε|β|₁ with Σβ = 0 and |β| ≤ C, the dual of the regression with β =
// α - α*, two weights at a time: the one that gains most by growing, and the one that then lets both
// gain most by shrinking.
//
// R.-E. Fan, P.-H. Chen, C.-J. Lin, Working set selection using second order information for
// training support vector machines, JMLR 6, 2005, with both kinds of weights in one.
type solver struct {
	cfg    Config
	all    *gram.Rows
	y      []float64
	weight []float64 // of each row; of those in work only after store

	data  *gram.Rows // the rows in work
	cache *cache
	work
	kept []int32 // for shrink

	steps     int
	violation float64
	rise      float64 // the least cost of growing, and
	fall      float64 // the largest gain of shrinking, when last looked
}

// work is what is known of the weights that may still change, in the order of their rows.
//
// Weight k may grow at the slope grad + up, and shrinks at the gain grad + down: up is ε, or -ε for a
// weight below zero, and +Inf at the upper bound; down is -ε, or ε above zero, and -Inf at the lower.
type work struct {
	row      []int32
	beta     []float64
	grad     []float64 // Kβ - y
	diag     []float64 // of K
	up, down []float64
}

func (w *work) cut(n int) {
	w.row, w.beta, w.grad, w.diag = w.row[:n], w.beta[:n], w.grad[:n], w.diag[:n]
	w.up, w.down = w.up[:n], w.down[:n]
}

func newSolver(cfg Config, all *gram.Rows, y []float64) *solver {
	n := len(y)
	s := &solver{cfg: cfg, all: all, data: all, cache: newCache(all, cfg.CacheMiB<<20), y: y, weight: make([]float64, n)}
	s.work = work{
		row: make([]int32, n), beta: make([]float64, n), grad: make([]float64, n), diag: make([]float64, n),
		up: make([]float64, n), down: make([]float64, n),
	}
	s.open()
	return s
}

// open takes all weights to work, with gradients as if they were zero.
func (s *solver) open() {
	s.cut(len(s.y))
	for i, y := range s.y {
		s.row[i], s.beta[i], s.grad[i], s.diag[i] = int32(i), s.weight[i], -y, s.all.Self(i)
		s.price(i)
	}
}

// price sets what growing and shrinking weight k cost beside the gradient.
func (s *solver) price(k int) {
	b, e := s.beta[k], s.cfg.Epsilon
	up, down := e, -e
	if b < 0 {
		up = -e
	}
	if b > 0 {
		down = e
	}
	if b >= s.cfg.C {
		up = math.Inf(1)
	}
	if b <= -s.cfg.C {
		down = math.Inf(-1)
	}
	s.up[k], s.down[k] = up, down
}

func (s *solver) solve() error {
	every := min(max(len(s.y), 1), 1000)
	countdown := every
	i := s.cheapest()
	for s.steps < s.cfg.MaxSteps {
		j := s.partner(i)
		if s.violation < s.cfg.Tolerance {
			if !s.shrunk() {
				s.store()
				return nil
			}
			s.restore()
			i, countdown = s.cheapest(), every
			continue
		}
		if countdown--; countdown == 0 {
			countdown = every
			if s.cfg.Progress != nil && !s.cfg.Progress(s.steps, s.violation) {
				return ErrStopped
			}
			if s.shrink() {
				i = s.cheapest()
				continue
			}
		}
		i = s.step(i, j)
		s.steps++
	}
	s.restore()
	s.partner(s.cheapest())
	s.store()
	return nil
}

// cheapest returns the weight to grow and notes its slope; -1 if none may.
func (s *solver) cheapest() int {
	best, at := math.Inf(1), -1
	for k, g := range s.grad {
		if v := g + s.up[k]; v < best {
			best, at = v, k
		}
	}
	s.rise = best
	return at
}

// partner returns the weight to shrink while i grows, and notes the violation. The gain of a pair is
// d²/|φ(xᵢ)-φ(xⱼ)|² for slopes that differ by d > 0; gains are compared without dividing.
func (s *solver) partner(i int) int {
	s.fall, s.violation = math.Inf(-1), 0
	if i < 0 {
		s.noteFall()
		return -1
	}
	row := s.cache.values(i)
	grad, down, diag := s.grad[:len(row)], s.down[:len(row)], s.diag[:len(row)]
	rise, self, fall := s.rise, s.diag[i], math.Inf(-1)
	most, over, at := 0.0, 1.0, -1
	for k, v := range row {
		g := grad[k] + down[k]
		if g > fall {
			fall = g
		}
		d := g - rise
		curve := self + diag[k] - float64(2*float64(v))
		if curve < least {
			curve = least
		}
		// The square has the sign of d, so that one comparison, seldom true, is all.
		if d *= math.Abs(d); d*over > most*curve && k != i {
			most, over, at = d, curve, k
		}
	}
	s.fall = fall
	if at >= 0 {
		s.violation = fall - rise
	}
	return at
}

func (s *solver) noteFall() {
	for k, g := range s.grad {
		s.fall = max(s.fall, g+s.down[k])
	}
}

// least is the smallest squared distance of two rows, which rounding can make negative.
const least = 1e-12

// step moves weight from j to i as far as it helps, and returns the next weight to grow.
func (s *solver) step(i, j int) int {
	ri, rj := s.cache.values(i), s.cache.values(j)
	total := s.walk(i, j, max(s.diag[i]+s.diag[j]-2*float64(ri[j]), least))
	s.price(i)
	s.price(j)
	grad, up := s.grad[:len(ri)], s.up[:len(ri)]
	rj = rj[:len(ri)]
	best, at := math.Inf(1), -1
	for k, v := range ri {
		g := grad[k] + float64(total*float64(v-rj[k]))
		grad[k] = g
		if g += up[k]; g < best {
			best, at = g, k
		}
	}
	s.rise = best
	return at
}

// walk moves weight from j to i and returns how much. The slope jumps where a weight passes zero, so
// the way is walked piece by piece.
func (s *solver) walk(i, j int, curve float64) float64 {
	total, slope := 0.0, s.grad[j]+s.down[j]-s.grad[i]-s.up[i] // what is gained per unit
	for slope > 0 {
		want := slope / curve
		room := min(until(s.beta[i], s.cfg.C), until(-s.beta[j], s.cfg.C))
		t := min(want, room)
		s.beta[i], s.beta[j] = move(s.beta[i], t, s.cfg.C), -move(-s.beta[j], t, s.cfg.C)
		total += t
		if t < room || s.beta[i] >= s.cfg.C || s.beta[j] <= -s.cfg.C {
			break
		}
		// A weight has reached zero: going on costs ε more on that side.
		slope -= t * curve
		slope -= 2 * s.cfg.Epsilon * float64(zeros(s.beta[i], s.beta[j]))
	}
	return total
}

// until returns how far b may grow before its slope changes.
func until(b, c float64) float64 {
	if b < 0 {
		return -b
	}
	return c - b
}

// move returns b + t, exactly 0 or c where that is meant.
func move(b, t, c float64) float64 {
	switch {
	case t == until(b, c) && b < 0:
		return 0
	case t == until(b, c):
		return c
	}
	return b + t
}

func zeros(a, b float64) int {
	n := 0
	if a == 0 {
		n++
	}
	if b == 0 {
		n++
	}
	return n
}

// bias returns the constant that meets the optimum's conditions best: between the least cost of
// growing and the largest gain of shrinking.
func (s *solver) bias() float64 {
	switch {
	case math.IsInf(s.rise, 0) && math.IsInf(s.fall, 0):
		return 0
	case math.IsInf(s.rise, 0):
		return -s.fall
	case math.IsInf(s.fall, 0):
		return -s.rise
	}
	return -(s.rise + s.fall) / 2
}
