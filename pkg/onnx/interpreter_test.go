package onnx_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// TestModelsComputeWhatNetworksDo runs models with the small interpreter below, in double precision, and
// compares with the native engine. The interpreter follows the text of ONNX's operator specification,
// and testdata/check.py shows that onnxruntime gives the same. Tolerance: 2e-5 of the largest output;
// single precision gives up to 7e-6 here.
func TestModelsComputeWhatNetworksDo(t *testing.T) {
	t.Parallel()
	for _, c := range small() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, c)
			g := decode(t, b.model).graph
			for _, in := range b.batches() {
				dims := []int{in.Rows, in.Length, c.Spec.Input.Channels}
				if !c.Spec.Input.Series {
					dims = []int{in.Rows, c.Spec.Input.Channels}
				}
				got, want := g.run(t, tensor{dims: dims, data: widen(in.X)}), predict(t, b, in)
				require.Equal(t, []int{in.Rows, b.plan.Outputs()}, got.dims)
				limit := 2e-5 * max(largest(want), 1e-3)
				for i, v := range want {
					require.InDelta(t, v, got.data[i], limit, "output %d of %v", i, dims)
				}
			}
		})
	}
}

// TestEveryKindIsComputed holds that the cases above have all kinds of layers and heads.
func TestEveryKindIsComputed(t *testing.T) {
	t.Parallel()
	kinds, heads := map[nn.Kind]bool{}, map[nn.HeadKind]bool{}
	for _, c := range small() {
		heads[c.Spec.Head.Kind] = true
		for _, n := range c.Plan(t).Nodes {
			kinds[n.Layer.Kind] = true
		}
	}
	require.Len(t, heads, 3)
	for _, k := range []nn.Kind{nn.Conv1D, nn.Dense, nn.BatchNorm, nn.LayerNorm, nn.ReLU, nn.GELU, nn.PReLU, nn.Sigmoid, nn.Tanh,
		nn.Square, nn.Log, nn.Dropout, nn.MaxPool, nn.AvgPool, nn.MeanPool, nn.AttentionPool, nn.LastPoint, nn.Flatten,
		nn.Attention, nn.Position, nn.LSTM, nn.GRU, nn.Residual, nn.Parallel} {
		require.True(t, kinds[k], k)
	}
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func largest(x []float32) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(float64(v)))
	}
	return m
}

// run returns what the graph gives for an input.
func (g graph) run(t testing.TB, in tensor) tensor {
	t.Helper()
	named := map[string]tensor{g.input.name: in}
	for name, v := range g.initialisers {
		named[name] = v
	}
	for _, n := range g.nodes {
		args := make([]tensor, len(n.inputs))
		for i, name := range n.inputs {
			args[i] = named[name]
		}
		for i, v := range n.compute(args) {
			require.Len(t, v.data, size(v.dims), n.name)
			named[n.outputs[i]] = v
		}
	}
	return named[g.output.name]
}

// compute returns what a node gives.
func (n node) compute(in []tensor) []tensor {
	x := in[0]
	switch n.op {
	case "Split":
		return n.split(x)
	case "LSTM", "GRU":
		return []tensor{n.recurrent(in)}
	case "Add", "Mul", "Sum", "PRelu":
		for _, y := range in[1:] {
			x = broadcast(x, y, pairwise(n.op))
		}
		return []tensor{x}
	case "Relu", "Sigmoid", "Tanh", "Log", "Sin":
		y := tensor{x.kind, x.dims, slices.Clone(x.data)}
		for i, v := range y.data {
			y.data[i] = single(n.op)(v)
		}
		return []tensor{y}
	}
	return []tensor{n.tensor(in)}
}

func (n node) tensor(in []tensor) tensor {
	x := in[0]
	switch n.op {
	case "Conv":
		return n.conv(in)
	case "MaxPool", "AveragePool":
		return n.pool(x)
	case "Gemm", "MatMul":
		y := product(x, in[1])
		if len(in) == 3 {
			y = broadcast(y, in[2], pairwise("Add"))
		}
		return y
	case "BatchNormalization":
		return n.batchNorm(in)
	case "LayerNormalization":
		return n.layerNorm(in)
	case "Softmax":
		return n.softmax(x)
	case "ReduceMean":
		return reduce(x, n.lists["axes"][0], true)
	case "ReduceSum":
		return reduce(x, int(in[1].data[0]), false)
	case "Gather":
		return gather(x, n.integers["axis"], int(in[1].data[0]))
	case "Concat":
		return concat(in, n.integers["axis"])
	}
	return n.shaped(in)
}

// shaped are operations that change shapes alone, or make them.
func (n node) shaped(in []tensor) tensor {
	x := in[0]
	switch n.op {
	case "Transpose":
		return transpose(x, n.lists["perm"])
	case "Flatten":
		return tensor{x.kind, []int{x.dims[0], len(x.data) / x.dims[0]}, x.data}
	case "Reshape":
		dims := make([]int, len(in[1].data))
		for i, d := range in[1].data {
			if dims[i] = int(d); d == 0 {
				dims[i] = x.dims[i]
			}
		}
		return tensor{x.kind, dims, x.data}
	case "Squeeze":
		at := int(in[1].data[0])
		return tensor{x.kind, slices.Delete(slices.Clone(x.dims), at, at+1), x.data}
	case "Unsqueeze":
		return tensor{x.kind, slices.Insert(slices.Clone(x.dims), int(in[1].data[0]), 1), x.data}
	case "Shape":
		y := tensor{dims: []int{len(x.dims)}}
		for _, d := range x.dims {
			y.data = append(y.data, float64(d))
		}
		return y
	case "Range":
		var y tensor
		for v := x.data[0]; v < in[1].data[0]; v += in[2].data[0] {
			y.data = append(y.data, v)
		}
		y.dims = []int{len(y.data)}
		return y
	case "Cast":
		return x
	}
	panic(fmt.Sprintf("the interpreter has no operation %s", n.op))
}

func pairwise(op string) func(a, b float64) float64 {
	switch op {
	case "Mul":
		return func(a, b float64) float64 { return a * b }
	case "PRelu":
		return func(a, b float64) float64 { return max(a, 0) + b*min(a, 0) }
	}
	return func(a, b float64) float64 { return a + b }
}

func single(op string) func(float64) float64 {
	switch op {
	case "Relu":
		return func(v float64) float64 { return max(v, 0) }
	case "Sigmoid":
		return logistic
	case "Tanh":
		return math.Tanh
	case "Log":
		return math.Log
	}
	return math.Sin
}

func logistic(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
