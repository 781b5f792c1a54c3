package tree_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/tree"
)

// synthetic returns rows of inputs of which five matter, in products and steps, and targets with
// noise of a tenth. tools/bench/peers/learners.py makes the same.
func synthetic(stage string, rows, cols int) tree.Data {
	rng := process.Source(1, stage, 0)
	d := tree.Data{X: make([]float64, rows*cols), Y: make([]float64, rows), Rows: rows, Cols: cols}
	for i := range d.X {
		d.X[i] = rng.NormFloat64()
	}
	for i := range d.Y {
		x := d.X[i*cols:]
		d.Y[i] = math.Tanh(x[0]) + 0.5*x[1]*x[2] + 0.3*math.Abs(x[3]) + 0.1*rng.NormFloat64()
		if x[4] > 0.5 {
			d.Y[i] += 0.5
		}
	}
	return d
}

func BenchmarkBoost(b *testing.B) {
	for _, rows := range []int{2000, 20_000} {
		d := synthetic("train", rows, 70)
		depth3 := tree.Boost{Trees: 100, LearningRate: 0.1, MaxDepth: 3, Workers: 1}
		leaves := tree.DefaultBoost()
		leaves.Workers = 1
		for name, cfg := range map[string]tree.Boost{"depth=3": depth3, "leaves=31": leaves} {
			b.Run(fmt.Sprintf("%s/rows=%d/cols=70", name, rows), func(b *testing.B) {
				for b.Loop() {
					if _, err := cfg.Fit(d, tree.Data{}, tree.Watch{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkForest(b *testing.B) {
	for _, rows := range []int{2000, 20_000} {
		d := synthetic("train", rows, 70)
		sqrt, extra, all := tree.DefaultForest(), tree.DefaultExtra(), tree.DefaultForest()
		all.MaxFeatures = tree.All
		for name, cfg := range map[string]tree.Forest{"sqrt": sqrt, "all": all, "extra": extra} {
			cfg.Workers = 1
			b.Run(fmt.Sprintf("%s/rows=%d/cols=70", name, rows), func(b *testing.B) {
				for b.Loop() {
					if _, err := cfg.Fit(d, tree.Watch{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	for _, rows := range []int{2000, 20_000} {
		d := synthetic("train", rows, 70)
		forest, _ := tree.DefaultForest().Fit(d, tree.Watch{})
		boost, _ := tree.DefaultBoost().Fit(d, tree.Data{}, tree.Watch{})
		for name, m := range map[string]*tree.Model{"forest": forest, "boost": boost} {
			test := synthetic("test", 2000, 70)
			for _, n := range []int{1, 2000} {
				dst := make([]float64, n)
				i := 0
				b.Run(fmt.Sprintf("%s/trained=%d/rows=%d", name, rows, n), func(b *testing.B) {
					for b.Loop() {
						i = (i + 1) % (2001 - n)
						m.Predict(dst, test.X[i*70:(i+n)*70], n)
					}
				})
			}
			dst, mse := make([]float64, 2000), 0.0
			m.Predict(dst, test.X, 2000)
			for i, y := range test.Y {
				mse += (y - dst[i]) * (y - dst[i]) / 2000
			}
			b.Logf("%s trained on %d: RMSE %.4f, nodes %d", name, rows, math.Sqrt(mse), m.Nodes())
		}
	}
}
