// Package netbench measures how fast engines compute neural networks.
package netbench

import (
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// Points is how long the series are that [Quick] measures with.
const Points = 500

// quick is how long each of Quick's measurements takes, about.
const quick = 60 * time.Millisecond

// Speed is how fast an engine is on one core.
type Speed struct {
	GFLOPs float64 // multiplications and additions of a convolution's definition, in 10⁹ a second
	Series float64 // a second, answered by the filter bank in batches of 64
}

// Quick measures an engine within a fraction of a second; one that is slow takes longer.
func Quick(e nn.Engine) (Speed, error) {
	const channels, filters, points, rows = 64, 128, 256, 8
	conv := nn.Spec{
		Input: nn.Input{Channels: channels, Series: true, Length: points},
		Layers: []nn.Layer{
			{Kind: nn.Conv1D, Units: filters, Kernel: 3, Padding: 1}, {Kind: nn.MeanPool},
		},
		Head: nn.Head{Kind: nn.Point},
	}
	seconds, err := predict(e, conv, nn.Size{Rows: rows, Length: points}, quick)
	if err != nil {
		return Speed{}, err
	}
	bank, err := zoo.New(zoo.NameFilterBank, zoo.Options{Length: Points})
	if err != nil {
		return Speed{}, err
	}
	each, err := predict(e, bank, nn.Size{Rows: 64, Length: Points}, quick)
	return Speed{2 * 3 * channels * filters * points * rows / seconds / 1e9, 64 / each}, err
}

// Result is what a network costs on an engine.
type Result struct {
	Network    string  `json:"network"`
	Engine     string  `json:"engine"`
	Parameters int     `json:"parameters"`
	Train      float64 `json:"train_series_per_second"`   // in steps of Adam
	Predict    float64 `json:"predict_series_per_second"` // in batches
	Single     float64 `json:"single_seconds"`            // for a series alone
}

// Job says what is measured: a network of the zoo on an engine.
type Job struct {
	Network string
	Engine  nn.Engine
	Points  int // of the series
	Rows    int // of a batch
	Threads int
	Time    time.Duration // of each measurement, about; the network's first steps come on top
}

// Measure measures a network.
func Measure(j Job) (Result, error) {
	r := Result{Network: j.Network, Engine: j.Engine.Name()}
	spec, err := zoo.New(j.Network, zoo.Options{Length: j.Points})
	if err != nil {
		return r, err
	}
	plan, err := spec.Plan()
	if err != nil {
		return r, err
	}
	r.Parameters = plan.Size
	batch := nn.Size{Rows: j.Rows, Length: j.Points, Threads: j.Threads}
	each, err := predict(j.Engine, spec, batch, j.Time)
	if err != nil {
		return r, fmt.Errorf("predict with %s: %w", j.Network, err)
	}
	r.Predict = float64(j.Rows) / each
	if r.Single, err = predict(j.Engine, spec, nn.Size{Rows: 1, Length: j.Points, Threads: 1}, j.Time); err != nil {
		return r, fmt.Errorf("predict with %s: %w", j.Network, err)
	}
	if r.Train, err = training(j, plan); err != nil {
		return r, fmt.Errorf("train %s: %w", j.Network, err)
	}
	return r, nil
}

// predict returns the seconds that a batch takes.
func predict(e nn.Engine, spec nn.Spec, size nn.Size, long time.Duration) (float64, error) {
	plan, err := spec.Plan()
	if err != nil {
		return 0, err
	}
	p, err := e.NewPredictor(plan, size)
	if err != nil {
		return 0, err
	}
	defer p.Close()
	if err := p.SetWeights(plan.NewWeights(1)); err != nil {
		return 0, err
	}
	b := &nn.Batch{X: make([]float32, size.Rows*size.Length*spec.Input.Channels), Rows: size.Rows, Length: size.Length}
	for i := range b.X {
		b.X[i] = float32(i%7) - 3
	}
	out := make([]float32, size.Rows*plan.Outputs())
	return timed(long, func() error { return p.Predict(out, b) })
}

// timed returns the least seconds that f takes, of as many calls as fit, behind one that does not count.
func timed(long time.Duration, f func() error) (float64, error) {
	if err := f(); err != nil {
		return 0, err
	}
	best := time.Duration(-1)
	for begun := time.Now(); best < 0 || time.Since(begun) < long; {
		at := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		if took := time.Since(at); best < 0 || took < best {
			best = took
		}
	}
	return max(best, 1).Seconds(), nil
}

// training returns the series that a training learns from in a second.
func training(j Job, plan *nn.Plan) (float64, error) {
	const steps, warm = 1 << 20, 2
	source, err := train.Fresh(train.Recipe{Seed: 1, Name: "bench", Lengths: []int{j.Points}})
	if err != nil {
		return 0, err
	}
	var begun time.Time
	done := 0
	_, err = train.Train(train.Job{
		Plan: plan, Engine: j.Engine, Source: source, Threads: j.Threads,
		Config: train.Config{Seed: 1, Steps: steps, Batch: j.Rows},
		Progress: func(e train.Event) bool {
			if e.Step == warm {
				begun = time.Now()
			}
			done = e.Step - warm
			return e.Step <= warm || time.Since(begun) < j.Time
		},
	})
	if err != nil {
		return 0, err
	}
	return float64(done*j.Rows) / time.Since(begun).Seconds(), nil
}
