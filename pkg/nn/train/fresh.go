package train

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
)

// maxHeld bounds the points that a maker keeps generators for: about 130 MB.
const maxHeld = 1 << 20

// freshMaker keeps what belongs to a condition and a length.
type freshMaker struct {
	recipe    Recipe
	low, high float64
	rng       *process.Stream
	plans     map[plan]process.Generator
	chains    []*contamination.Chain // of each condition
	walks     []bool
	held      int // points that the plans are for, all together
}

type plan struct{ condition, points int }

// Maker returns one with generators of its own.
func (f *fresh) Maker() Maker {
	m := &freshMaker{recipe: f.recipe, rng: process.Source(0, "", 0), plans: map[plan]process.Generator{}}
	m.low, m.high = f.recipe.span()
	for _, c := range f.recipe.Mix {
		chain, err := contamination.New(c.Contaminate)
		kind, lost := process.Lookup(c.Process.Kind)
		if err != nil || lost != nil {
			panic("train: a recipe that was checked is wrong")
		}
		m.chains, m.walks = append(m.chains, chain), append(m.walks, kind.Walk)
	}
	return m
}

// Make draws sample i.
func (m *freshMaker) Make(i uint64, s *Sample) error {
	c, n := m.recipe.turn(i)
	points := n
	if m.walks[c] {
		points++
	}
	generator, err := m.plan(plan{c, points})
	if err != nil {
		return err
	}
	m.rng.Reset(m.recipe.Seed, m.recipe.Name, i)
	s.Target = m.low + float64((m.high-m.low)*m.rng.Float64())
	s.X = resize(s.X, points)
	if err := generator.Generate(s.X, s.Target, m.rng); err != nil {
		return fmt.Errorf("%s: %w", m.recipe.Mix[c].Process, err)
	}
	if err := m.chains[c].Apply(s.X, m.rng); err != nil {
		return fmt.Errorf("%s: %w", m.recipe.Mix[c].Process, err)
	}
	fill(s.X)
	if m.walks[c] {
		for j := range n {
			s.X[j] = s.X[j+1] - s.X[j]
		}
		s.X = s.X[:n]
	}
	return nil
}

func (m *freshMaker) plan(key plan) (process.Generator, error) {
	if g, ok := m.plans[key]; ok {
		return g, nil
	}
	if m.held+key.points > maxHeld {
		clear(m.plans)
		m.held = 0
	}
	g, err := process.New(m.recipe.Mix[key.condition].Process, key.points)
	if err != nil {
		return nil, err
	}
	m.plans[key] = g
	m.held += key.points
	return g, nil
}

// fill replaces missing points (NaN) in place, linearly inside and by the nearest at the ends.
func fill(x []float64) {
	last := -1 // the last point that is there
	for i, v := range x {
		if math.IsNaN(v) {
			continue
		}
		for j := last + 1; j < i; j++ {
			if last < 0 {
				x[j] = v
				continue
			}
			part := float64(j-last) / float64(i-last)
			x[j] = float64(x[last]*(1-part)) + float64(v*part)
		}
		last = i
	}
	for j := last + 1; j < len(x) && last >= 0; j++ {
		x[j] = x[last]
	}
}
