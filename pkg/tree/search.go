package tree

import "math/bits"

// searcher looks for splits over some inputs by summing the rows of one leaf. It is one goroutine's.
type searcher struct {
	scratch [group]cells // all zeros between searches
	compact cells
	at      [256]uint8
	column  [group][]uint8
}

// better looks for a split of the leaf by the features, at most four, that beats the best so far. c
// holds that best one's quality, best what it is.
func (s *searcher) better(g *grower, l *leaf, features []int, c *contest, best *cut) {
	rows, packed := g.rows[l.lo:l.hi], g.packed[l.lo:l.hi]
	if len(rows) < sparse {
		for _, f := range features {
			s.scanFew(f, s.gather(g.data.column[f], rows, packed), c, best)
		}
		return
	}
	s.sum(&s.scratch, g.data, features, rows, packed)
	for i, f := range features {
		scanDense(&s.scratch[i], f, len(g.data.edge[f])+1, c, best)
		clear(s.scratch[i][:])
	}
}

// scanFew looks for a better split between the first n gathered cells of a feature.
func (s *searcher) scanFew(feature, n int, c *contest, best *cut) {
	if k, left := c.scan(s.compact[:n]); k >= 0 {
		*best = cut{feature: feature, bin: middle(int(s.at[k]), int(s.at[k+1])), left: left}
	}
}

// gather sums rows in the order of their bins without touching empty ones: cell k of the first of the
// returned number belongs to bin at[k].
func (s *searcher) gather(column []uint8, rows []int32, packed []int64) int {
	var seen [4]uint64
	h := &s.scratch[0]
	packed = packed[:len(rows)]
	for k, r := range rows {
		b := column[r]
		h[b] += packed[k]
		seen[b>>6] |= 1 << (b & 63)
	}
	n := 0
	for w, set := range seen {
		for ; set != 0; set &= set - 1 {
			b := uint8(w<<6 + bits.TrailingZeros64(set))
			s.compact[uint8(n)], s.at[uint8(n)] = h[b], b
			h[b] = 0
			n++
		}
	}
	return n
}

// sum adds the rows to the cells of the features.
func (s *searcher) sum(h *[group]cells, data *binned, features []int, rows []int32, packed []int64) {
	if len(features) < group {
		for i, f := range features {
			fill(&h[i], data.column[f], rows, packed)
		}
		return
	}
	for i, f := range features {
		s.column[i] = data.column[f]
	}
	fillGroup(h, &s.column, rows, packed)
}

// scanDense looks for a better split among all bins of a feature.
func scanDense(h *cells, feature, bins int, c *contest, best *cut) {
	k, left := c.scan(h[:bins])
	if k < 0 {
		return
	}
	next := k + 1
	for h[next] == 0 {
		next++
	}
	*best = cut{feature: feature, bin: middle(k, next), left: left}
}

// middle returns the middle one of the edges between a bin and the next one with rows in it.
func middle(bin, next int) int { return bin + (next-1-bin)/2 }
