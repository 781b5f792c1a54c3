package train

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
)

// validation is samples to measure errors on, ready to be predicted.
type validation struct {
	encoding
	engine  nn.Predictor
	loss    Loss
	batches []heldOut
	rows    int // in all
	outputs []float32
	slopes  []float32
}

// heldOut is a batch with its targets, as they are and in training's unit.
type heldOut struct {
	batch  nn.Batch
	truth  []float64
	scaled []float32
}

// newValidation makes the samples of a source, series of like length together. A series longer than
// the network reads is cut.
func newValidation(e encoding, job Job, s Source) (*validation, error) {
	info, in := s.Info(), e.plan.Spec.Input
	if info.Len == 0 {
		return nil, errors.New("the source has no end")
	}
	if info.Vectors == in.Series || in.Series && info.Shortest < in.Length+in.MinLength {
		return nil, fmt.Errorf("samples of %d to %d values are not what the network reads", info.Shortest, info.Longest)
	}
	v := &validation{encoding: e, loss: job.Config.Loss, rows: info.Len}
	order := make([]int, info.Len)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(s.Length(uint64(a)), s.Length(uint64(b)))
	})
	maker, longest := s.Maker(), 1
	for part := range slices.Chunk(order, job.Config.Batch) {
		h, err := v.make(maker, part)
		if err != nil {
			return nil, err
		}
		v.batches = append(v.batches, h)
		longest = max(longest, h.batch.Length)
	}
	width := min(job.Config.Batch, info.Len) * e.plan.Outputs()
	v.outputs, v.slopes = make([]float32, width), make([]float32, width)
	var err error
	v.engine, err = job.Engine.NewPredictor(e.plan, nn.Size{Rows: min(job.Config.Batch, info.Len), Length: longest, Threads: max(1, job.Threads)})
	if err != nil {
		return nil, fmt.Errorf("engine %s: %w", job.Engine.Name(), err)
	}
	return v, nil
}

// make makes the batch of these samples.
func (v *validation) make(m Maker, indices []int) (heldOut, error) {
	in := v.plan.Spec.Input
	samples := make([]Sample, len(indices))
	h := heldOut{truth: make([]float64, len(indices)), scaled: make([]float32, len(indices))}
	h.batch = nn.Batch{Rows: len(indices), Length: 1}
	lengths := make([]int, len(indices))
	for k, i := range indices {
		if err := m.Make(uint64(i), &samples[k]); err != nil {
			return h, fmt.Errorf("sample %d: %w", i, err)
		}
		lengths[k] = 1
		if in.Series {
			if in.Length > 0 {
				samples[k].X = samples[k].X[:in.Length]
			}
			lengths[k] = len(samples[k].X)
			h.batch.Length = max(h.batch.Length, lengths[k])
		}
	}
	width := h.batch.Length * in.Channels
	h.batch.X = make([]float32, len(indices)*width)
	if lengths[0] != h.batch.Length { // they rise
		h.batch.Lengths = lengths
	}
	for k, s := range samples {
		h.truth[k] = s.Target
		if err := v.row(h.batch.X[k*width:][:width], &h.scaled[k], s.X, lengths[k], s.Target); err != nil {
			return h, fmt.Errorf("sample %d: %w", indices[k], err)
		}
	}
	return h, nil
}

// measure returns the errors of weights.
func (v *validation) measure(w nn.Weights) (Score, error) {
	var s Score
	if err := v.engine.SetWeights(w); err != nil {
		return s, fmt.Errorf("weights: %w", err)
	}
	head, width := v.plan.Spec.Head, v.plan.Outputs()
	middle := middleOutput(head)
	for i := range v.batches {
		h := &v.batches[i]
		n := h.batch.Rows
		out := v.outputs[:n*width]
		if err := v.engine.Predict(out, &h.batch); err != nil {
			return s, fmt.Errorf("predict: %w", err)
		}
		s.Loss += v.loss.Evaluate(v.slopes[:n*width], out, h.scaled, head) * float64(n)
		for k, y := range h.truth {
			answer := v.target.Centre + float64(float64(out[k*width+middle])*v.target.Unit)
			s.MAE += math.Abs(answer - y)
		}
	}
	s.Loss /= float64(v.rows)
	s.MAE /= float64(v.rows)
	return s, nil
}

func (v *validation) close() {
	if v.engine != nil {
		v.engine.Close()
	}
}

// middleOutput returns which output of a head is its answer in one number.
func middleOutput(h nn.Head) int {
	best := 0
	for i, p := range h.Levels {
		if math.Abs(p-0.5) < math.Abs(h.Levels[best]-0.5) {
			best = i
		}
	}
	return best
}
