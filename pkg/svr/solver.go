package svr

import "math"

// solver minimises ½ βᵀKβ - yᵀβ + ε|β|₁ with Σβ = 0 and |β| ≤ C, the dual of the regression with β =
// α - α*, two weights at a time: the one that gains most by growing, and the one that then lets both
// gain most by shrinking.
//
// R.-E. Fan, P.-H. Chen, C.-J. Lin, Working set selection using second order information for
// training support vector machines, JMLR 6, 2005, with both kinds of weights in one.
type solver struct {
	cfg    Config
	data   *dense
	cache  *cache
	y      []float64
	beta   []float64
	grad   []float64 // Kβ - y, up to date for the active
	diag   []float64 // of K
	active []int32   // weights that may still change, in order
	shrunk bool      // some are not active

	steps     int
	violation float64
	rise      float64 // the least cost of growing, and
	fall      float64 // the largest gain of shrinking, when last looked
}

func newSolver(cfg Config, data *dense, y []float64) *solver {
	s := &solver{
		cfg: cfg, data: data, cache: newCache(data, cfg.CacheMiB<<20), y: y,
		beta: make([]float64, data.n), grad: make([]float64, data.n), diag: make([]float64, data.n),
		active: make([]int32, data.n),
	}
	for i := range y {
		s.grad[i] = -y[i]
		s.active[i] = int32(i)
		s.diag[i] = s.data.self(i)
	}
	return s
}

// self returns the kernel of a row with itself.
func (t *dense) self(i int) float64 {
	v := []float32{t.square[i]}
	t.f.apply(t.set, v, t.square[i], t.square[i:i+1])
	return float64(v[0])
}

// grow returns what the objective's slope is when weight i grows: infinite at the upper bound.
func (s *solver) grow(i int32) float64 {
	switch b := s.beta[i]; {
	case b >= s.cfg.C:
		return math.Inf(1)
	case b >= 0:
		return s.grad[i] + s.cfg.Epsilon
	}
	return s.grad[i] - s.cfg.Epsilon
}

// shrink returns what the objective gains, per unit, when weight i becomes smaller: minus infinity
// at the lower bound.
func (s *solver) shrink(i int32) float64 {
	switch b := s.beta[i]; {
	case b <= -s.cfg.C:
		return math.Inf(-1)
	case b <= 0:
		return s.grad[i] - s.cfg.Epsilon
	}
	return s.grad[i] + s.cfg.Epsilon
}

func (s *solver) solve() error {
	every := min(max(len(s.y), 1), 1000)
	countdown := every
	for s.steps < s.cfg.MaxSteps {
		if countdown--; countdown == 0 {
			countdown = every
			if s.cfg.Progress != nil && !s.cfg.Progress(s.steps, s.violation) {
				return ErrStopped
			}
			s.shrinkActive()
		}
		i, j := s.choose()
		if s.violation < s.cfg.Tolerance {
			if !s.shrunk {
				return nil
			}
			s.restore()
			countdown = every
			continue
		}
		s.step(i, j)
		s.steps++
	}
	s.restore()
	s.choose()
	return nil
}

// choose returns the weight to grow and the weight to shrink, and notes the violation.
func (s *solver) choose() (up, down int32) {
	s.rise, s.fall = math.Inf(1), math.Inf(-1)
	up = -1
	for _, i := range s.active {
		if g := s.grow(i); g < s.rise {
			s.rise, up = g, i
		}
	}
	if up < 0 {
		s.violation = 0
		return
	}
	row := s.cache.row(int(up))
	best := 0.0
	down = -1
	for _, j := range s.active {
		g := s.shrink(j)
		s.fall = max(s.fall, g)
		if d := g - s.rise; d > 0 && j != up {
			if gain := d * d / s.curvature(up, j, row); gain > best {
				best, down = gain, j
			}
		}
	}
	s.violation = s.fall - s.rise
	if down < 0 {
		s.violation = 0
	}
	return up, down
}

// curvature returns |φ(xᵢ) - φ(xⱼ)|², given K's row i.
func (s *solver) curvature(i, j int32, row []float32) float64 {
	return max(1e-12, s.diag[i]+s.diag[j]-2*float64(row[j]))
}

// step moves weight from j to i as far as it helps. The slope jumps where a weight passes zero, so
// the way is walked piece by piece.
func (s *solver) step(i, j int32) {
	ri, rj := s.cache.row(int(i)), s.cache.row(int(j))
	curve := s.curvature(i, j, ri)
	total, slope := 0.0, s.shrink(j)-s.grow(i) // what is gained per unit
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
	for _, k := range s.active {
		s.grad[k] += total * (float64(ri[k]) - float64(rj[k]))
	}
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
