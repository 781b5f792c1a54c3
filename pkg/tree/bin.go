package tree

// binned holds the inputs of all rows as numbers of bins.
type binned struct {
	rows, cols int
	column     [][]uint8   // of each input, by row
	edge       [][]float64 // of each input: values up to edge[b] lie in bin b or one before; one fewer than bins
	low, high  [][]float64 // of each input and bin: the least and the greatest value in it
}

// newBinned deals every input into at most most bins of about as many rows each. Equal values share a
// bin; where there are no more distinct values than bins, each has its own.
func newBinned(d Data, most int, t team) *binned {
	b := &binned{rows: d.Rows, cols: d.Cols}
	b.column, b.edge = make([][]uint8, d.Cols), make([][]float64, d.Cols)
	b.low, b.high = make([][]float64, d.Cols), make([][]float64, d.Cols)
	sorters := make([]sorter, t)
	t.each(d.Cols, func(worker, f int) {
		s := &sorters[worker]
		s.load(d.X[f:], d.Cols, d.Rows)
		s.sort()
		b.deal(f, s, most)
	})
	return b
}

// deal sets the bins of an input whose values are sorted. A bin is closed when it holds its share of
// the rows that earlier ones have left, so that values that come often do not starve the others.
func (b *binned) deal(f int, s *sorter, most int) {
	n := len(s.keys)
	column := make([]uint8, n)
	distinct := s.distinct(most)
	left, bins, inBin := n, most, 0
	for i := 0; i < n; {
		value, end := s.value(i), s.runEnd(i)
		if inBin == 0 {
			b.low[f] = append(b.low[f], value)
			b.high[f] = append(b.high[f], value)
		}
		bin := len(b.low[f]) - 1
		b.high[f][bin] = value
		for _, row := range s.rows[i:end] {
			column[row] = uint8(bin)
		}
		inBin += end - i
		i = end
		if i < n && bins > 1 && (distinct || inBin*bins >= left) {
			b.edge[f] = append(b.edge[f], between(value, s.value(i)))
			left, bins, inBin = left-inBin, bins-1, 0
		}
	}
	b.column[f] = column
}

// between returns the middle of a and c, or a where rounding would make it c.
func between(a, c float64) float64 {
	if m := a/2 + c/2; m >= a && m < c {
		return m
	}
	return a
}
