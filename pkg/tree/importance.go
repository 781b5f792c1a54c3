package tree

import (
	"errors"
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

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

// Predictor is any model of inputs in rows.
type Predictor interface {
	Predict(dst, x []float64, rows int)
}

// Permutation returns the importance of each input: by how much the mean absolute error on the data
// rises when the input's values are dealt to other rows, in the mean of some repeats (Fisher, Rudin,
// Dominici, JMLR 20(177), 2019). Data that the model was not fitted to tell what it has learnt; those
// that it was tell what it has memorised as well.
func Permutation(p Predictor, d Data, repeats int, seed uint64, w Watch) ([]float64, error) {
	if err := errors.Join(whole("number of repeats", repeats, 1, 10_000), d.check()); err != nil {
		return nil, fmt.Errorf("permutation importance: %w", err)
	}
	x := append([]float64(nil), d.X...)
	prediction := make([]float64, d.Rows)
	loss := func() float64 {
		p.Predict(prediction, x, d.Rows)
		sum := 0.0
		for i, y := range d.Y {
			sum += math.Abs(y - prediction[i])
		}
		return sum / float64(d.Rows)
	}
	plain, out := loss(), make([]float64, d.Cols)
	rng := process.Source(seed, "permutation", 0)
	for f := range out {
		rng.Reset(seed, "permutation", uint64(f))
		for range repeats {
			if w.stopped() {
				return nil, fmt.Errorf("permutation importance: %w", ErrStopped)
			}
			rng.Shuffle(d.Rows, func(i, j int) {
				a, b := i*d.Cols+f, j*d.Cols+f
				x[a], x[b] = x[b], x[a]
			})
			out[f] += (loss() - plain) / float64(repeats)
		}
		for i := f; i < len(x); i += d.Cols {
			x[i] = d.X[i]
		}
	}
	return out, nil
}
