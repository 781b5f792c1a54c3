package graph

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// rows is an operation for gorgonia: row i of its result is row index[i] of its inputs, matrices of
// one width laid one below the other, or zero where the index is negative. It is how windows of
// convolutions are laid out, heads of attention split, and steps of recurrent layers joined.
type rows struct {
	id     int // tells it from the other operations of a graph
	width  int
	counts []int // rows of each input
	index  []int
}

// scattered is the gradient of [rows] for one of its inputs: row index[i] - first of its result is
// the sum of those rows i of its input.
type scattered struct {
	of           *rows
	first, count int
}

func (r *rows) Arity() int           { return len(r.counts) }
func (r *rows) Type() hm.Type        { return matrices(len(r.counts)) }
func (r *rows) ReturnsPtr() bool     { return false }
func (r *rows) CallsExtern() bool    { return false }
func (r *rows) OverwritesInput() int { return -1 }
func (r *rows) String() string       { return fmt.Sprintf("Rows{%d}", r.id) }
func (r *rows) WriteHash(h hash.Hash) {
	fmt.Fprint(h, r.String())
}
func (r *rows) Hashcode() uint32 { return hashOf(r) }

func (r *rows) InferShape(...G.DimSizer) (tensor.Shape, error) {
	return tensor.Shape{len(r.index), r.width}, nil
}

// Do implements [G.Op].
func (r *rows) Do(inputs ...G.Value) (G.Value, error) {
	if len(inputs) != len(r.counts) {
		return nil, fmt.Errorf("rows: %d inputs, want %d", len(inputs), len(r.counts))
	}
	all := make([][]float64, len(inputs))
	for i, in := range inputs {
		data, err := values(in, r.counts[i]*r.width)
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	return matrix(r.copy(all), len(r.index), r.width), nil
}

// DiffWRT implements [G.SDOp].
func (r *rows) DiffWRT(inputs int) []bool {
	all := make([]bool, inputs)
	for i := range all {
		all[i] = true
	}
	return all
}

// SymDiff implements [G.SDOp].
func (r *rows) SymDiff(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) {
	var all G.Nodes
	first := 0
	for _, count := range r.counts {
		n, err := G.ApplyOp(&scattered{r, first, count}, grad)
		if err != nil {
			return nil, err
		}
		all, first = append(all, n), first+count
	}
	return all, nil
}

func (s *scattered) Arity() int           { return 1 }
func (s *scattered) Type() hm.Type        { return matrices(1) }
func (s *scattered) ReturnsPtr() bool     { return false }
func (s *scattered) CallsExtern() bool    { return false }
func (s *scattered) OverwritesInput() int { return -1 }
func (s *scattered) String() string       { return fmt.Sprintf("Scattered{%d, %d}", s.of.id, s.first) }
func (s *scattered) WriteHash(h hash.Hash) {
	fmt.Fprint(h, s.String())
}
func (s *scattered) Hashcode() uint32 { return hashOf(s) }

func (s *scattered) InferShape(...G.DimSizer) (tensor.Shape, error) {
	return tensor.Shape{s.count, s.of.width}, nil
}

// Do implements [G.Op].
func (s *scattered) Do(inputs ...G.Value) (G.Value, error) {
	if len(inputs) != 1 {
		return nil, fmt.Errorf("rows: %d gradients, want 1", len(inputs))
	}
	width := s.of.width
	src, err := values(inputs[0], len(s.of.index)*width)
	if err != nil {
		return nil, err
	}
	dst := make([]float64, s.count*width)
	for i, at := range s.of.index {
		if at -= s.first; at < 0 || at >= s.count {
			continue
		}
		row := dst[at*width:][:width]
		for j, v := range src[i*width:][:width] {
			row[j] += v
		}
	}
	return matrix(dst, s.count, width), nil
}

// copy lays the rows out. Indices mostly rise, so that the input of the last row is looked at first.
func (r *rows) copy(inputs [][]float64) []float64 {
	dst := make([]float64, len(r.index)*r.width)
	input, first := 0, 0
	for i, at := range r.index {
		if at < 0 {
			continue
		}
		for at < first {
			input--
			first -= r.counts[input]
		}
		for at >= first+r.counts[input] {
			first += r.counts[input]
			input++
		}
		copy(dst[i*r.width:][:r.width], inputs[input][(at-first)*r.width:])
	}
	return dst
}

// values returns the n values of a matrix in order of rows.
func values(v G.Value, n int) ([]float64, error) {
	d, ok := v.(*tensor.Dense)
	if !ok || d.RequiresIterator() || !d.DataOrder().IsRowMajor() {
		return nil, fmt.Errorf("rows: a %T of %v is not a matrix row by row", v, v.Shape())
	}
	data, ok := d.Data().([]float64)
	if !ok || len(data) != n {
		return nil, fmt.Errorf("rows: a %T of %v does not hold %d values", v, v.Shape(), n)
	}
	return data, nil
}

func matrix(data []float64, rows, width int) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, width), tensor.WithBacking(data))
}

// matrices is the type of a function from n matrices to one.
func matrices(n int) hm.Type {
	of := make([]hm.Type, n+1)
	for i := range of {
		of[i] = G.TensorType{Dims: 2, Of: hm.TypeVariable('a')}
	}
	return hm.NewFnType(of...)
}

func hashOf(op G.Op) uint32 {
	h := fnv.New32a()
	op.WriteHash(h)
	return h.Sum32()
}
