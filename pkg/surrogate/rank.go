package surrogate

import "slices"

type ranked struct {
	value float64
	at    int
}

// ranker sorts values with their places, equal ones by place. Values are dealt into as many buckets
// of equal width as there are values, so that sorting each takes linear time together, unless a few
// far values make the others share a bucket, which is then sorted as any slice is.
type ranker struct {
	ranks  []ranked // in order
	bounds []int    // where buckets begin, and after dealing end
}

func newRanker(n int) ranker {
	return ranker{ranks: make([]ranked, n), bounds: make([]int, n+1)}
}

// rank sorts x, whose values are finite and of at most half the largest float in size.
func (r *ranker) rank(x []float64) {
	low, high := x[0], x[0]
	for _, v := range x {
		low, high = min(low, v), max(high, v)
	}
	last := float64(len(x) - 1)
	perWidth := last / (high - low)
	if !(perWidth < 1e300) {
		r.rankAny(x) // all equal, or nearly: no width to divide
		return
	}
	clear(r.bounds)
	for _, v := range x {
		r.bounds[int((v-low)*perWidth)+1]++
	}
	for b := 1; b < len(r.bounds); b++ {
		r.bounds[b] += r.bounds[b-1]
	}
	for at, v := range x {
		b := int((v - low) * perWidth)
		r.ranks[r.bounds[b]] = ranked{v, at}
		r.bounds[b]++
	}
	begin := 0
	for _, end := range r.bounds[:len(x)] {
		sortBucket(r.ranks[begin:end])
		begin = end
	}
}

func (r *ranker) rankAny(x []float64) {
	for at, v := range x {
		r.ranks[at] = ranked{v, at}
	}
	slices.SortFunc(r.ranks, compare)
}

// sortBucket sorts by insertion what is short. Equal values lie in the order of their places already.
func sortBucket(b []ranked) {
	if len(b) > 16 {
		slices.SortFunc(b, compare)
		return
	}
	for i := 1; i < len(b); i++ {
		one := b[i]
		j := i
		for ; j > 0 && b[j-1].value > one.value; j-- {
			b[j] = b[j-1]
		}
		b[j] = one
	}
}

func compare(a, b ranked) int {
	switch {
	case a.value < b.value:
		return -1
	case a.value > b.value:
		return 1
	}
	return a.at - b.at
}
