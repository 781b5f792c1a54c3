package train

import (
	"fmt"
	"math"
)

// The schedules of the learning rate.
const (
	Constant = "constant"
	Cosine   = "cosine"
	Plateau  = "plateau"
)

func (s Schedule) check() error {
	switch {
	case s.Kind != Constant && s.Kind != Cosine && s.Kind != Plateau:
		return fmt.Errorf("there is no kind %.40q: known are %s, %s and %s", s.Kind, Constant, Cosine, Plateau)
	case s.Warmup < 0 || s.Warmup > MaxSteps:
		return fmt.Errorf("warmup: %d is outside 0 to %d", s.Warmup, MaxSteps)
	case !(s.Floor >= 0 && s.Floor <= 1):
		return fmt.Errorf("floor: %v is outside 0 to 1", s.Floor)
	case s.Cycles < 1 || s.Cycles > MaxCycles || s.Cycles > 1 && s.Kind != Cosine:
		return fmt.Errorf("cycles: %d of kind %s: want 1 to %d, and more than 1 only of a cosine", s.Cycles, s.Kind, MaxCycles)
	case !(s.Factor > 0 && s.Factor < 1):
		return fmt.Errorf("factor: %v: want more than 0 and less than 1", s.Factor)
	case s.Patience < 1:
		return fmt.Errorf("patience: %d: want 1 or more", s.Patience)
	}
	return nil
}

// factor returns the part of the highest rate for the step with that number, from 0, of so many. A
// plateau's own reductions are not in it.
func (s Schedule) factor(step, steps int) float64 {
	rise := 1.0
	if step < s.Warmup {
		rise = float64(step+1) / float64(s.Warmup)
	}
	if s.Kind != Cosine {
		return rise
	}
	cycle := s.cycle(step, steps)
	from, to := s.start(cycle, steps), s.start(cycle+1, steps)
	along := float64(step-from) / float64(to-from)
	return rise * (s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*along))/2)
}

// start returns the first step of a cycle.
func (s Schedule) start(cycle, steps int) int {
	return int(int64(steps) * int64(cycle) / int64(s.Cycles))
}

// cycle returns the cycle that a step is in.
func (s Schedule) cycle(step, steps int) int {
	c := int(int64(step) * int64(s.Cycles) / int64(steps))
	for c+1 < s.Cycles && s.start(c+1, steps) <= step {
		c++
	}
	return c
}

// plateau is how a plateau's rate stands.
type plateau struct {
	Factor float64 `json:"factor"` // by which the rate is reduced so far
	Best   float64 `json:"best"`
	Bad    int     `json:"bad"`  // validations since then
	Seen   bool    `json:"seen"` // there was one
}

// next takes in the error of a validation.
func (p *plateau) next(s Schedule, err float64) {
	if s.Kind != Plateau {
		return
	}
	if !p.Seen || err < p.Best {
		p.Seen, p.Best, p.Bad = true, err, 0
		return
	}
	if p.Bad++; p.Bad >= s.Patience {
		p.Factor, p.Bad = max(p.Factor*s.Factor, s.Floor), 0
	}
}
