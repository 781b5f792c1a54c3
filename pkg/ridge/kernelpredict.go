package ridge

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/gram"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// Check tells what is wrong with a model, which may come from a stranger.
func (m *KernelModel) Check() error {
	cols, n := len(m.Mean), len(m.Weights)
	if cols < 1 || cols > MaxKernelInputs || n < 1 || n > MaxLandmarks || len(m.Scale) != cols || len(m.Vectors) != n*cols {
		return fmt.Errorf("%d means, %d scales, %d weights and %d values of vectors do not fit together",
			cols, len(m.Scale), n, len(m.Vectors))
	}
	for i := range m.Mean {
		if !finite(m.Mean[i]) || !finite(m.Scale[i]) || m.Scale[i] <= 0 {
			return fmt.Errorf("input %d: mean %v, scale %v", i, m.Mean[i], m.Scale[i])
		}
	}
	for i, v := range m.Vectors {
		if !finite(float64(v)) {
			return fmt.Errorf("vector %d: value %d is %v", i/cols, i%cols, v)
		}
	}
	for i, v := range m.Weights {
		if !finite(v) {
			return fmt.Errorf("weight %d is %v", i, v)
		}
	}
	if !finite(m.Bias) {
		return fmt.Errorf("bias %v", m.Bias)
	}
	return m.function().Check()
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func (m *KernelModel) function() gram.Function {
	return gram.Function{Kernel: m.Kernel, Gamma: m.Gamma, Coef0: m.Coef0, Degree: m.Degree}
}

// KernelPredictor computes a model's predictions. It holds buffers of its own: for concurrent use,
// make one for each goroutine.
type KernelPredictor struct {
	model   *KernelModel
	set     kernel.Set
	vectors *gram.Rows
	row     []float32
	queries []float32
	values  []float32
	wide    []float64
}

// predictRows is how many rows a predictor computes at once.
const predictRows = 32

// NewPredictor returns a predictor for a model, which must be valid and must not change. It panics
// where [KernelModel.Check] would fail.
func (m *KernelModel) NewPredictor() *KernelPredictor {
	if err := m.Check(); err != nil {
		panic("ridge: " + err.Error())
	}
	n, cols := len(m.Weights), len(m.Mean)
	vectors := gram.NewRows(m.function(), m.Vectors, n, cols)
	return &KernelPredictor{
		model: m, set: kernel.Best(), vectors: vectors, row: make([]float32, cols),
		queries: make([]float32, predictRows*vectors.Width()), values: make([]float32, predictRows*n),
		wide: make([]float64, n),
	}
}

// Predict writes the predictions for rows of inputs, stored one after the other in x, to dst. An
// input that is not a number is taken for its mean, and one that is further from it than ten standard
// deviations for one at that distance. It allocates nothing, and panics if a length does not match.
func (p *KernelPredictor) Predict(dst, x []float64, rows int) {
	cols := len(p.model.Mean)
	if len(dst) != rows || len(x) != rows*cols {
		panic(fmt.Sprintf("ridge: %d values and %d inputs for %d rows of %d", len(dst), len(x), rows, cols))
	}
	for at := 0; at < rows; at += predictRows {
		n := min(predictRows, rows-at)
		p.block(dst[at:][:n], x[at*cols:][:n*cols])
	}
}

func (p *KernelPredictor) block(dst, x []float64) {
	m, cols, n, width := p.model, len(p.model.Mean), len(p.model.Weights), p.vectors.Width()
	for i := range dst {
		gram.Standardise(p.row, x[i*cols:][:cols], m.Mean, m.Scale)
		p.vectors.Query(p.queries[i*width:][:width], p.row)
	}
	p.vectors.Values(p.values, p.queries, len(dst))
	for i := range dst {
		p.set.Widen(p.wide, p.values[i*n:][:n])
		dst[i] = m.Bias + p.set.DotDouble(p.wide, m.Weights)
	}
}
