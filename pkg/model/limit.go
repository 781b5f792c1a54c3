package model

import "math"

// limit is the mean absolute error that no estimator can beat on average at a length.
type limit struct {
	n   int
	mae float64
}

// limits returns, for clean series with H ~ U(0.1, 0.9) and unknown mean and scale, the mean
// absolute error of the exact Bayes posterior median, which has the least there is. For arfima,
// H = d + 1/2. They were computed once from the exact likelihoods, by simulation; the last digit is
// uncertain.
func limits(process string) []limit {
	switch process {
	case "fgn":
		return []limit{{128, 0.0434}, {256, 0.0306}, {500, 0.0215}, {512, 0.0207}, {1024, 0.0148}, {2048, 0.0104}}
	case "arfima":
		return []limit{{128, 0.0576}, {256, 0.0394}, {500, 0.0282}, {512, 0.0277}, {1024, 0.0195}, {2048, 0.0136}}
	}
	return nil
}

// The range of H, drawn from evenly, that limits are known for.
const (
	LimitMin = 0.1
	LimitMax = 0.9
)

// Limit returns the least mean absolute error that is possible for clean series of n points with
// H ~ U(0.1, 0.9), interpolated between known lengths, linearly in both logarithms; false where it
// is not known: for another process, or outside 128 to 2048.
func Limit(process string, n int) (float64, bool) {
	table := limits(process)
	for i, b := range table {
		if n > b.n {
			continue
		}
		if n == b.n {
			return b.mae, true
		}
		if i == 0 {
			return 0, false
		}
		a := table[i-1]
		w := math.Log(float64(n)/float64(a.n)) / math.Log(float64(b.n)/float64(a.n))
		return a.mae * math.Pow(b.mae/a.mae, w), true
	}
	return 0, false
}
