package mlp_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/mlp"
)

// curve is a smooth function of three inputs on unlike scales, with a fourth that does not matter.
func curve(seed uint64, rows int) (x, y []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for range rows {
		a, b, c := rng.NormFloat64(), rng.Float64(), rng.NormFloat64()
		x = append(x, a, 1000*b, 5+1e-3*c, 7)
		y = append(y, 100+10*math.Sin(a)+5*b*b+c)
	}
	return x, y
}

func spec() mlp.Spec { return mlp.Spec{Inputs: 4, Hidden: []int{16, 8}, Activation: "gelu"} }

func mae(n *mlp.Network, x, y []float64) float64 {
	p := make([]float64, len(y))
	n.NewPredictor().Predict(p, x, len(y))
	sum := 0.0
	for i := range p {
		sum += math.Abs(p[i]-y[i]) / float64(len(y))
	}
	return sum
}

func TestTrainLearnsACurve(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 2000)
	vx, vy := curve(2, 500)
	for _, activation := range []string{"relu", "gelu"} {
		s := spec()
		s.Activation = activation
		var last mlp.Progress
		n, err := mlp.Train(s, mlp.Config{Seed: 1, Epochs: 40, Batch: 32, LearningRate: 0.01}, x, y, vx, vy,
			func(p mlp.Progress) bool { last = p; return true })
		require.NoError(t, err)
		require.NoError(t, n.Validate())
		require.Equal(t, 40, last.Epoch)
		require.Less(t, mae(n, vx, vy), 0.3, activation) // a constant has 5.9
		require.LessOrEqual(t, mae(n, vx, vy), last.Validation+1e-12)
	}
}

func TestSameSeedSameBits(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 301)
	train := func(seed uint64) *mlp.Network {
		n, err := mlp.Train(spec(), mlp.Config{Seed: seed, Epochs: 3, Batch: 50}, x, y, x, y, nil)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, train(1), train(1))
	require.NotEqual(t, train(1), train(2))
}

func TestResumeEndsWithTheSameBits(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 301)
	vx, vy := curve(2, 100)
	cfg := mlp.Config{Seed: 3, Epochs: 8, Batch: 50, LearningRate: 0.01, WeightDecay: 0.01, Patience: 8}
	var saved [][]byte
	want, err := mlp.Train(spec(), cfg, x, y, vx, vy, func(p mlp.Progress) bool {
		b, err := json.Marshal(p.State())
		require.NoError(t, err)
		saved = append(saved, b)
		return true
	})
	require.NoError(t, err)
	require.Len(t, saved, 8)
	for _, b := range saved {
		var s mlp.State
		require.NoError(t, json.Unmarshal(b, &s))
		resumed := cfg
		resumed.Resume = &s
		got, err := mlp.Train(spec(), resumed, x, y, vx, vy, nil)
		require.NoError(t, err)
		require.Equal(t, want, got, "from epoch %d", s.Epoch)
	}
}

func TestResumeRefusesAnotherTraining(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 100)
	var s mlp.State
	cfg := mlp.Config{Epochs: 2}
	_, err := mlp.Train(spec(), cfg, x, y, x, y, func(p mlp.Progress) bool { s = p.State(); return false })
	require.NoError(t, err)
	for text, change := range map[string]func(*mlp.State, *mlp.Spec, *mlp.Config){
		"of the network":    func(_ *mlp.State, p *mlp.Spec, _ *mlp.Config) { p.Activation = "relu" },
		"it was made with":  func(_ *mlp.State, _ *mlp.Spec, c *mlp.Config) { c.Seed = 9 },
		"epoch 3":           func(s *mlp.State, _ *mlp.Spec, _ *mlp.Config) { s.Epoch = 3 },
		"parameters, not":   func(s *mlp.State, _ *mlp.Spec, _ *mlp.Config) { s.Second = nil },
		"not finite":        func(s *mlp.State, _ *mlp.Spec, _ *mlp.Config) { s.Best[3] = float32(math.NaN()) },
		"negative":          func(s *mlp.State, _ *mlp.Spec, _ *mlp.Config) { s.Second[0] = -1 },
		"5 updates":         func(s *mlp.State, _ *mlp.Spec, _ *mlp.Config) { s.Step = 5 },
		"epoch 1, step -1,": func(s *mlp.State, _ *mlp.Spec, _ *mlp.Config) { s.Step = -1 },
	} {
		b, err := json.Marshal(s)
		require.NoError(t, err)
		var state mlp.State
		require.NoError(t, json.Unmarshal(b, &state))
		sp, c := spec(), cfg
		change(&state, &sp, &c)
		c.Resume = &state
		_, err = mlp.Train(sp, c, x, y, x, y, nil)
		require.ErrorContains(t, err, text)
	}
}

func TestEarlyStoppingKeepsTheBest(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 40) // few rows: it overfits
	vx, vy := curve(2, 400)
	best, epochs := math.Inf(1), 0
	n, err := mlp.Train(spec(), mlp.Config{Epochs: 400, Batch: 8, LearningRate: 0.02, Patience: 10}, x, y, vx, vy, func(p mlp.Progress) bool {
		best = min(best, p.Validation)
		epochs = p.Epoch
		return true
	})
	require.NoError(t, err)
	require.Less(t, epochs, 400)
	require.InDelta(t, best, mae(n, vx, vy), 1e-9)
}

func TestProgressCanStop(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 100)
	calls := 0
	n, err := mlp.Train(spec(), mlp.Config{}, x, y, nil, nil, func(p mlp.Progress) bool { calls++; return p.Epoch < 3 })
	require.NoError(t, err)
	require.Equal(t, 3, calls)
	require.NoError(t, n.Validate())
}

// A row's prediction does not depend on the rows beside it.
func TestPredictionsDoNotDependOnTheBatch(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 200)
	n, err := mlp.Train(spec(), mlp.Config{Epochs: 1}, x, y, nil, nil, nil)
	require.NoError(t, err)
	p := n.NewPredictor()
	all, one := make([]float64, 200), make([]float64, 1)
	p.Predict(all, x, 200)
	for i := range all {
		p.Predict(one, x[4*i:4*i+4], 1)
		require.Equal(t, all[i], one[0])
	}
	p.Predict(one, []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300}, 1)
	require.False(t, math.IsNaN(one[0]) || math.IsInf(one[0], 0))
}

func TestPredictAllocatesNothing(t *testing.T) {
	x, y := curve(1, 100)
	n, err := mlp.Train(spec(), mlp.Config{Epochs: 1}, x, y, nil, nil, nil)
	require.NoError(t, err)
	p := n.NewPredictor()
	require.Zero(t, testing.AllocsPerRun(10, func() { p.Predict(y, x, 100) }))
}

func TestBadArgumentsAreNamed(t *testing.T) {
	t.Parallel()
	x, y := curve(1, 10)
	nan := append([]float64(nil), x...)
	nan[5] = math.NaN()
	huge := append([]float64(nil), y...)
	huge[0] = 1e300
	for text, f := range map[string]func() error{
		"inputs: 0":                      func() error { return mlp.Spec{Activation: "relu"}.Validate() },
		"hidden[1]: width -1":            func() error { return mlp.Spec{Inputs: 1, Hidden: []int{1, -1}, Activation: "relu"}.Validate() },
		`activation: "tanh"`:             func() error { return mlp.Spec{Inputs: 1, Activation: "tanh"}.Validate() },
		"hidden: 17 layers":              func() error { return mlp.Spec{Inputs: 1, Hidden: make([]int, 17), Activation: "relu"}.Validate() },
		"parameters: want":               func() error { return mlp.Spec{Inputs: 1, Hidden: []int{16384, 16384}, Activation: "relu"}.Validate() },
		"epochs: -1":                     func() error { return train(mlp.Config{Epochs: -1}, x, y) },
		"batch: 70000":                   func() error { return train(mlp.Config{Batch: 70000}, x, y) },
		"learning_rate: NaN":             func() error { return train(mlp.Config{LearningRate: math.NaN()}, x, y) },
		"weight_decay: -1":               func() error { return train(mlp.Config{WeightDecay: -1}, x, y) },
		"patience: 3 needs":              func() error { return train(mlp.Config{Patience: 3}, x, y) },
		"no rows":                        func() error { return train(mlp.Config{}, nil, nil) },
		"39 inputs for 10 rows of 4":     func() error { return train(mlp.Config{}, x[1:], y) },
		"input 1 of row 1 is NaN":        func() error { return train(mlp.Config{}, nan, y) },
		"too large for float32":          func() error { return train(mlp.Config{}, x, huge) },
		"validation data: 40 inputs for": func() error { _, err := mlp.Train(spec(), mlp.Config{}, x, y, x, nil, nil); return err },
	} {
		require.ErrorContains(t, f(), text)
	}
}

func train(cfg mlp.Config, x, y []float64) error {
	_, err := mlp.Train(spec(), cfg, x, y, nil, nil, nil)
	return err
}

func TestConstantTargetsAndSingleRows(t *testing.T) {
	t.Parallel()
	n, err := mlp.Train(spec(), mlp.Config{Epochs: 5}, []float64{1, 2, 3, 4}, []float64{0.5}, nil, nil, nil)
	require.NoError(t, err)
	require.InDelta(t, 0.5, 0.5+mae(n, []float64{1, 2, 3, 4}, []float64{0.5}), 0.2)
}

func FuzzNetworkFromJSON(f *testing.F) {
	x, y := curve(1, 10)
	n, err := mlp.Train(mlp.Spec{Inputs: 4, Activation: "relu"}, mlp.Config{Epochs: 1}, x, y, nil, nil, nil)
	require.NoError(f, err)
	b, err := json.Marshal(n)
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(`{"spec":{"inputs":65536,"hidden":[16384],"activation":"relu"}}`))
	f.Add([]byte(`{"spec":{"inputs":1,"activation":"gelu"},"mean":[0],"scale":[1],"weights":[{"name":"dense0.weight","shape":[1,1],"data":[1]},{"name":"dense0.bias","shape":[1],"data":[]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var n mlp.Network
		if json.Unmarshal(b, &n) != nil || n.Validate() != nil {
			return
		}
		n.NewPredictor().Predict(make([]float64, 1), make([]float64, n.Spec.Inputs), 1)
	})
}

func BenchmarkTrainEpoch(b *testing.B) {
	for _, activation := range []string{"relu", "gelu"} {
		b.Run(fmt.Sprintf("%s/rows=20000/net=28-64-32-1", activation), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			x, y := make([]float64, 20_000*28), make([]float64, 20_000)
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			for i := range y {
				y[i] = x[28*i] + x[28*i+1]*x[28*i+2]
			}
			s := mlp.Spec{Inputs: 28, Hidden: []int{64, 32}, Activation: activation}
			for b.Loop() {
				if _, err := mlp.Train(s, mlp.Config{Epochs: 1}, x, y, nil, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPredict(b *testing.B) {
	for _, rows := range []int{1, 256} {
		b.Run(fmt.Sprintf("rows=%d/net=4-16-8-1", rows), func(b *testing.B) {
			x, y := curve(1, rows)
			n, err := mlp.Train(spec(), mlp.Config{Epochs: 1}, x, y, nil, nil, nil)
			require.NoError(b, err)
			p := n.NewPredictor()
			b.ReportAllocs()
			for b.Loop() {
				p.Predict(y, x, rows)
			}
		})
	}
}
