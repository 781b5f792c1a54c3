package tree

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// Predict writes a model's predictions for rows of inputs, stored one after the other in x, to dst.
type Predict func(dst, x []float64, rows int)

// Permutation measures how much a model, of any kind, relies on each input: by how much its error
// rises when the input's values are dealt to other rows. L. Breiman, Random forests, Machine Learning
// 45, 2001; A. Fisher, C. Rudin, F. Dominici, All models are wrong, but many are useful, JMLR 20(177),
// 2019.
//
// Data that the model was not fitted to tell what it has learnt; those that it was tell what it has
// memorised as well. Of inputs that resemble each other each may seem to matter little; put them into
// one group.
type Permutation struct {
	Repeats int    // deals of each input, 2 to 10,000; zero: 5
	Seed    uint64 // of the deals
	// Groups are lists of inputs that are dealt together; nil: each input is its own group.
	Groups [][]int
	// Loss is the mean of over rows; nil: the absolute error.
	Loss func(y, prediction float64) float64
	// Progress is told how many deals are done; false ends the work, which then returns ErrStopped. May
	// be nil.
	Progress func(done, of int) bool
}

// Importance is what dealing a group of inputs costs.
type Importance struct {
	Mean  float64 // by how much the mean loss rises, over the repeats
	Error float64 // standard error of Mean: what other deals of the same data would change
}

// Measure returns the importance of each group and the mean loss without any dealing. It is a pure
// function of its arguments.
func (p Permutation) Measure(predict Predict, d Data) ([]Importance, float64, error) {
	p = p.complete(d)
	if err := errors.Join(whole("number of repeats", p.Repeats, 2, 10_000), d.check(), p.checkGroups(d)); err != nil {
		return nil, 0, fmt.Errorf("permutation importance: %w", err)
	}
	m := dealer{
		Permutation: p, data: d, predict: predict,
		x: append([]float64(nil), d.X...), prediction: make([]float64, d.Rows), order: make([]int, d.Rows),
	}
	m.plain = m.loss()
	out := make([]Importance, len(p.Groups))
	for g := range out {
		var err error
		if out[g], err = m.group(g); err != nil {
			return nil, 0, fmt.Errorf("permutation importance: %w", err)
		}
	}
	return out, m.plain, nil
}

func (p Permutation) complete(d Data) Permutation {
	if p.Repeats == 0 {
		p.Repeats = 5
	}
	if p.Loss == nil {
		p.Loss = func(y, prediction float64) float64 { return math.Abs(y - prediction) }
	}
	if p.Groups == nil {
		for f := range max(0, d.Cols) {
			p.Groups = append(p.Groups, []int{f})
		}
	}
	return p
}

func (p Permutation) checkGroups(d Data) error {
	for g, group := range p.Groups {
		for _, f := range group {
			if f < 0 || f >= d.Cols {
				return fmt.Errorf("group %d has the input %d: want 0 to %d", g, f, d.Cols-1)
			}
		}
	}
	return nil
}

// dealer holds inputs of which one group at a time is dealt to other rows.
type dealer struct {
	Permutation
	data       Data
	predict    Predict
	x          []float64
	prediction []float64
	order      []int
	plain      float64
	done       int
}

func (m *dealer) loss() float64 {
	m.predict(m.prediction, m.x, m.data.Rows)
	sum := 0.0
	for i, y := range m.data.Y {
		sum += m.Loss(y, m.prediction[i])
	}
	return sum / float64(m.data.Rows)
}

func (m *dealer) group(g int) (Importance, error) {
	rises, rng := make([]float64, m.Repeats), process.Source(m.Seed, "permutation", uint64(g))
	for r := range rises {
		for i := range m.order {
			m.order[i] = i
		}
		rng.Shuffle(len(m.order), func(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] })
		m.deal(m.Groups[g])
		rises[r] = m.loss() - m.plain
		m.done++
		if m.Progress != nil && !m.Progress(m.done, m.Repeats*len(m.Groups)) {
			return Importance{}, ErrStopped
		}
	}
	for i := range m.order {
		m.order[i] = i
	}
	m.deal(m.Groups[g]) // back
	return meanAndError(rises), nil
}

// deal gives row i the group's inputs of row order[i].
func (m *dealer) deal(group []int) {
	cols := m.data.Cols
	for i, from := range m.order {
		for _, f := range group {
			m.x[i*cols+f] = m.data.X[from*cols+f]
		}
	}
}

func meanAndError(x []float64) Importance {
	out, n, sum := Importance{Mean: mean(x)}, float64(len(x)), 0.0
	for _, v := range x {
		sum += (v - out.Mean) * (v - out.Mean)
	}
	out.Error = math.Sqrt(sum / (n - 1) / n)
	return out
}
