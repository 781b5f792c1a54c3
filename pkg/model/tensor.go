package model

import (
	"fmt"
	"slices"
)

// Tensor is an array of weights: float32, float64 or bytes, whichever slice is not nil.
type Tensor struct {
	Name  string
	Shape []int // each at least 1
	F32   []float32
	F64   []float64
	U8    []byte // weights that are no array, in a form that the learner knows
}

func (t Tensor) dtype() string {
	switch {
	case t.F64 != nil:
		return "F64"
	case t.U8 != nil:
		return "U8"
	}
	return "F32"
}

// width returns the bytes of an element.
func (t Tensor) width() int {
	switch {
	case t.F64 != nil:
		return 8
	case t.U8 != nil:
		return 1
	}
	return 4
}

func (t Tensor) len() int { return len(t.F64) + len(t.F32) + len(t.U8) }

// kinds returns how many of the slices are there.
func (t Tensor) kinds() int {
	n := 0
	for _, there := range []bool{t.F64 != nil, t.F32 != nil, t.U8 != nil} {
		if there {
			n++
		}
	}
	return n
}

// check tells whether the shape fits the values and every value is finite.
func (t Tensor) check() error {
	n, err := elements(t.Shape)
	if err != nil {
		return fmt.Errorf("tensor %q: %w", t.Name, err)
	}
	if t.Name == "" || len(t.Name) > maxTensorName {
		return fmt.Errorf("tensor %.20q: want a name of 1 to %d bytes", t.Name, maxTensorName)
	}
	if n != t.len() || t.kinds() > 1 {
		return fmt.Errorf("tensor %q: shape %v does not fit %d values", t.Name, t.Shape, t.len())
	}
	for i, v := range t.F32 {
		if !finite(float64(v)) {
			return fmt.Errorf("tensor %q: value %d is %v", t.Name, i, v)
		}
	}
	for i, v := range t.F64 {
		if !finite(v) {
			return fmt.Errorf("tensor %q: value %d is %v", t.Name, i, v)
		}
	}
	return nil
}

// elements returns how many values a shape holds.
func elements(shape []int) (int, error) {
	if len(shape) == 0 || len(shape) > maxRank {
		return 0, fmt.Errorf("%d dimensions: want 1 to %d", len(shape), maxRank)
	}
	n := 1
	for _, d := range shape {
		if d < 1 || d > maxWeights/n {
			return 0, fmt.Errorf("shape %v: want 1 to %d values", shape, maxWeights)
		}
		n *= d
	}
	return n, nil
}

// pick returns the tensors by name if they are exactly those wanted, in name, type and shape.
func pick(tensors, want []Tensor) (map[string]Tensor, error) {
	if len(tensors) != len(want) {
		return nil, fmt.Errorf("%d tensors: want %d", len(tensors), len(want))
	}
	found := make(map[string]Tensor, len(want))
	for _, w := range want {
		i := slices.IndexFunc(tensors, func(t Tensor) bool { return t.Name == w.Name })
		if i < 0 {
			return nil, fmt.Errorf("tensor %q is missing", w.Name)
		}
		t := tensors[i]
		if t.dtype() != w.dtype() || !slices.Equal(t.Shape, w.Shape) {
			return nil, fmt.Errorf("tensor %q is %s %v: want %s %v", w.Name, t.dtype(), t.Shape, w.dtype(), w.Shape)
		}
		found[w.Name] = t
	}
	return found, nil
}
