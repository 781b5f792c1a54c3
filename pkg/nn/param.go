package nn

import (
	"math"
	"math/rand/v2"
)

// Init says how a tensor begins.
type Init struct {
	Kind string  `json:"kind"` // "zeros", "ones", "constant", "uniform" or "normal"
	A    float64 `json:"a"`    // the constant, the bound of the uniform, the normal's deviation
}

// How tensors begin that do not depend on their size.
var (
	Zeros = Init{Kind: "zeros"}
	Ones  = Init{Kind: "ones"}
)

// fan returns the usual start of a matrix that sums over n values: uniform within ±1/√n, as PyTorch
// has it for linear, convolutional and recurrent layers.
func fan(n int) Init { return Init{"uniform", 1 / math.Sqrt(float64(n))} }

// tensors returns a layer's parameters, without their places; see [Param].
func (l Layer) tensors(in Shape) []Param {
	C := in.Channels
	matrix := func(name string, init Init, shape ...int) Param {
		return Param{Name: name, Shape: shape, Init: init, Decays: true}
	}
	vector := func(name string, init Init, n int) Param { return Param{Name: name, Shape: []int{n}, Init: init} }
	switch l.Kind {
	case Conv1D:
		init := fan(l.Kernel * C)
		return l.biased(matrix("weight", init, l.Kernel, C, l.Units), vector("bias", init, l.Units))
	case Dense:
		return l.biased(matrix("weight", fan(C), C, l.Units), vector("bias", fan(C), l.Units))
	case BatchNorm, LayerNorm:
		return []Param{vector("gain", Ones, C), vector("bias", Zeros, C)}
	case PReLU:
		return []Param{vector("slope", Init{"constant", 0.25}, C)}
	case AttentionPool:
		return []Param{vector("query", Zeros, C)}
	case Attention:
		glorot := Init{"uniform", math.Sqrt(6 / float64(4*C))}
		return []Param{
			matrix("qkv.weight", glorot, C, 3*C), vector("qkv.bias", Zeros, 3*C),
			matrix("out.weight", fan(C), C, C), vector("out.bias", Zeros, C),
		}
	case Position:
		if l.Learned {
			return []Param{{Name: "table", Shape: []int{l.Length, C}, Init: Init{"normal", 0.1}}}
		}
	case LSTM, GRU:
		return l.recurrent(matrix, vector, C)
	}
	return nil
}

func (l Layer) biased(weight, bias Param) []Param {
	if l.NoBias {
		return []Param{weight}
	}
	return []Param{weight, bias}
}

func (l Layer) recurrent(matrix func(string, Init, ...int) Param, vector func(string, Init, int) Param, in int) []Param {
	gates, init := 4*l.Units, fan(l.Units)
	if l.Kind == GRU {
		gates = 3 * l.Units
	}
	var all []Param
	for _, direction := range []string{"", "backward."}[:1+count(l.Both)] {
		all = append(all, matrix(direction+"weight", init, in, gates), matrix(direction+"recurrent", init, l.Units, gates),
			vector(direction+"bias", init, gates))
		if l.Kind == GRU {
			all = append(all, vector(direction+"recurrent_bias", init, gates))
		}
	}
	return all
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Weights are a network's values: the learned vector and the running moments.
type Weights struct {
	Params []float32 // Plan.Size
	State  []float32 // Plan.StateSize
}

// NewWeights draws the weights that a training begins with. Equal seeds give equal weights.
func (p *Plan) NewWeights(seed uint64) Weights {
	w := Weights{make([]float32, p.Size), make([]float32, p.StateSize)}
	for i, t := range p.Params {
		t.Init.fill(t.Of(w.Params), rand.New(rand.NewPCG(seed, uint64(i))))
	}
	for _, t := range p.State {
		t.Init.fill(t.Of(w.State), nil)
	}
	return w
}

func (k Init) fill(dst []float32, rng *rand.Rand) {
	for i := range dst {
		switch k.Kind {
		case "ones":
			dst[i] = 1
		case "constant":
			dst[i] = float32(k.A)
		case "uniform":
			dst[i] = float32(k.A * (2*rng.Float64() - 1))
		case "normal":
			dst[i] = float32(k.A * rng.NormFloat64())
		}
	}
}

// Clone returns weights of its own.
func (w Weights) Clone() Weights {
	return Weights{append([]float32(nil), w.Params...), append([]float32(nil), w.State...)}
}
