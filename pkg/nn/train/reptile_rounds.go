package train

import "github.com/longmemory/hurst/pkg/process"

// rounds says which samples are in which batch of a meta-training: in a round each domain has its
// turn, in an order that is drawn. Samples follow one another; those of a source with an end are
// drawn.
type rounds struct {
	config  MetaConfig
	domains []Source
	rng     *process.Stream
	round   int
	turns   []int
	entries []entry
}

func newRounds(c MetaConfig, domains []Source) *rounds {
	return &rounds{config: c, domains: domains, rng: process.Source(0, "", 0), round: -1}
}

func (r *rounds) batch(step int) []entry {
	n := len(r.domains)
	outer := step / r.config.Inner
	if round := outer / n; round != r.round {
		r.round = round
		r.turns = process.Source(r.config.Seed, "train/rounds", uint64(round)).Perm(n)
	}
	domain := r.turns[outer%n]
	source := r.domains[domain]
	info := source.Info()
	r.rng.Reset(r.config.Seed, "train/shots", uint64(step))
	r.entries = r.entries[:0]
	for k := range r.config.Batch {
		i := uint64(step*r.config.Batch + k)
		if info.Len > 0 {
			i = r.rng.Uint64N(uint64(info.Len))
		}
		r.entries = append(r.entries, entry{stage: domain, index: i, draw: uint64(step*r.config.Batch + k), length: source.Length(i)})
	}
	return r.entries
}
