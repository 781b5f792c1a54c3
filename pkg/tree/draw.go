package tree

import "github.com/longmemory/hurst/pkg/process"

// draw draws the inputs that a split chooses from.
type draw struct {
	g        *grower
	rng      *process.Stream
	most     int // that are drawn, unless none of them can be split
	features []int
}

func newDraw(g *grower, most int, rng *process.Stream) draw {
	return draw{g: g, rng: rng, most: most, features: make([]int, g.data.cols)}
}

// begin makes the inputs' order the first one, so that a tree does not depend on the one before.
func (d *draw) begin() {
	for i := range d.features {
		d.features[i] = i
	}
}

// next draws count inputs from those that were not drawn for this leaf, whose first is given. Where all
// are drawn their order still matters: of equal splits the first is taken.
func (d *draw) next(first, count int) []int {
	for i := first; i < first+count; i++ {
		j := i + d.rng.IntN(len(d.features)-i)
		d.features[i], d.features[j] = d.features[j], d.features[i]
	}
	return d.features[first : first+count]
}

// done tells whether no split can be better: one that parts two rows cannot.
func (d *draw) done(l *leaf, best *cut) bool { return best.feature >= 0 && l.size() == 2 }

// bestSplitter finds the best split over the inputs drawn.
type bestSplitter struct {
	draw
	search searcher
}

func (s *bestSplitter) find(parent *leaf, parts []leaf) {
	if parent == nil {
		s.begin()
	}
	for i := range parts {
		s.leaf(&parts[i])
	}
}

func (s *bestSplitter) leaf(l *leaf) {
	if !s.g.splittable(l) {
		return
	}
	r := &s.g.rule
	c, best := r.contest(l.total), cut{feature: -1}
	for seen := 0; seen == 0 || best.feature < 0 && seen < len(s.features); {
		count := min(group, len(s.features)-seen)
		if seen == 0 {
			count = s.most
		}
		drawn := s.next(seen, count)
		for i := 0; i < len(drawn) && !s.done(l, &best); i += group {
			s.search.better(s.g, l, drawn[i:min(i+group, len(drawn))], &c, &best)
		}
		seen += len(drawn)
	}
	if best.feature >= 0 {
		best.gain = r.gain(&c)
		l.cut = best
	}
}
