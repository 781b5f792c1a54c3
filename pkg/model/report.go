package model

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/longmemory/hurst/pkg/dataset"
)

// Score says how well a model does on some series.
type Score struct {
	N          int     `json:"n,omitempty"` // their length; from N to 2N-1 where there are many lengths; 0: all
	Count      int     `json:"count"`
	MAE        float64 `json:"mae"`
	SE         float64 `json:"se"`   // standard error of MAE
	Bias       float64 `json:"bias"` // mean of estimate minus truth
	RMSE       float64 `json:"rmse"`
	Coverage90 float64 `json:"coverage90"` // part of the series whose 90 % interval holds the truth
	Width90    float64 `json:"width90"`    // mean width of that interval; 0: the model has none
}

// Report says how well a model does on a set of series.
type Report struct {
	Overall Score   `json:"overall"`
	ByN     []Score `json:"by_n"` // ascending
}

// Evaluate scores a model on features with known exponents. It fails where they are not the
// features that the model reads.
func Evaluate(m *Model, f dataset.Features) (Report, error) {
	return m.evaluate(featureData(f))
}

// EvaluateSeries scores a model that reads series on series with known exponents.
func EvaluateSeries(m *Model, s Series) (Report, error) { return m.evaluate(seriesData(s)) }

func (m *Model) evaluate(d examples) (Report, error) {
	opinions, err := m.predict(d)
	if err != nil {
		return Report{}, fmt.Errorf("evaluate model: %w", err)
	}
	return m.report(d, opinions), nil
}

// report scores opinions of series.
func (m *Model) report(d examples, opinions []Opinion) Report {
	var overall tally
	byN := map[int]*tally{}
	group := grouping(d.n)
	for i, o := range opinions {
		half, err := m.Calibration.HalfWidth(0.9, d.n[i])
		if err != nil {
			half = 0
		}
		n := group(d.n[i])
		if byN[n] == nil {
			byN[n] = &tally{}
		}
		overall.add(o.H, d.h[i], half*o.Spread)
		byN[n].add(o.H, d.h[i], half*o.Spread)
	}
	r := Report{Overall: overall.score(0)}
	for _, n := range slices.Sorted(maps.Keys(byN)) {
		r.ByN = append(r.ByN, byN[n].score(n))
	}
	return r
}

// grouping returns what lengths are grouped by: themselves or, where there are many, the largest
// power of two that is not above.
func grouping(lengths []int) func(int) int {
	const many = 24
	seen := map[int]bool{}
	for _, n := range lengths {
		seen[n] = true
		if len(seen) > many {
			return func(n int) int { return 1 << (bits.Len(uint(n)) - 1) }
		}
	}
	return func(n int) int { return n }
}

// tally sums the errors of estimates.
type tally struct {
	count, covered          int
	sum, abs, square, width float64
}

func (t *tally) add(h, truth, half float64) {
	e := h - truth
	t.count++
	t.sum += e
	t.abs += math.Abs(e)
	t.square += e * e
	if half > 0 {
		lower, upper := clip(h-half), clip(h+half)
		t.width += upper - lower
		if lower <= truth && truth <= upper {
			t.covered++
		}
	}
}

func (t *tally) score(n int) Score {
	c := float64(t.count)
	mae, meanSquare := t.abs/c, t.square/c
	variance := max(0, meanSquare-mae*mae) // of |error|
	return Score{
		N: n, Count: t.count, MAE: mae, SE: math.Sqrt(variance / c), Bias: t.sum / c, RMSE: math.Sqrt(meanSquare),
		Coverage90: float64(t.covered) / c, Width90: t.width / c,
	}
}
