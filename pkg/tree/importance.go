package tree

// Gain returns the importance of each input: the part that splits by it have in all that splits
// lowered the sum of squares by. The parts add up to 1, or are all 0 where there are no splits.
// Inputs with many values come out somewhat high; see [Permutation].
func (m *Model) Gain() []float64 {
	out, sum := make([]float64, m.cols), 0.0
	for _, v := range m.fall {
		sum += v
	}
	if sum > 0 {
		for i, v := range m.fall {
			out[i] = v / sum
		}
	}
	return out
}
