package train

import (
	"cmp"
	"slices"

	"github.com/longmemory/hurst/pkg/process"
)

// entry is a place in a batch.
type entry struct {
	stage       int
	index, draw uint64 // of the sample in its source; of this look at it among all
	length      int    // points that are taken of it
}

// sequence says which samples are in which batch. What batch returns holds until the next call.
type sequence interface {
	batch(step int) []entry
}

// phase is a source and the step from which on it is trained on.
type phase struct {
	source  Source
	from    int
	samples int // zero: without end
	batches int // of an epoch; zero: without end
}

func newPhase(s Source, from, batch int) phase {
	n := s.Info().Len
	return phase{s, from, n, (n + batch - 1) / batch}
}

// together is how many batches are planned at once: series are sorted by length within these, so
// that little of a batch is padding, while neighbours in time still differ.
const together = 16

// order goes through sources: those with an end in passes, each in an order of its own; others in
// the order of their numbers. Batch k is a pure function of k.
type order struct {
	seed   uint64
	size   int
	phases []phase
	slices slicer
	rng    *process.Stream

	planned []int // phase, epoch, group that the rest is about
	shuffle []uint32
	entries []entry
	ends    []int // of the batches in entries
	turns   []int // the order of these batches
}

func newOrder(seed uint64, size int, phases []phase, s slicer) *order {
	o := &order{seed: seed, size: size, phases: phases, slices: s, rng: process.Source(0, "", 0), planned: []int{-1, -1, -1}}
	longest := 0
	for _, p := range phases {
		longest = max(longest, p.samples)
	}
	o.shuffle = make([]uint32, longest)
	return o
}

// at returns the phase of a step, the epoch of it, and the batch in that epoch.
func (o *order) at(step int) (p, epoch, batch int) {
	for p+1 < len(o.phases) && o.phases[p+1].from <= step {
		p++
	}
	batch = step - o.phases[p].from
	if n := o.phases[p].batches; n > 0 {
		return p, batch / n, batch % n
	}
	return p, 0, batch
}

func (o *order) batch(step int) []entry {
	p, epoch, batch := o.at(step)
	group := batch / together
	if o.planned[0] != p || o.planned[1] != epoch || o.planned[2] != group {
		o.plan(p, epoch, group)
	}
	k := o.turns[batch%together]
	from := 0
	if k > 0 {
		from = o.ends[k-1]
	}
	return o.entries[from:o.ends[k]]
}

// plan lays out a group of batches.
func (o *order) plan(p, epoch, group int) {
	ph := o.phases[p]
	if ph.samples > 0 && (o.planned[0] != p || o.planned[1] != epoch) {
		o.permute(p, epoch)
	}
	o.planned[0], o.planned[1], o.planned[2] = p, epoch, group
	first, last := group*together, (group+1)*together
	if ph.samples > 0 {
		last = min(last, ph.batches)
	}
	o.entries, o.ends = o.entries[:0], o.ends[:0]
	start := o.bound(ph, first)
	for b := first; b < last; b++ {
		for at := o.bound(ph, b); at < o.bound(ph, b+1); at++ {
			o.entries = append(o.entries, o.entry(p, epoch, at))
		}
		o.ends = append(o.ends, o.bound(ph, b+1)-start)
	}
	slices.SortStableFunc(o.entries, func(a, b entry) int { return cmp.Compare(a.length, b.length) })
	o.order(p, epoch, group)
}

// bound returns the first place of a batch: the batches of an epoch are of one size, give or take
// one sample.
func (o *order) bound(ph phase, batch int) int {
	if ph.samples == 0 {
		return batch * o.size
	}
	return int(int64(ph.samples) * int64(batch) / int64(ph.batches))
}

func (o *order) entry(p, epoch, at int) entry {
	ph := o.phases[p]
	e := entry{stage: p, index: uint64(at)}
	if ph.samples > 0 {
		e.index = uint64(o.shuffle[at])
	}
	e.draw = uint64(p)<<56 | (uint64(epoch)*uint64(ph.samples) + uint64(at))
	e.length = o.slices.of(ph.source.Length(e.index), e.draw)
	return e
}

// permute draws the order of an epoch.
func (o *order) permute(p, epoch int) {
	n := o.phases[p].samples
	o.rng.Reset(o.seed, "train/order", uint64(p)<<32|uint64(epoch))
	for i := range n {
		j := o.rng.IntN(i + 1)
		o.shuffle[i] = o.shuffle[j]
		o.shuffle[j] = uint32(i)
	}
}

// order draws the turns of a group's batches, which are sorted by length.
func (o *order) order(p, epoch, group int) {
	o.rng.Reset(o.seed, "train/turns", uint64(p)<<56|uint64(epoch)<<28|uint64(group))
	o.turns = o.turns[:0]
	for i := range o.ends {
		o.turns = append(o.turns, i)
		j := o.rng.IntN(i + 1)
		o.turns[i], o.turns[j] = o.turns[j], o.turns[i]
	}
}
