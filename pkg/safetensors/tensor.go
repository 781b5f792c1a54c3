// Package safetensors reads and writes arrays of numbers in the safetensors format: eight bytes with the
// little-endian length of a JSON header, the header (for each tensor its type, shape and place), then
// the values. Files may come from strangers: sizes are bounded, values must fill the file without
// overlap or gap, and be finite.
//
// https://huggingface.co/docs/safetensors/index#format
package safetensors

import (
	"fmt"
	"math"
)

// Tensor is an array: of float32, float64 or bytes, whichever slice is not nil.
type Tensor struct {
	Name  string
	Shape []int // each at least 1
	F32   []float32
	F64   []float64
	U8    []byte
}

// DType names the values' type as the format does: F32, F64 or U8.
func (t Tensor) DType() string {
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
	if t.Name == "" || len(t.Name) > MaxName {
		return fmt.Errorf("tensor %.20q: want a name of 1 to %d bytes", t.Name, MaxName)
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
	if len(shape) == 0 || len(shape) > MaxRank {
		return 0, fmt.Errorf("%d dimensions: want 1 to %d", len(shape), MaxRank)
	}
	n := 1
	for _, d := range shape {
		if d < 1 || d > MaxValues/n {
			return 0, fmt.Errorf("shape %v: want 1 to %d values", shape, MaxValues)
		}
		n *= d
	}
	return n, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
