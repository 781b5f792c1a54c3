package estimator

import (
	"math"
	"slices"
)

// oddities tells which values of a series do not fit in with it.
type oddities struct {
	m       *masked
	residue []float64
	sorted  []float64
	before  []float64 // the series as it was
	known   []int     // the gaps as they were
}

func newOddities(m *masked) *oddities {
	n := m.c.n
	return &oddities{m: m, residue: make([]float64, n), sorted: make([]float64, n), before: make([]float64, n)}
}

// oddity is how far an outlier lies from what the other values say that it should be, in standard
// deviations: of 10,000 normal values, less than one does.
const oddity = 4

// rounds bounds the looks at a series: a large outlier hides smaller ones next to it.
const rounds = 6

// find appends to gaps the places of outliers, with H at a node, and fills x there and at the gaps.
// When more than one value in twenty sticks out, it is not outliers that the series has, and nothing
// is changed.
func (o *oddities) find(x []float64, coeff []complex128, gaps []int, node int) []int {
	copy(o.before, x)
	o.known = append(o.known[:0], gaps...)
	most := len(gaps) + len(x)/20
	for range rounds {
		o.m.load(x, coeff, gaps, nil)
		o.m.fill(node)
		limit := o.limit(node, len(gaps))
		before := len(gaps)
		for t := range o.residue {
			if o.sticksOut(t, limit) {
				gaps = append(gaps, t)
			}
		}
		if len(gaps) == before {
			return gaps
		}
		if len(gaps) > most {
			break
		}
		slices.Sort(gaps)
	}
	if len(gaps) <= most {
		return gaps
	}
	copy(x, o.before)
	o.m.c.plan.Coefficients(coeff, x)
	return append(gaps[:0], o.known...)
}

// limit computes how far values are from what the others say, in units that are the same for all, and
// returns from where on that is too far. The standard deviation is one that outliers do not change.
//
// The expectation of a value given all others differs from it by (C⁻¹x)_t / (C⁻¹)_tt.
func (o *oddities) limit(node, filled int) float64 {
	o.m.c.solve(o.residue, node, o.m.coeff)
	for t, v := range o.residue {
		o.sorted[t] = math.Abs(v)
	}
	slices.Sort(o.sorted)
	return oddity * madScale * middle(o.sorted[filled:]) // a value that was filled in has none
}

// sticksOut tells whether value t is beyond the limit and further than its neighbours.
func (o *oddities) sticksOut(t int, limit float64) bool {
	v := math.Abs(o.residue[t])
	if v <= limit {
		return false
	}
	for k := max(0, t-2); k <= min(len(o.residue)-1, t+2); k++ {
		if w := math.Abs(o.residue[k]); w > v || w == v && k < t {
			return false
		}
	}
	return true
}

// heavy tells whether more of the values than a few outliers lie where those of a normal distribution
// are rare, between 2.5 and 4 robust standard deviations from the median: the tails are long then. Of
// normal values 1.24 % lie there. sorted holds the values, ascending; apart is memory.
func heavy(sorted, apart []float64) bool {
	median := middle(sorted)
	for i, v := range sorted {
		apart[i] = math.Abs(v - median)
	}
	apart = apart[:len(sorted)]
	slices.Sort(apart)
	spread := madScale * middle(apart)
	from, _ := slices.BinarySearch(apart, 2.5*spread)
	to, _ := slices.BinarySearch(apart, 4*spread)
	expected := 0.0124 * float64(len(sorted))
	return float64(to-from) > expected+1.5*math.Sqrt(expected)
}
