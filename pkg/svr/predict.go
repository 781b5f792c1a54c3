package svr

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/gram"
)

// Predictor computes a model's predictions. It holds buffers of its own: for concurrent use, make
// one for each goroutine.
type Predictor struct {
	model   *Model
	vectors *gram.Rows
	row     []float32
	queries []float32
	values  []float32
}

// blockRows is how many rows a predictor computes at once.
const blockRows = 32

// NewPredictor returns a predictor for a model, which must be valid and must not change. It panics
// where [Model.Check] would fail.
func (m *Model) NewPredictor() *Predictor {
	if err := m.Check(); err != nil {
		panic("svr: " + err.Error())
	}
	n, cols := len(m.Weights), len(m.Mean)
	vectors := gram.NewRows(m.function(), m.Vectors, n, cols)
	return &Predictor{
		model: m, vectors: vectors, row: make([]float32, cols),
		queries: make([]float32, blockRows*vectors.Width()), values: make([]float32, blockRows*n),
	}
}

// Predict writes the predictions for rows of inputs, stored one after the other in x, to dst. It
// allocates nothing, and panics if a length does not match.
func (p *Predictor) Predict(dst, x []float64, rows int) {
	cols := len(p.model.Mean)
	if len(dst) != rows || len(x) != rows*cols {
		panic(fmt.Sprintf("svr: %d values and %d inputs for %d rows of %d", len(dst), len(x), rows, cols))
	}
	for at := 0; at < rows; at += blockRows {
		n := min(blockRows, rows-at)
		p.block(dst[at:][:n], x[at*cols:][:n*cols])
	}
}

func (p *Predictor) block(dst, x []float64) {
	m, cols, n, width := p.model, len(p.model.Mean), len(p.model.Weights), p.vectors.Width()
	for i := range dst {
		gram.Standardise(p.row, x[i*cols:][:cols], m.Mean, m.Scale)
		p.vectors.Query(p.queries[i*width:][:width], p.row)
	}
	p.vectors.Values(p.values, p.queries, len(dst))
	for i := range dst {
		sum := m.Bias
		for j, v := range p.values[i*n:][:n] {
			sum += float64(float64(m.Weights[j]) * float64(v))
		}
		dst[i] = sum
	}
}
