package mixture_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/mixture"
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/process"
)

// example is one series as a gate sees it.
type example struct {
	evidence, fine []float32
	h              float64
}

// draw makes series of five kinds.
func draw(t *testing.T, count int, stage string) []example {
	t.Helper()
	const n = 128
	chains := []string{"", "trend(size=3)", "shift(at=0.5, size=2)", "seasonality(fraction=0.125, size=1)", "outliers"}
	r, all := mixture.New(n), make([]example, count)
	for i := range all {
		h := 0.1 + 0.8*process.Source(7, stage, uint64(i)).Float64()
		o, err := r.Read(series(t, n, h, chains[i%len(chains)], uint64(i)+uint64(len(stage))<<32))
		require.NoError(t, err)
		all[i] = example{append([]float32(nil), o.Evidence...), append([]float32(nil), o.Fine...), h}
	}
	return all
}

// standardise makes evidence small numbers, by what it is in training.
func standardise(train []example, all ...[]example) {
	for k := range train[0].evidence {
		var sum, squares float64
		for _, e := range train {
			sum += float64(e.evidence[k])
			squares += float64(e.evidence[k]) * float64(e.evidence[k])
		}
		mean := sum / float64(len(train))
		sd := math.Sqrt(max(squares/float64(len(train))-mean*mean, 1e-6))
		for _, some := range all {
			for _, e := range some {
				e.evidence[k] = float32(max(-3, min(3, (float64(e.evidence[k])-mean)/sd)))
			}
		}
	}
}

// gateNetwork is a small network whose head has an output for each of a gate's.
func gateNetwork(t *testing.T, rows int) (*nn.Plan, nn.Trainer) {
	t.Helper()
	levels := make([]float64, mixture.GateOutputs())
	for i := range levels {
		levels[i] = float64(i+1) / float64(len(levels)+1)
	}
	plan, err := nn.Spec{
		Input:  nn.Input{Channels: len(mixture.Evidence())},
		Layers: []nn.Layer{{Kind: nn.Dense, Units: 48}, {Kind: nn.GELU}, {Kind: nn.Dense, Units: 24}, {Kind: nn.GELU}},
		Head:   nn.Head{Kind: nn.Quantiles, Levels: levels},
	}.Plan()
	require.NoError(t, err)
	trainer, err := native.New(native.Options{}).NewTrainer(plan, nn.Size{Rows: rows, Length: 1})
	require.NoError(t, err)
	return plan, trainer
}

// A gate learns on 1,000 series to take the right expert: on others, its error is less than two thirds
// of that of equal weights. With this seed it is a third.
func TestGateLearns(t *testing.T) {
	t.Parallel()
	const rows, steps = 100, 150
	train, test := draw(t, 1000, "train"), draw(t, 500, "a test")
	standardise(train, train, test)
	plan, trainer := gateNetwork(t, rows)
	defer trainer.Close()
	w, g, set := plan.NewWeights(1), mixture.NewGate(), kernel.Best()
	out, gradients := make([]float32, rows*plan.Outputs()), make([]float32, rows*plan.Outputs())
	gradient, first, second := make([]float32, plan.Size), make([]float32, plan.Size), make([]float32, plan.Size)
	for step := range steps {
		some := train[step*rows%len(train):][:rows]
		require.NoError(t, trainer.Forward(out, w, batch(some), nn.Pass{Step: uint64(step)}))
		for i, e := range some {
			at := i * plan.Outputs()
			g.LoadFine(out[at:at+plan.Outputs()], e.fine)
			g.Backward(gradients[at:at+plan.Outputs()], e.h)
		}
		require.NoError(t, trainer.Backward(gradient, gradients))
		set.Adam(w.Params, first, second, gradient, kernel.AdamStep{
			Rate: 2e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Clip: 1.0 / rows,
			Correct1: float32(1 / (1 - math.Pow(0.9, float64(step+1)))), Correct2: float32(1 / (1 - math.Pow(0.999, float64(step+1)))),
		})
	}
	var learned, equal float64
	zero := make([]float32, plan.Outputs())
	for from := 0; from < len(test); from += rows {
		some := test[from:][:rows]
		require.NoError(t, trainer.Forward(out, w, batch(some), nn.Pass{}))
		for i, e := range some {
			learned += missed(g, out[i*plan.Outputs():][:plan.Outputs()], e) / float64(len(test))
			equal += missed(g, zero, e) / float64(len(test))
		}
	}
	t.Logf("mean absolute error %.4f, with equal weights %.4f", learned, equal)
	require.Less(t, learned, equal*2/3)
}

func batch(some []example) *nn.Batch {
	b := &nn.Batch{Rows: len(some), Length: 1}
	for _, e := range some {
		b.X = append(b.X, e.evidence...)
	}
	return b
}

// missed returns how far a gate's median is from H.
func missed(g *mixture.Gate, out []float32, e example) float64 {
	g.LoadFine(out, e.fine)
	return math.Abs(mixture.Quantile(g.Posterior(), 0.5, 0.1, 0.9) - e.h)
}
