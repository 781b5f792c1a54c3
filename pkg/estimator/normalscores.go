package estimator

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// NormalScores writes to dst, which may be x, what the values of x would be if they were normal: the
// value of rank r among n becomes Φ⁻¹((r - 3/8)/(n + 1/4)). Equal values share the mean of their
// ranks; a NaN stays one and has no rank. What a monotone transform does to a Gaussian series, heavy
// tails included, is undone. It panics if the lengths differ.
//
// G. Blom, Statistical estimates and transformed beta-variables, Wiley 1958.
func NormalScores(dst, x []float64) {
	NewScorer(len(x)).Scores(dst, x)
}

// Scorer computes [NormalScores] of series of one length, and takes no memory for each. It is not safe
// for concurrent use.
type Scorer struct {
	order []ranked
	blom  []float64 // scores of the ranks when no value is missing
}

type ranked struct {
	value float64
	index int
}

// NewScorer returns a scorer for series of n values.
func NewScorer(n int) *Scorer {
	s := &Scorer{order: make([]ranked, 0, n), blom: make([]float64, n)}
	for i := range s.blom {
		s.blom[i] = blom(float64(i+1), n)
	}
	return s
}

// blom returns the score of a rank, 1 to n.
func blom(rank float64, n int) float64 {
	return math.Sqrt2 * math.Erfinv(2*(rank-0.375)/(float64(n)+0.25)-1)
}

// Scores does what [NormalScores] does.
func (s *Scorer) Scores(dst, x []float64) {
	if len(dst) != len(x) || len(x) != len(s.blom) {
		panic(fmt.Sprintf("estimator: %d scores of %d values for a length of %d", len(dst), len(x), len(s.blom)))
	}
	s.order = s.order[:0]
	for i, v := range x {
		if math.IsNaN(v) {
			dst[i] = v
			continue
		}
		s.order = append(s.order, ranked{v, i})
	}
	slices.SortFunc(s.order, func(a, b ranked) int { return cmp.Compare(a.value, b.value) })
	for from := 0; from < len(s.order); {
		to := from + 1
		for to < len(s.order) && s.order[to].value == s.order[from].value {
			to++
		}
		score := s.score(from, to)
		for _, r := range s.order[from:to] {
			dst[r.index] = score
		}
		from = to
	}
}

// score returns that of the mean of the ranks from+1 … to.
func (s *Scorer) score(from, to int) float64 {
	if to == from+1 && len(s.order) == len(s.blom) {
		return s.blom[from]
	}
	return blom(float64(from+1+to)/2, len(s.order))
}
