package onnx_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/nntest"
	"github.com/longmemory/hurst/pkg/onnx"
)

const digests = "testdata/digests.txt"

// TestDigests holds the bytes of all models to those that testdata/check.py ran with onnxruntime 1.32.0
// and onnx 1.23.2: every output was within 1e-4 of the native engine's. Run that again before -update.
func TestDigests(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("elsewhere the compiler may fuse products and sums in the tests' weights")
	}
	var out bytes.Buffer
	for _, c := range append(small(), networks(t)...) {
		fmt.Fprintf(&out, "%x %s\n", sha256.Sum256(setup(t, c).model), c.Name)
	}
	if *update {
		require.NoError(t, os.WriteFile(digests, out.Bytes(), 0o600))
	}
	want, err := os.ReadFile(digests)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

// TestGraphsAreWhole holds what every graph must have: each name is written once, before it is read;
// what is written is read; and each layer's weights are there.
func TestGraphsAreWhole(t *testing.T) {
	t.Parallel()
	for _, c := range append(small(), networks(t)...) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, c)
			m := decode(t, b.model)
			require.EqualValues(t, 8, m.version)
			require.EqualValues(t, 17, m.opset)
			read := map[string]bool{m.graph.output.name: true}
			there := map[string]bool{m.graph.input.name: true}
			for name := range m.graph.initialisers {
				there[name] = true
			}
			for _, n := range m.graph.nodes {
				for _, name := range n.inputs {
					require.True(t, there[name], "%s reads %s", n.name, name)
					read[name] = true
				}
				for _, name := range n.outputs {
					require.False(t, there[name], "%s writes %s again", n.name, name)
					there[name] = true
				}
			}
			require.True(t, there[m.graph.output.name])
			delete(there, m.graph.input.name)
			for name := range there {
				require.True(t, read[name], "nothing reads %s", name)
			}
			require.Equal(t, b.plan.Size+b.plan.StateSize, learned(m.graph)+unused(b.plan))
		})
	}
}

// learned counts the values of weights and moments: all constants but shapes, numbers and sinusoids.
func learned(g graph) int {
	n := 0
	for name, v := range g.initialisers {
		if v.kind == 1 && !strings.HasPrefix(name, "number") {
			n += len(v.data)
		}
	}
	return n
}

// unused counts the rows of tables beyond the series' end, less an LSTM's second biases, which ONNX
// has and a plan has not.
func unused(p *nn.Plan) int {
	count := 0
	for _, n := range p.Nodes {
		directions := 1
		if n.Layer.Both {
			directions = 2
		}
		switch {
		case n.Layer.Kind == nn.Position && n.Layer.Learned:
			count += (n.Layer.Length - n.In.Length) * n.In.Channels
		case n.Layer.Kind == nn.LSTM:
			count -= directions * 4 * n.Layer.Units
		}
	}
	return count
}

func encoded(t testing.TB, s nn.Spec, about map[string]string) model {
	t.Helper()
	p, err := s.Plan()
	require.NoError(t, err)
	data, err := onnx.Encode(p, p.NewWeights(1), about)
	require.NoError(t, err)
	return decode(t, data)
}

func TestPortsSayWhatTheyTake(t *testing.T) {
	t.Parallel()
	mean := []nn.Layer{{Kind: nn.MeanPool}}
	for _, c := range []struct {
		spec     nn.Spec
		in       []any
		out      []any
		name     string
		doc      string
		answered string
	}{
		{nn.Spec{Input: nn.Input{Channels: 7}, Head: nn.Head{Kind: nn.Gaussian}}, []any{"batch", 7}, []any{"batch", 2},
			"features", "vectors of 7 features", "mean, logarithm of the variance"},
		{nn.Spec{Input: nn.Input{Channels: 1, Series: true, Length: 500}, Layers: mean, Head: nn.Head{Kind: nn.Point}},
			[]any{"batch", 500, 1}, []any{"batch", 1}, "series", "series of 500 points of one value, each series less its mean and divided by its standard deviation", "the estimate"},
		{nn.Spec{Input: nn.Input{Channels: 2, Series: true, MinLength: 64}, Layers: mean, Head: nn.Head{Kind: nn.Quantiles, Levels: []float64{0.05, 0.5}}},
			[]any{"batch", "points", 2}, []any{"batch", 2}, "series", "at least 64 points of 2 values", "quantiles 0.05, 0.5"},
	} {
		g := encoded(t, c.spec, nil).graph
		require.Equal(t, c.name, g.input.name)
		require.Equal(t, c.in, g.input.dims)
		require.Contains(t, g.input.doc, c.doc)
		require.Equal(t, string(c.spec.Head.Kind), g.output.name)
		require.Equal(t, c.out, g.output.dims)
		require.Equal(t, c.answered, g.output.doc)
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	series := nn.Spec{Input: nn.Input{Channels: 1, Series: true, MinLength: 64}, Layers: []nn.Layer{{Kind: nn.MeanPool}}, Head: nn.Head{Kind: nn.Point}}
	m := encoded(t, series, map[string]string{"zeta": "last", "alpha": "first", onnx.KeyInput: "logarithms"})
	keys := make([]string, len(m.metadata))
	byKey := map[string]string{}
	for i, e := range m.metadata {
		keys[i], byKey[e[0]] = e[0], e[1]
	}
	require.Equal(t, []string{"alpha", onnx.KeyInput, onnx.KeyMinPoints, onnx.KeyNetwork, onnx.KeyOutputs, "zeta"}, keys)
	require.Equal(t, "64", byKey[onnx.KeyMinPoints])
	require.Equal(t, "logarithms", byKey[onnx.KeyInput])
	back, err := nn.Decode([]byte(byKey[onnx.KeyNetwork]))
	require.NoError(t, err)
	require.Equal(t, series, back)

	features := nn.Spec{Input: nn.Input{Channels: 2}, Head: nn.Head{Kind: nn.Point}}
	m = encoded(t, features, map[string]string{onnx.KeyFeatures: "dfa,whittle"})
	require.True(t, slices.Contains(m.metadata, [2]string{onnx.KeyFeatures, "dfa,whittle"}))
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	p, err := nn.Spec{Input: nn.Input{Channels: 2}, Head: nn.Head{Kind: nn.Point}}.Plan()
	require.NoError(t, err)
	good := p.NewWeights(1)
	bad := good.Clone()
	bad.Params[1] = float32(math.NaN())
	for want, try := range map[string]struct {
		plan    *nn.Plan
		weights nn.Weights
		about   map[string]string
	}{
		"there is no plan": {nil, good, nil},
		"0 weights and 0 moments: the plan has 3 and 0":        {p, nn.Weights{}, nil},
		"value 1 of head.0.dense.weight is NaN: want a finite": {p, bad, nil},
		"the key hurst.outputs is written by Encode":           {p, good, map[string]string{onnx.KeyOutputs: "x"}},
		"a key is empty":          {p, good, map[string]string{"": "x"}},
		`"x": "\xff": want UTF-8`: {p, good, map[string]string{"x": "\xff"}},
		"hurst.features: 3 names, and the network reads vector": {p, good, map[string]string{onnx.KeyFeatures: "a,b,c"}},
	} {
		_, err := onnx.Encode(try.plan, try.weights, try.about)
		require.ErrorContains(t, err, want)
	}
}

func TestEqualNetworksGiveEqualBytes(t *testing.T) {
	t.Parallel()
	about := map[string]string{}
	for i := range 20 {
		about[fmt.Sprint(i)] = "x"
	}
	p := small()[len(nntest.Specs())].Plan(t)
	first, err := onnx.Encode(p, p.NewWeights(3), about)
	require.NoError(t, err)
	for range 5 {
		again, err := onnx.Encode(p, p.NewWeights(3), about)
		require.NoError(t, err)
		require.True(t, bytes.Equal(first, again))
	}
}
