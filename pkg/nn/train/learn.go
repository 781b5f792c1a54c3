package train

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// learn makes one step: a batch, its loss and gradient, an update.
func (t *training) learn() error {
	s, err := t.pool.next()
	if err != nil {
		return err
	}
	c := &t.job.Config
	width := s.batch.Rows * t.plan.Outputs()
	out, slopes := t.outputs[:width], t.slopes[:width]
	if err := t.engine.Forward(out, t.weights, &s.batch, nn.Pass{Seed: c.Seed, Step: uint64(t.Step)}); err != nil {
		return t.failed(err)
	}
	loss := c.Loss.Evaluate(slopes, out, s.targets[:s.batch.Rows], t.plan.Spec.Head)
	if !finite(loss) {
		return fmt.Errorf("%w in step %d: the loss is %v", ErrDiverged, t.Step+1, loss)
	}
	if err := t.engine.Backward(t.grad, slopes); err != nil {
		return t.failed(err)
	}
	scale := float32(1)
	if c.Clip > 0 {
		length := t.optimiser.norm(t.grad)
		if !finite(length) {
			return fmt.Errorf("%w in step %d: the gradient's length is %v", ErrDiverged, t.Step+1, length)
		}
		if length > c.Clip {
			scale = float32(c.Clip / length)
		}
	}
	t.rate = c.LearningRate * c.Schedule.factor(t.Step, t.steps) * t.Plateau.Factor
	t.optimiser.update(t.weights.Params, t.grad, scale, t.rate, c.WeightDecay)
	t.Step++
	t.Seen += s.batch.Rows
	t.LossSum += loss
	t.Losses++
	t.pool.release(s)
	t.follow()
	return nil
}

func (t *training) failed(err error) error {
	return fmt.Errorf("engine %s in step %d: %w", t.job.Engine.Name(), t.Step+1, err)
}

// follow moves the average of the weights. Its decay begins low, so that the first weights are soon
// forgotten.
func (t *training) follow() {
	if t.average.Params == nil {
		return
	}
	n := float64(t.Step)
	keep := float32(min(t.job.Config.Average, (1+n)/(10+n)))
	t.optimiser.kernels.EMA(t.average.Params, t.weights.Params, keep)
	t.optimiser.kernels.EMA(t.average.State, t.weights.State, keep)
}

// current returns the weights that validation and the result are about.
func (t *training) current() nn.Weights {
	if t.average.Params != nil {
		return t.average
	}
	return t.weights
}

// validate measures the error, keeps the weights if they are the best so far, and begins a new mean
// of the loss.
func (t *training) validate() error {
	if t.Losses > 0 {
		t.Reported = t.LossSum / float64(t.Losses)
		t.LossSum, t.Losses = 0, 0
	}
	w := t.current()
	if !allFinite(w.Params) || !allFinite(w.State) {
		return fmt.Errorf("%w in step %d: a weight is not finite", ErrDiverged, t.Step)
	}
	if t.validation == nil {
		return nil
	}
	score, err := t.validation.measure(w)
	if err != nil {
		return err
	}
	t.Score = score
	e := t.criterion(score)
	if !finite(score.MAE) || !finite(score.Loss) {
		return fmt.Errorf("%w in step %d: the validation error is %v", ErrDiverged, t.Step, score)
	}
	t.Plateau.next(t.job.Config.Schedule, e)
	t.Stale++
	if !t.Best.Seen || e < t.criterion(t.Best.Score) {
		t.Best, t.Stale = kept{true, t.Step, score}, 0
		keep(&t.bestWeights, w)
	}
	return nil
}

// criterion returns what the best weights have least of.
func (t *training) criterion(s Score) float64 {
	if t.plan.Spec.Head.Kind == nn.Point {
		return s.MAE
	}
	return s.Loss
}

// snapshot keeps the weights at the end of a cycle.
func (t *training) snapshot() {
	s := t.job.Config.Schedule
	if s.Cycles > 1 && t.Step == s.start(len(t.snapshots)+1, t.steps) {
		t.snapshots = append(t.snapshots, t.current().Clone())
	}
}

// keep copies weights to memory that dst has, or gets.
func keep(dst *nn.Weights, w nn.Weights) {
	dst.Params = append(dst.Params[:0], w.Params...)
	dst.State = append(dst.State[:0], w.State...)
}

func allFinite(v []float32) bool {
	for _, x := range v {
		if x-x != 0 {
			return false
		}
	}
	return true
}
