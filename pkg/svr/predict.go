package svr

import "fmt"

// Predictor computes a model's predictions. It holds buffers of its own: for concurrent use, make
// one for each goroutine.
type Predictor struct {
	model   *Model
	vectors *dense
	rows    []float32
	squares []float32
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
	c := Config{Kernel: m.Kernel, Gamma: m.Gamma, Coef0: m.Coef0, Degree: m.Degree}
	p := &Predictor{
		model: m, vectors: newDense(c.function(), nil, 0, cols, m.Mean, m.Scale),
		rows: make([]float32, blockRows*cols), squares: make([]float32, blockRows), values: make([]float32, blockRows*n),
	}
	p.vectors.n, p.vectors.across, p.vectors.square = n, make([]float32, n*cols), make([]float32, n)
	for i := range n {
		p.vectors.put(i, m.Vectors[i*cols:][:cols])
	}
	return p
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
	m, cols, n := p.model, len(p.model.Mean), len(p.model.Weights)
	for i := range dst {
		row := p.rows[i*cols:][:cols]
		standardise(row, x[i*cols:][:cols], m.Mean, m.Scale)
		sum := 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		p.squares[i] = float32(sum)
	}
	if n > 0 {
		p.vectors.kernels(p.values, p.rows, p.squares, len(dst))
	}
	for i := range dst {
		sum := m.Bias
		for j, v := range p.values[i*n:][:n] {
			sum += float64(m.Weights[j]) * float64(v)
		}
		dst[i] = sum
	}
}
