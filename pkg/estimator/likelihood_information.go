package estimator

import "math"

// standardError returns the asymptotic standard error of H at a place of the scan, from Fisher's
// information for H with the scale unknown: half the sum over frequencies, of which each counts
// twice, of the squares of ∂ log f/∂H about their mean. Between nodes it goes by a straight line.
func (l *likelihood) standardError(u float64) float64 {
	k := min(int(u), l.over.last()-1)
	w := u - float64(k)
	return 1 / math.Sqrt((1-w)*l.information(k)+w*l.information(k+1))
}

// information returns Fisher's information at a node.
func (l *likelihood) information(k int) float64 {
	if l.info[k] > 0 {
		return l.info[k]
	}
	const reach = 1e-4
	h := l.over.x(float64(k))
	lo, hi := max(h-reach, minHurst/2), min(h+reach, 1-minHurst/2)
	if l.slope[0] == nil {
		l.slope = [2][]float64{make([]float64, len(l.power)), make([]float64, len(l.power))}
	}
	l.model.fill(l.slope[0], lo)
	l.model.fill(l.slope[1], hi)
	sum, square := 0.0, 0.0
	for i, f := range l.slope[0] {
		if i < l.skip {
			continue
		}
		d := math.Log(l.slope[1][i]/f) / (hi - lo)
		w := 1.0
		if i == len(l.power)-1 {
			w = l.last
		}
		sum += w * d
		square += w * d * d
	}
	l.info[k] = max(square-sum*sum/l.count, 1e-12)
	return l.info[k]
}
