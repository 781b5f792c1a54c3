package main

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// jobSpec is the reference's job: a network trained on a few series that never change.
type jobSpec struct {
	Training   int     `json:"training"`   // series
	Validation int     `json:"validation"` // series that say which weights to keep
	Test       int     `json:"test"`       // series that nothing was learned from
	Batch      int     `json:"batch"`
	Epochs     int     `json:"epochs"`
	Patience   int     `json:"patience"` // epochs without a better error before stopping; 0: no limit
	Rate       float64 `json:"rate"`
	Warmup     int     `json:"warmup"` // steps
	Slice      float64 `json:"slice"`  // least part of a series that is learned from at a time
	Dropout    float64 `json:"dropout"`
	Seed       uint64  `json:"seed"`
}

// job times the training, data ready in memory. It leaves the data.
func (w *worker) job(q question) (answer, error) {
	j := q.Job
	rows := j.Training + j.Validation + j.Test
	x, y, err := noise(fmt.Sprint("job/", j.Seed), rows, q.N)
	if err != nil {
		return answer{}, err
	}
	for name, values := range map[string][]float32{"job.x": x, "job.y": y} {
		if err := w.write(name, values); err != nil {
			return answer{}, err
		}
	}
	source := func(from, count int) (train.Source, error) {
		var series [][]float32
		var targets []float64
		for i := from; i < from+count; i++ {
			series, targets = append(series, x[i*q.N:(i+1)*q.N]), append(targets, float64(y[i]))
		}
		return train.Series(series, targets)
	}
	training, err := source(0, j.Training)
	if err != nil {
		return answer{}, err
	}
	validation, err := source(j.Training, j.Validation)
	if err != nil {
		return answer{}, err
	}
	var r *train.Result
	a, err := clocked(1, func() (err error) {
		r, err = w.train(q, training, validation)
		return err
	})
	if err != nil {
		return a, err
	}
	a.Epochs = r.Steps * j.Batch / j.Training
	test := nn.Batch{X: x[(rows-j.Test)*q.N:], Rows: j.Test, Length: q.N}
	a.MAE, err = w.score(r.Network, &test, y[rows-j.Test:], q.Threads)
	return a, err
}

func (w *worker) train(q question, training, validation train.Source) (*train.Result, error) {
	j := q.Job
	spec, err := zoo.New(q.Network, zoo.Options{Dropout: &j.Dropout})
	if err != nil {
		return nil, err
	}
	plan, err := spec.Plan()
	if err != nil {
		return nil, err
	}
	return train.Train(train.Job{
		Plan: plan, Engine: w.engine, Source: training, Validation: validation, Threads: q.Threads,
		Config: train.Config{
			Seed: j.Seed, Epochs: j.Epochs, Batch: j.Batch, Patience: j.Patience, LearningRate: j.Rate,
			Schedule: train.Schedule{Kind: train.Cosine, Warmup: j.Warmup},
			Augment:  []train.Augmentation{train.Flip, train.Reverse, train.Slice}, Slice: j.Slice,
		},
	})
}

// score returns the mean absolute error.
func (w *worker) score(n *train.Network, test *nn.Batch, y []float32, threads int) (float64, error) {
	p, err := w.engine.NewPredictor(n.Plan, nn.Size{Rows: test.Rows, Length: test.Length, Threads: threads})
	if err != nil {
		return 0, err
	}
	defer p.Close()
	if err := p.SetWeights(n.Weights); err != nil {
		return 0, err
	}
	outputs, mae := make([]float32, test.Rows), 0.0
	if err := p.Predict(outputs, test); err != nil {
		return 0, err
	}
	for i, o := range outputs {
		mae += math.Abs(float64(o-y[i])) / float64(test.Rows)
	}
	return mae, nil
}
