package tree

// OutOfBag says what trees that have not seen a row make of it.
type OutOfBag struct {
	Prediction []float64 // a row; the mean of all targets where every tree has seen it
	Votes      []int     // how many trees have not
}

// outOfBag asks the trees of a forest. The order of a row's sum is that of the trees.
func (s *stand) outOfBag(m *Model, w Watch) OutOfBag {
	rows := s.data.Rows
	out := OutOfBag{Prediction: make([]float64, rows), Votes: make([]int, rows)}
	blocks := (rows + block - 1) / block
	s.team.each(blocks, func(_, k int) {
		for i := k * block; i < min((k+1)*block, rows); i++ {
			if w.stopped() {
				return
			}
			out.Prediction[i], out.Votes[i] = s.voteOf(m, i)
		}
	})
	return out
}

func (s *stand) voteOf(m *Model, row int) (prediction float64, votes int) {
	x := s.data.X[row*s.data.Cols:][:s.data.Cols]
	sum := 0.0
	for t, root := range m.roots {
		if s.bags[t][row>>6]>>(row&63)&1 == 0 {
			sum += m.leafValue(root, x)
			votes++
		}
	}
	if votes == 0 {
		return s.centre, 0
	}
	return s.centre + sum/float64(votes), votes
}
