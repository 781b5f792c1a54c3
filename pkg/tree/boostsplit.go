package tree

// boostSplitter finds the best splits over all inputs that a tree may use. It keeps the cells of open
// leaves: after a split only the smaller part's rows are summed, and the larger part's cells are the
// difference to the whole's.
type boostSplitter struct {
	g        *grower
	team     team
	features []int
	workers  []searcher
	found    [2][]finding // of two leaves, by group of inputs
	all      [][]cells    // that were ever lent
	free     [][]cells
	most     int // cells of all inputs that may be lent
}

// finding is the best split over some inputs.
type finding struct {
	contest contest
	cut     cut
}

const (
	maxCells = 256 << 20 // bytes that the cells of open leaves may take; leaves beyond go without
	shared   = 1 << 16   // rows times inputs from which goroutines share the work
)

func newBoostSplitter(g *grower, t team) *boostSplitter {
	groups := (g.data.cols + group - 1) / group
	const size = len(cells{}) * 8
	s := &boostSplitter{g: g, team: t, workers: make([]searcher, t), most: max(1, maxCells/(groups*group*size))}
	s.found[0], s.found[1] = make([]finding, groups), make([]finding, groups)
	return s
}

// begin sets the inputs of the next tree, always as many.
func (s *boostSplitter) begin(features []int) {
	s.features = features
	s.free = append(s.free[:0], s.all...)
}

func (s *boostSplitter) find(parent *leaf, parts []leaf) {
	if parent == nil {
		s.fresh(&parts[0], s.g.splittable(&parts[0]))
		return
	}
	small, large := &parts[0], &parts[1]
	if small.size() > large.size() {
		small, large = large, small
	}
	splitSmall, splitLarge := s.g.splittable(small), s.g.splittable(large)
	if splitLarge && parent.cells != nil && large.size() >= sparse {
		s.both(parent, small, large, splitSmall)
		return
	}
	s.release(parent)
	s.fresh(small, splitSmall)
	s.fresh(large, splitLarge)
}

// fresh finds the split of a leaf from its rows.
func (s *boostSplitter) fresh(l *leaf, splittable bool) {
	if !splittable {
		return
	}
	if l.size() >= sparse {
		l.cells = s.lend()
	}
	start := finding{s.g.rule.contest(l.total), cut{feature: -1}}
	s.groups(l.size(), func(w *searcher, k int, features []int) {
		f := &s.found[0][k]
		*f = start
		if l.cells == nil {
			w.better(s.g, l, features, &f.contest, &f.cut)
			return
		}
		h := (*[group]cells)(l.cells[k*group:])
		*h = [group]cells{}
		w.sum(h, s.g.data, features, s.g.rows[l.lo:l.hi], s.g.packed[l.lo:l.hi])
		s.scan(h, features, f)
	})
	s.finish(l, s.found[0])
}

// both sums the small part and takes that from the parent's cells, which become the large part's.
func (s *boostSplitter) both(parent, small, large *leaf, splitSmall bool) {
	large.cells, parent.cells = parent.cells, nil
	if splitSmall && small.size() >= sparse {
		small.cells = s.lend()
	}
	startSmall := finding{s.g.rule.contest(small.total), cut{feature: -1}}
	startLarge := finding{s.g.rule.contest(large.total), cut{feature: -1}}
	s.groups(small.size()+sparse, func(w *searcher, k int, features []int) {
		s.found[0][k], s.found[1][k] = startSmall, startLarge
		whole := (*[group]cells)(large.cells[k*group:])
		if small.size() < sparse {
			s.takeFew(w, whole, small, features, &s.found[0][k], splitSmall)
		} else {
			s.take(w, whole, small, k, features, splitSmall)
		}
		s.scan(whole, features, &s.found[1][k])
	})
	s.finish(large, s.found[1])
	if splitSmall {
		s.finish(small, s.found[0])
	}
}

// take sums the rows of a part, takes them from the whole and looks for the part's split.
func (s *boostSplitter) take(w *searcher, whole *[group]cells, part *leaf, k int, features []int, split bool) {
	h := &w.scratch
	if part.cells != nil {
		h = (*[group]cells)(part.cells[k*group:])
		*h = [group]cells{}
	}
	w.sum(h, s.g.data, features, s.g.rows[part.lo:part.hi], s.g.packed[part.lo:part.hi])
	for i := range features {
		for b, v := range &h[i] {
			whole[i][b] -= v
		}
	}
	if split {
		s.scan(h, features, &s.found[0][k])
	}
	if part.cells == nil {
		*h = [group]cells{}
	}
}

// takeFew does the same for so few rows that most cells are empty.
func (s *boostSplitter) takeFew(w *searcher, whole *[group]cells, part *leaf, features []int, f *finding, split bool) {
	rows, packed := s.g.rows[part.lo:part.hi], s.g.packed[part.lo:part.hi]
	for i, feature := range features {
		n := w.gather(s.g.data.column[feature], rows, packed)
		for k, v := range w.compact[:n] {
			whole[i][w.at[k]] -= v
		}
		if split {
			w.scanFew(feature, n, &f.contest, &f.cut)
		}
	}
}

// scan looks for the best split by a group of inputs.
func (s *boostSplitter) scan(h *[group]cells, features []int, f *finding) {
	for i, feature := range features {
		scanDense(&h[i], feature, len(s.g.data.edge[feature])+1, &f.contest, &f.cut)
	}
}

// groups does the work for each group of inputs, with several goroutines if there are enough rows.
func (s *boostSplitter) groups(rows int, do func(w *searcher, k int, features []int)) {
	t := s.team
	if rows*len(s.features) < shared {
		t = 1
	}
	t.each((len(s.features)+group-1)/group, func(worker, k int) {
		do(&s.workers[worker], k, s.features[k*group:min((k+1)*group, len(s.features))])
	})
}

// finish sets the leaf's split to the best that was found, of equals that of the first inputs.
func (s *boostSplitter) finish(l *leaf, found []finding) {
	c, best := s.g.rule.contest(l.total), cut{feature: -1}
	for k := range (len(s.features) + group - 1) / group {
		f := &found[k]
		if f.cut.feature >= 0 && f.contest.num*c.den > c.num*f.contest.den {
			c, best = f.contest, f.cut
		}
	}
	if best.feature >= 0 {
		best.gain = s.g.rule.gain(&c)
		l.cut = best
	}
	if !(l.cut.gain > 0) {
		s.release(l)
	}
}

// lend returns memory for the cells of all inputs, of any content, or nil if there is none left.
func (s *boostSplitter) lend() []cells {
	if n := len(s.free); n > 0 {
		c := s.free[n-1]
		s.free = s.free[:n-1]
		return c
	}
	if len(s.all) == s.most {
		return nil
	}
	c := make([]cells, (len(s.features)+group-1)/group*group)
	s.all = append(s.all, c)
	return c
}

// release takes a leaf's cells back.
func (s *boostSplitter) release(l *leaf) {
	if l.cells != nil {
		s.free = append(s.free, l.cells)
		l.cells = nil
	}
}
