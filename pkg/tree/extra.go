package tree

// extraSplitter draws a place between the extremes of each input drawn and takes the best of these.
type extraSplitter struct {
	draw
	bins []uint8 // of a leaf's rows
}

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
	for seen := 0; (seen < s.most || best.feature < 0 && seen < len(s.features)) && !s.done(l, &best); seen++ {
		s.try(l, s.next(seen, 1)[0], &c, &best)
	}
	if best.feature >= 0 {
		best.gain = r.gain(&c)
		l.cut = best
	}
}

// try draws a split by one input and takes it if it is better than the best so far.
func (s *extraSplitter) try(l *leaf, feature int, c *contest, best *cut) {
	data := s.g.data
	lo, hi := s.extremes(data.column[feature], s.g.rows[l.lo:l.hi])
	if lo == hi {
		return
	}
	from, to, u := data.low[feature][lo], data.high[feature][hi], s.rng.Float64()
	bin := s.place(data, feature, lo, hi, from*(1-u)+to*u)
	left := s.sumTo(s.g.packed[l.lo:l.hi], uint8(bin))
	n := countOf(left)
	if n < c.least || countOf(l.total)-n < c.least || !c.offer(left) {
		return
	}
	*best = cut{feature: feature, bin: bin, left: left}
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

// place returns the last bin whose values are all at most v, such that there are some on both sides.
func (s *extraSplitter) place(data *binned, feature int, lo, hi uint8, v float64) int {
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
