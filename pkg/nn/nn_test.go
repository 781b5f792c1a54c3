package nn_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// every has each kind of layer once or more.
func every() nn.Spec {
	block := []nn.Layer{{Kind: nn.Attention, Heads: 2}, {Kind: nn.Dropout, Rate: 0.1}}
	return nn.Spec{
		Input: nn.Input{Channels: 1, Series: true, Length: 100},
		Layers: []nn.Layer{
			{Kind: nn.Conv1D, Units: 8, Kernel: 5, Stride: 2, Padding: 2, NoBias: true}, // 50×8
			{Kind: nn.BatchNorm}, {Kind: nn.ReLU}, {Kind: nn.MaxPool, Kernel: 2}, // 25×8
			{Kind: nn.Position, Length: 30, Learned: true}, {Kind: nn.Position},
			{Kind: nn.Residual, Branches: [][]nn.Layer{block, {}}}, {Kind: nn.LayerNorm},
			{Kind: nn.AvgPool, Kernel: 3, Stride: 2}, // 12×8
			{Kind: nn.LSTM, Units: 5, Both: true}, {Kind: nn.GRU, Units: 6}, {Kind: nn.PReLU},
			{Kind: nn.Parallel, Branches: [][]nn.Layer{
				{{Kind: nn.Conv1D, Units: 4, Kernel: 3, Dilation: 2}, {Kind: nn.Square}, {Kind: nn.MeanPool}, {Kind: nn.Log}}, // 4
				{{Kind: nn.AttentionPool}, {Kind: nn.Tanh}}, // 6
				{{Kind: nn.LastPoint}, {Kind: nn.Sigmoid}},  // 6
				{{Kind: nn.Flatten}},                        // 72
			}},
			{Kind: nn.Dense, Units: 16}, {Kind: nn.GELU},
		},
		Head: nn.Head{Kind: nn.Quantiles, Levels: []float64{0.05, 0.5, 0.95}},
	}
}

func TestPlanInfersShapesAndPlaces(t *testing.T) {
	t.Parallel()
	p, err := every().Plan()
	require.NoError(t, err)
	want := map[string]string{
		"0.conv1d": "50×8", "3.max_pool": "25×8", "6.residual": "25×8", "8.avg_pool": "12×8", "9.lstm": "12×10", "10.gru": "12×6",
		"12.0.0.conv1d": "8×4", "12.3.0.flatten": "72", "12.parallel": "88", "13.dense": "16", "head.0.dense": "3",
	}
	for _, n := range p.Nodes {
		if w, ok := want[n.Name]; ok {
			require.Equal(t, w, n.Out.String(), n.Name)
			delete(want, n.Name)
		}
	}
	require.Empty(t, want)
	at := 0
	for _, param := range p.Params {
		require.Equal(t, at, param.Offset, param.Name)
		at += param.Len()
	}
	require.Equal(t, p.Size, at)
	require.Equal(t, 16, p.StateSize)
	require.Equal(t, 3, p.Outputs())
	for i, n := range p.Nodes {
		for _, in := range n.Inputs {
			require.Less(t, in, i)
		}
	}
}

func TestParameterCountsByHand(t *testing.T) {
	t.Parallel()
	count := func(in nn.Input, layers ...nn.Layer) int {
		p, err := nn.Spec{Input: in, Layers: layers, Head: nn.Head{Kind: nn.Point}}.Plan()
		require.NoError(t, err)
		return p.Size - p.Nodes[len(p.Nodes)-1].In.Channels - 1 // without the head
	}
	series := nn.Input{Channels: 3, Series: true, MinLength: 64}
	pool := nn.Layer{Kind: nn.MeanPool}
	require.Equal(t, 5*3*7+7, count(series, nn.Layer{Kind: nn.Conv1D, Units: 7, Kernel: 5}, pool))
	// As PyTorch counts nn.LSTM(3, 7) less one of its two biases, and nn.GRU(3, 7).
	require.Equal(t, 4*7*(3+7+1), count(series, nn.Layer{Kind: nn.LSTM, Units: 7}, pool))
	require.Equal(t, 2*3*7*(3+7+2), count(series, nn.Layer{Kind: nn.GRU, Units: 7, Both: true}, pool))
	require.Equal(t, 4*3*3+4*3, count(series, nn.Layer{Kind: nn.Attention, Heads: 3}, pool))
	require.Equal(t, 6+3+3, count(series, nn.Layer{Kind: nn.BatchNorm}, nn.Layer{Kind: nn.PReLU}, nn.Layer{Kind: nn.AttentionPool}))
}

func TestWeightsAreDrawnBySeed(t *testing.T) {
	t.Parallel()
	p, err := every().Plan()
	require.NoError(t, err)
	w := p.NewWeights(7)
	require.Equal(t, w, p.NewWeights(7))
	require.NotEqual(t, w, p.NewWeights(8))
	for _, param := range p.Params {
		v := param.Of(w.Params)
		switch param.Name {
		case "1.batch_norm.gain":
			require.Equal(t, []float32{1, 1, 1, 1, 1, 1, 1, 1}, v)
		case "0.conv1d.weight": // within ±1/√5, and not all alike
			low, high := v[0], v[0]
			for _, x := range v {
				low, high = min(low, x), max(high, x)
			}
			require.InDelta(t, 1/math.Sqrt(5), high, 0.12)
			require.InDelta(t, -1/math.Sqrt(5), low, 0.12)
		}
	}
	require.Equal(t, float32(1), w.State[8])
}

func TestTable(t *testing.T) {
	t.Parallel()
	p, err := nn.Spec{
		Input:  nn.Input{Channels: 1, Series: true, MinLength: 64},
		Layers: []nn.Layer{{Kind: nn.Conv1D, Units: 16, Kernel: 9, Dilation: 4}, {Kind: nn.ReLU}, {Kind: nn.MeanPool}, {Kind: nn.Dropout, Rate: 0.2}},
		Head:   nn.Head{Kind: nn.Gaussian},
	}.Plan()
	require.NoError(t, err)
	require.Equal(t, ""+
		"layer         settings              output  parameters\n"+
		"input                               T×1     \n"+
		"0.conv1d      kernel 9, dilation 4  T×16    160\n"+
		"1.relu                              T×16    \n"+
		"2.mean_pool                         16      \n"+
		"3.dropout     rate 0.2              16      \n"+
		"head.0.dense                        2       34\n"+
		"total                               2       194\n", p.Table())
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	series := nn.Input{Channels: 1, Series: true, MinLength: 64}
	point := nn.Head{Kind: nn.Point}
	layers := func(l ...nn.Layer) nn.Spec { return nn.Spec{Input: series, Layers: l, Head: point} }
	for text, s := range map[string]nn.Spec{
		"input: channels: 0":                   {Head: point},
		"a vector has no length":               {Input: nn.Input{Channels: 1, Length: 5}, Head: point},
		"want one of them":                     {Input: nn.Input{Channels: 1, Series: true}, Head: point},
		"length -1":                            {Input: nn.Input{Channels: 1, Series: true, Length: -1}, Head: point},
		"pool it, or flatten it":               layers(),
		`no kind of layer "gru2"`:              layers(nn.Layer{Kind: "gru2"}),
		"units: 0: want 1 to":                  layers(nn.Layer{Kind: nn.Dense}),
		"layer 0.relu: it has no units":        layers(nn.Layer{Kind: nn.ReLU, Units: 3}),
		"kernel: 0":                            layers(nn.Layer{Kind: nn.MaxPool}),
		"rate: NaN":                            layers(nn.Layer{Kind: nn.Dropout, Rate: math.NaN()}),
		"rate: 1: want 0 to 0.95":              layers(nn.Layer{Kind: nn.Dropout, Rate: 1}),
		"padding: 3 with a window of 3":        layers(nn.Layer{Kind: nn.Conv1D, Units: 1, Kernel: 3, Padding: 3}),
		"a window of 65 points":                layers(nn.Layer{Kind: nn.Conv1D, Units: 1, Kernel: 33, Dilation: 2}),
		"flatten needs a series of fixed":      layers(nn.Layer{Kind: nn.Flatten}),
		"cannot be split into 2 heads":         layers(nn.Layer{Kind: nn.Attention, Heads: 2}),
		"table of 9 rows for T×1":              layers(nn.Layer{Kind: nn.Position, Learned: true, Length: 9}),
		"length: 0: want 1":                    layers(nn.Layer{Kind: nn.Position, Learned: true}),
		"reads a sequence, and here is":        layers(nn.Layer{Kind: nn.MeanPool}, nn.Layer{Kind: nn.Conv1D, Units: 1, Kernel: 1}),
		"branches: 0":                          layers(nn.Layer{Kind: nn.Residual}),
		"branch 0 gives T×4 and branch 1 T×1":  layers(nn.Layer{Kind: nn.Residual, Branches: [][]nn.Layer{{{Kind: nn.Dense, Units: 4}}, {}}}),
		"more than 8 deep":                     layers(nested(10)),
		"no kind of head":                      {Input: series, Layers: []nn.Layer{{Kind: nn.MeanPool}}},
		"only a point has it":                  {Input: series, Layers: []nn.Layer{{Kind: nn.MeanPool}}, Head: nn.Head{Kind: nn.Gaussian, Sigmoid: true}},
		"levels: 0 for a head":                 {Input: series, Layers: []nn.Layer{{Kind: nn.MeanPool}}, Head: nn.Head{Kind: nn.Quantiles}},
		"want rising values":                   {Input: series, Layers: []nn.Layer{{Kind: nn.MeanPool}}, Head: nn.Head{Kind: nn.Quantiles, Levels: []float64{0.5, 0.5}}},
		"parameters, at most":                  {Input: nn.Input{Channels: 60000}, Layers: []nn.Layer{{Kind: nn.Dense, Units: 8000}}, Head: point},
		"layer 0.parallel: 65600 channels, at": layers(nn.Layer{Kind: nn.MeanPool}, wide()),
	} {
		err := s.Validate()
		if text == "branch 0 gives T×4 and branch 1 T×1" {
			text = "branch 0 gives T×4 and branch 1 gives T×1"
		}
		if strings.HasPrefix(text, "layer 0.parallel") {
			text = "layer 1.parallel: 65600 channels, at"
		}
		require.ErrorContains(t, err, text)
	}
}

func nested(depth int) nn.Layer {
	l := nn.Layer{Kind: nn.ReLU}
	for range depth {
		l = nn.Layer{Kind: nn.Residual, Branches: [][]nn.Layer{{l}}}
	}
	return l
}

func wide() nn.Layer {
	l := nn.Layer{Kind: nn.Parallel}
	for range 41 {
		l.Branches = append(l.Branches, []nn.Layer{{Kind: nn.Dense, Units: 1600}})
	}
	return l
}

func TestSpecSurvivesJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(every())
	require.NoError(t, err)
	got, err := nn.Decode(data)
	require.NoError(t, err)
	a, err := every().Plan()
	require.NoError(t, err)
	b, err := got.Plan()
	require.NoError(t, err)
	require.Equal(t, a.Table(), b.Table())
}

func TestMask(t *testing.T) {
	t.Parallel()
	pass := nn.Pass{Seed: 1, Step: 2}
	const n = 100_003
	a, b := make([]float32, n), make([]float32, n)
	pass.Mask(a, 0.2, 3, 4)
	pass.Mask(b, 0.2, 3, 4)
	require.Equal(t, a, b)
	dropped := 0
	for _, v := range a {
		if v == 0 {
			dropped++
		} else {
			require.Equal(t, float32(1.25), v)
		}
	}
	require.InDelta(t, 0.2, float64(dropped)/n, 5*math.Sqrt(0.16/n)) // 5 standard errors
	for _, other := range []func(){
		func() { nn.Pass{Seed: 2, Step: 2}.Mask(b, 0.2, 3, 4) }, func() { nn.Pass{Seed: 1, Step: 3}.Mask(b, 0.2, 3, 4) },
		func() { pass.Mask(b, 0.2, 4, 4) }, func() { pass.Mask(b, 0.2, 3, 5) },
	} {
		other()
		same := 0
		for i := range a {
			if a[i] == b[i] {
				same++
			}
		}
		require.InDelta(t, 0.68, float64(same)/n, 0.01) // independent: 0.8² + 0.2²
	}
}

func FuzzDecode(f *testing.F) {
	data, err := json.Marshal(every())
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"input":{"channels":1,"series":true,"min_length":64},"layers":[{"kind":"residual","branches":[[],[]]},{"kind":"mean_pool"}],"head":{"kind":"point"}}`))
	f.Add([]byte(`{"input":{"channels":65536},"layers":[{"kind":"dense","units":8192},{"kind":"dense","units":8192}],"head":{"kind":"gaussian"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := nn.Decode(data)
		if err != nil {
			return
		}
		p, err := s.Plan()
		require.NoError(t, err)
		require.LessOrEqual(t, p.Size, nn.MaxParameters)
		require.NotEmpty(t, p.Table())
		for _, n := range p.Nodes {
			require.Positive(t, n.Out.Channels)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	dst := make([]float32, 16_000)
	b.SetBytes(int64(4 * len(dst)))
	for b.Loop() {
		nn.Pass{}.Mask(dst, 0.2, 1, 1)
	}
}
