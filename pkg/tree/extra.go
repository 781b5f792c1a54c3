package tree

// extraSplitter draws a place between the extremes of each input drawn and takes the best of these.
type extraSplitter struct {
	draw
	search searcher
	bins   []uint8 // of a leaf's rows
}

// many is the number of rows from which it pays to sum all bins.
const many = 256

func (s *extraSplitter) find(parent *leaf, parts []leaf) {
	if parent == nil {
		s.begin()
	}
	for i := range parts {
		s.leaf(&parts[i])
	}
}

func (s *extraSplitter) leaf(l *leaf) {
	if !s.g.splittable(l) {
		return
	}
	r := &s.g.rule
	c, best := r.contest(l.total), cut{feature: -1}
	step := 1
	if l.size() >= many {
		step = group
	}
	for seen := 0; (seen < s.most || best.feature < 0 && seen < len(s.features)) && !s.done(l, &best); {
		last := s.most
		if seen >= s.most {
			last = len(s.features)
		}
		drawn := s.next(seen, min(step, last-seen))
		if step == 1 {
			s.try(l, drawn[0], &c, &best)
		} else {
			s.tryGroup(l, drawn, &c, &best)
		}
		seen += len(drawn)
	}
	if best.feature >= 0 {
		best.gain = r.gain(&c)
		l.cut = best
	}
}

// try draws a split by one input and takes it if it is better than the best so far.
func (s *extraSplitter) try(l *leaf, feature int, c *contest, best *cut) {
	lo, hi := s.extremes(s.g.data.column[feature], s.g.rows[l.lo:l.hi])
	if lo == hi {
		return
	}
	bin := s.place(feature, lo, hi)
	s.offer(cut{feature: feature, bin: bin, left: s.sumTo(s.g.packed[l.lo:l.hi], uint8(bin))}, c, best)
}

// tryGroup does the same for up to four inputs of a leaf with many rows, whose bins are summed.
func (s *extraSplitter) tryGroup(l *leaf, features []int, c *contest, best *cut) {
	h := &s.search.scratch
	s.search.sum(h, s.g.data, features, s.g.rows[l.lo:l.hi], s.g.packed[l.lo:l.hi])
	for i, f := range features {
		lo, hi := 0, len(s.g.data.edge[f])
		for h[i][lo] == 0 {
			lo++
		}
		for h[i][hi] == 0 {
			hi--
		}
		if lo < hi {
			p := cut{feature: f, bin: s.place(f, uint8(lo), uint8(hi))}
			for _, v := range h[i][lo : p.bin+1] {
				p.left += v
			}
			s.offer(p, c, best)
		}
		clear(h[i][:])
	}
}

// offer takes a split if it is allowed and better than the best so far.
func (s *extraSplitter) offer(p cut, c *contest, best *cut) {
	n := countOf(p.left)
	if n >= c.least && int64(c.count)-n >= c.least && c.offer(p.left) {
		*best = p
	}
}

// extremes copies the bins of the rows and returns the first and the last one.
func (s *extraSplitter) extremes(column []uint8, rows []int32) (lo, hi uint8) {
	if cap(s.bins) < len(rows) {
		s.bins = make([]uint8, len(column))
	}
	s.bins = s.bins[:len(rows)]
	bins := s.bins
	lo = 255
	for k, r := range rows {
		b := column[r]
		bins[k] = b
		lo, hi = min(lo, b), max(hi, b)
	}
	return lo, hi
}

// sumTo sums the packed targets of the rows whose bin is at most the given one.
func (s *extraSplitter) sumTo(packed []int64, bin uint8) int64 {
	bins := s.bins[:len(packed)]
	sum := int64(0)
	for k, v := range packed {
		mask := int64(0)
		if bins[k] <= bin { // no branch: which way it goes is hard to guess
			mask = -1
		}
		sum += v & mask
	}
	return sum
}

// place draws a value between the extremes of the bins from lo to hi and returns the last bin whose
// values are all at most that, such that there are some on both sides.
func (s *extraSplitter) place(feature int, lo, hi uint8) int {
	data, u := s.g.data, s.rng.Float64()
	v := data.low[feature][lo]*(1-u) + data.high[feature][hi]*u
	edge := data.edge[feature][lo:hi] // at least one
	a := 0
	for n := len(edge) - 1; n > 0; { // the least edge that is not below v, or the last
		half := (n + 1) / 2
		if edge[a+half-1] < v { // no branch, as in sumTo
			a += half
		}
		n -= half
	}
	return int(lo) + a
}
