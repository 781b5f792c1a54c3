package datagen

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/series"
)

// maxHeld bounds the points that a generator keeps plans for: about 200 MB.
const maxHeld = 4_000_000

// generator keeps what belongs to a condition and a length.
type generator struct {
	params pipeline.GenerateParams
	seed   uint64
	rng    *process.Stream
	plans  map[plan]process.Generator
	chains []*contamination.Chain // of each condition
	held   int                    // points that the plans are for, all together
	buffer []float64
}

type plan struct{ condition, length int }

func newGenerator(p pipeline.GenerateParams, seed uint64) (*generator, error) {
	g := &generator{params: p, seed: seed, rng: process.Source(seed, "", 0), plans: map[plan]process.Generator{}}
	for _, c := range p.Mix {
		chain, err := contamination.New(c.Contaminate)
		if err != nil {
			return nil, err
		}
		g.chains = append(g.chains, chain)
	}
	return g, nil
}

// series makes the series with the given index of its set. It depends on the seed, the set and the
// index alone, however the set is cut into shards.
func (g *generator) series(index uint64) (dataset.Row, error) {
	p := g.params
	c, l := pipeline.ConditionOf(p.Mix, p.Lengths, index)
	n, condition := p.Lengths[l], p.Mix[c]
	made, err := g.plan(plan{c, n})
	if err != nil {
		return dataset.Row{}, err
	}
	g.rng.Reset(g.seed, "generate/"+p.Set, index)
	h := p.Hurst.Min + (p.Hurst.Max-p.Hurst.Min)*g.rng.Float64()
	if cap(g.buffer) < n {
		g.buffer = make([]float64, n)
	}
	x := g.buffer[:n]
	if err := made.Generate(x, h, g.rng); err != nil {
		return dataset.Row{}, fmt.Errorf("%s: %w", condition.Process, err)
	}
	if err := g.chains[c].Apply(x, g.rng); err != nil {
		return dataset.Row{}, fmt.Errorf("%s: %w", condition.Process, err)
	}
	series.Fill(x) // as the gaps of a user's series are
	values := make([]float32, n)
	for i, v := range x {
		values[i] = float32(v)
	}
	return dataset.Row{
		Index: index, H: h, Process: condition.Process.String(), Class: class(condition.Process),
		Contamination: g.chains[c].String(), N: n, Values: values, Seed: g.seed,
	}, nil
}

// plan returns the generator of a condition and a length.
func (g *generator) plan(key plan) (process.Generator, error) {
	if made, ok := g.plans[key]; ok {
		return made, nil
	}
	if g.held+key.length > maxHeld {
		clear(g.plans)
		g.held = 0
	}
	made, err := process.New(g.params.Mix[key.condition].Process, key.length)
	if err != nil {
		return nil, err
	}
	g.plans[key] = made
	g.held += key.length
	return made, nil
}

// class returns the class of a process that has been checked.
func class(s process.Spec) string {
	if k, err := process.Lookup(s.Kind); err == nil && k.Walk {
		return dataset.Walk
	}
	return dataset.Noise
}
