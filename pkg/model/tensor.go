package model

import (
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/safetensors"
)

// Tensor is an array of a model's weights. Bytes are weights that are no array, in a form that the
// learner knows.
type Tensor = safetensors.Tensor

func encodeTensors(tensors []Tensor) ([]byte, error) { return safetensors.Encode(tensors, nil) }

func decodeTensors(file []byte) ([]Tensor, error) {
	tensors, _, err := safetensors.Decode(file)
	return tensors, err
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
		if t.DType() != w.DType() || !slices.Equal(t.Shape, w.Shape) {
			return nil, fmt.Errorf("tensor %q is %s %v: want %s %v", w.Name, t.DType(), t.Shape, w.DType(), w.Shape)
		}
		found[w.Name] = t
	}
	return found, nil
}
