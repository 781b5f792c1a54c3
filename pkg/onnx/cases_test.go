package onnx_test

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/nntest"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/pkg/onnx"
)

var (
	update = flag.Bool("update", false, "write testdata/digests.txt anew")
	write  = flag.String("write", "", "a folder for the models, inputs and outputs that testdata/check.py reads")
)

// bundle is a case, laid out and encoded.
type bundle struct {
	nntest.Case
	plan    *nn.Plan
	weights nn.Weights
	model   []byte
}

func setup(t testing.TB, c nntest.Case) bundle {
	t.Helper()
	p := c.Plan(t)
	b := bundle{Case: c, plan: p, weights: nntest.Weights(p, 5)}
	var err error
	b.model, err = onnx.Encode(p, b.weights, map[string]string{"case": c.Name})
	require.NoError(t, err)
	return b
}

// small are the suite's cases and some of ours, for what the order of dimensions can be between layers.
func small() []nntest.Case {
	type layers = []nn.Layer
	kind := func(k nn.Kind) nn.Layer { return nn.Layer{Kind: k} }
	lstm, gru := nn.Layer{Kind: nn.LSTM, Units: 3, Both: true}, nn.Layer{Kind: nn.GRU, Units: 4}
	conv, dense := nn.Layer{Kind: nn.Conv1D, Units: 4, Kernel: 3, Padding: 1}, nn.Layer{Kind: nn.Dense, Units: 4}
	branches := func(k nn.Kind, b ...layers) nn.Layer { return nn.Layer{Kind: k, Branches: b} }
	all := nntest.Specs()
	add := func(name string, l ...nn.Layer) {
		in := nn.Input{Channels: 2, Series: true, MinLength: 4}
		all = append(all, nntest.Case{Name: "onnx " + name, Rows: 4, Lengths: []int{9, 4, 12, 9},
			Spec: nn.Spec{Input: in, Layers: l, Head: nn.Head{Kind: nn.Gaussian}}})
	}
	add("recurrent, then pointwise", gru, kind(nn.PReLU), kind(nn.LayerNorm), dense, kind(nn.GELU), kind(nn.AttentionPool))
	add("recurrent, then batch norm", lstm, kind(nn.BatchNorm), kind(nn.PReLU), gru, kind(nn.LastPoint))
	add("recurrent, then attention", gru, kind(nn.Position), nn.Layer{Kind: nn.Attention, Heads: 2}, kind(nn.MeanPool))
	add("recurrent beside convolution", branches(nn.Residual, layers{gru}, layers{conv}, layers{dense}), kind(nn.MeanPool))
	add("branches in three orders", branches(nn.Parallel, layers{conv}, layers{lstm}, layers{}, layers{dense}), kind(nn.LastPoint))
	add("convolution, then pools", conv, branches(nn.Parallel, layers{kind(nn.LastPoint)}, layers{kind(nn.AttentionPool)},
		layers{kind(nn.MeanPool)}), kind(nn.PReLU))
	add("one branch", branches(nn.Residual, layers{conv}), branches(nn.Parallel, layers{}), kind(nn.MeanPool))
	add("dense without bias on points", conv, nn.Layer{Kind: nn.Dense, Units: 3, NoBias: true}, kind(nn.MeanPool))
	all = append(all, nntest.Case{Name: "onnx positions of late points", Rows: 1, Lengths: []int{200_000},
		Spec: nn.Spec{Input: nn.Input{Channels: 4, Series: true, MinLength: 1}, Layers: layers{kind(nn.Position), kind(nn.LastPoint)},
			Head: nn.Head{Kind: nn.Point}}})
	return all
}

// networks are those of the zoo: for one length, and for any where they can.
func networks(t testing.TB) []nntest.Case {
	t.Helper()
	var all []nntest.Case
	add := func(name string, o zoo.Options, lengths ...int) {
		spec, err := zoo.New(name, o)
		require.NoError(t, err)
		all = append(all, nntest.Case{Name: fmt.Sprintf("zoo %s %d", name, o.Length), Spec: spec, Rows: 3, Lengths: lengths})
	}
	for _, name := range zoo.Names() {
		switch name {
		case zoo.NameMLP:
			add(name, zoo.Options{Features: 29})
		case zoo.NameFeedForward:
			add(name, zoo.Options{Length: 500})
		default:
			add(name, zoo.Options{Length: 500})
			add(name, zoo.Options{}, 64, 301, 777)
		}
	}
	return all
}

// predict returns what the native engine answers for a batch.
func predict(t testing.TB, b bundle, in *nn.Batch) []float32 {
	t.Helper()
	p, err := native.New(native.Options{}).NewPredictor(b.plan, nn.Size{Rows: in.Rows, Length: in.Length})
	require.NoError(t, err)
	defer p.Close()
	require.NoError(t, p.SetWeights(b.weights))
	out := make([]float32, in.Rows*b.plan.Outputs())
	require.NoError(t, p.Predict(out, in))
	return out
}

// batches are the case's series, those of one length in a batch each, as a model takes them.
func (b bundle) batches() []*nn.Batch {
	all := b.Batch(b.Rows, 7)
	if all.Lengths == nil {
		return []*nn.Batch{all}
	}
	width := len(all.X) / all.Rows
	byLength := map[int]*nn.Batch{}
	var order []*nn.Batch
	for i, n := range all.Lengths {
		one := byLength[n]
		if one == nil {
			one = &nn.Batch{Length: n}
			byLength[n], order = one, append(order, one)
		}
		one.X = append(one.X, all.X[i*width:][:n*b.Spec.Input.Channels]...)
		one.Rows++
	}
	return order
}

// stored is how testdata/check.py finds a batch; see there.
type stored struct {
	Name   string `json:"name"`
	Model  string `json:"model"`
	Input  string `json:"input"`
	Shape  []int  `json:"shape"`
	Output string `json:"output"`
	Width  int    `json:"width"`
}

// TestWrite stores models with inputs and the native engine's outputs where -write says.
func TestWrite(t *testing.T) {
	t.Parallel()
	if *write == "" {
		t.Skip("give -write and a folder to store what testdata/check.py reads")
	}
	var index []stored
	for i, c := range append(small(), networks(t)...) {
		b := setup(t, c)
		model := fmt.Sprintf("%03d.onnx", i)
		save(t, model, b.model)
		for j, in := range b.batches() {
			s := stored{c.Name, model, fmt.Sprintf("%03d.%d.in", i, j), []int{in.Rows, in.Length, c.Spec.Input.Channels},
				fmt.Sprintf("%03d.%d.out", i, j), b.plan.Outputs()}
			if !c.Spec.Input.Series {
				s.Shape = []int{in.Rows, c.Spec.Input.Channels}
			}
			save(t, s.Input, little(in.X))
			save(t, s.Output, little(predict(t, b, in)))
			index = append(index, s)
		}
	}
	data, err := json.MarshalIndent(index, "", " ")
	require.NoError(t, err)
	save(t, "index.json", data)
}

func save(t testing.TB, name string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(*write, name), data, 0o600))
}

func little(x []float32) []byte {
	var raw []byte
	for _, v := range x {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}
