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
}

func newOddities(c *circulant) *oddities {
	return &oddities{m: newMasked(c), residue: make([]float64, c.n), sorted: make([]float64, c.n)}
}

// rounds bounds the looks at a series: a large outlier hides smaller ones next to it.
const rounds = 6

// find adds to gaps the values that lie further than threshold standard deviations from what all
// others say, with H at a node and a standard deviation that outliers do not change. It takes the
// largest among near ones first. It fills x at those places and, unless they are more than most, says
// true.
func (o *oddities) find(x []float64, gaps []int, node int, threshold float64, most int) ([]int, bool) {
	c := o.m.c
	for range rounds {
		o.m.load(x, gaps, nil)
		o.m.fill(node)
		// Of all values but one, the expectation of that one differs from it by (C⁻¹x)_t / (C⁻¹)_tt.
		c.solve(o.residue, node, o.m.coeff)
		for t, v := range o.residue {
			o.sorted[t] = math.Abs(v)
		}
		slices.Sort(o.sorted)
		limit := threshold * madScale * middle(o.sorted[min(len(gaps), len(x)-1):]) // what is filled has residue 0
		before := len(gaps)
		for t := range o.residue {
			if o.sticksOut(t, limit) {
				gaps = append(gaps, t)
			}
		}
		if len(gaps) == before {
			break
		}
		if len(gaps) > most {
			return gaps, false
		}
		slices.Sort(gaps)
	}
	return gaps, true
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
