// Package mlp trains small dense networks for regression and predicts with them, in plain Go and
// float32. It is the portable engine: same seed, same data, same bits. A sum is always taken in the
// same order and no multiplication is fused with an addition, so neither the size of a batch nor
// the processor changes a result.
package mlp

import (
	"errors"
	"fmt"
	"math"
)

// Spec describes a dense network with one output.
type Spec struct {
	Inputs     int    `json:"inputs"`
	Hidden     []int  `json:"hidden"`     // widths of the hidden layers; none: a linear model
	Activation string `json:"activation"` // after each hidden layer: "relu" or "gelu"
}

// Limits of a Spec, which may come from outside.
const (
	MaxInputs     = 65_536
	MaxLayers     = 16
	MaxWidth      = 16_384
	MaxParameters = 64 << 20
)

// Validate tells what is wrong with the spec.
func (s Spec) Validate() error {
	if s.Inputs < 1 || s.Inputs > MaxInputs {
		return fmt.Errorf("inputs: %d is outside 1 to %d", s.Inputs, MaxInputs)
	}
	if len(s.Hidden) > MaxLayers {
		return fmt.Errorf("hidden: %d layers: want at most %d", len(s.Hidden), MaxLayers)
	}
	for i, w := range s.Hidden {
		if w < 1 || w > MaxWidth {
			return fmt.Errorf("hidden[%d]: width %d is outside 1 to %d", i, w, MaxWidth)
		}
	}
	if s.Activation != "relu" && s.Activation != "gelu" {
		return fmt.Errorf("activation: %q is neither relu nor gelu", s.Activation)
	}
	if p := s.Parameters(); p > MaxParameters {
		return fmt.Errorf("hidden: the network would have %d parameters: want at most %d", p, MaxParameters)
	}
	return nil
}

// Parameters returns how many weights and biases the network has.
func (s Spec) Parameters() int {
	total := 0
	for _, d := range s.layers() {
		total += d.in*d.out + d.out
	}
	return total
}

// dense is the shape of a layer, and where its weights (out rows of in) and biases start among the
// network's parameters.
type dense struct{ in, out, weight, bias int }

func (s Spec) layers() []dense {
	var all []dense
	in, at := s.Inputs, 0
	for i := range len(s.Hidden) + 1 {
		out := 1
		if i < len(s.Hidden) {
			out = s.Hidden[i]
		}
		all = append(all, dense{in, out, at, at + in*out})
		at += in*out + out
		in = out
	}
	return all
}

// Network is a trained network.
type Network struct {
	Spec    Spec      `json:"spec"`
	Mean    []float64 `json:"mean"`  // of each input in the training data
	Scale   []float64 `json:"scale"` // standard deviation of each input; 1 for a constant one
	Weights []Tensor  `json:"weights"`
}

// Tensor is a named array, its last dimension contiguous.
type Tensor struct {
	Name  string    `json:"name"`
	Shape []int     `json:"shape"`
	Data  []float32 `json:"data"`
}

// Validate tells what is wrong with a network that came from outside: after it, predicting cannot
// fail.
func (n *Network) Validate() error {
	if err := n.Spec.Validate(); err != nil {
		return fmt.Errorf("spec: %w", err)
	}
	if len(n.Mean) != n.Spec.Inputs || len(n.Scale) != n.Spec.Inputs {
		return fmt.Errorf("mean and scale have %d and %d values: want %d", len(n.Mean), len(n.Scale), n.Spec.Inputs)
	}
	for i := range n.Mean {
		if !finite(n.Mean[i]) || !finite(n.Scale[i]) || n.Scale[i] <= 0 {
			return fmt.Errorf("input %d has mean %v and scale %v: want finite ones and the scale positive", i, n.Mean[i], n.Scale[i])
		}
	}
	return checkTensors(n.Weights, n.Spec)
}

func checkTensors(got []Tensor, spec Spec) error {
	want := tensors(spec, nil)
	if len(got) != len(want) {
		return fmt.Errorf("network has %d tensors: want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		size := 1
		for _, d := range w.Shape {
			size *= d
		}
		switch {
		case g.Name != w.Name:
			return fmt.Errorf("tensor %d is %q: want %q", i, g.Name, w.Name)
		case fmt.Sprint(g.Shape) != fmt.Sprint(w.Shape):
			return fmt.Errorf("tensor %s has shape %v: want %v", w.Name, g.Shape, w.Shape)
		case len(g.Data) != size:
			return fmt.Errorf("tensor %s has %d values: want %d", w.Name, len(g.Data), size)
		}
		if err := checkFinite(g.Data); err != nil {
			return fmt.Errorf("tensor %s: %w", w.Name, err)
		}
	}
	return nil
}

var errNotFinite = errors.New("has a value that is not finite")

func checkFinite(v []float32) error {
	for _, x := range v {
		if !finite(float64(x)) {
			return errNotFinite
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// tensors names the parts of a network's parameters. With nil, it gives names and shapes only.
func tensors(spec Spec, params []float32) []Tensor {
	var all []Tensor
	add := func(name string, from int, shape ...int) {
		t := Tensor{Name: name, Shape: shape}
		if params != nil {
			size := 1
			for _, d := range shape {
				size *= d
			}
			t.Data = params[from : from+size : from+size]
		}
		all = append(all, t)
	}
	for i, d := range spec.layers() {
		add(fmt.Sprintf("dense%d.weight", i), d.weight, d.out, d.in)
		add(fmt.Sprintf("dense%d.bias", i), d.bias, d.out)
	}
	return all
}
