package train

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/longmemory/hurst/pkg/nn"
)

// choose returns the least change that is as good as the best, or the first, none, if its gain
// could be chance. The candidates come from the least on.
func choose(all []candidate) candidate {
	best := slices.MinFunc(all, func(a, b candidate) int { return cmp.Compare(mean(a.errs), mean(b.errs)) })
	for _, c := range all {
		if gain, se := gainOf(c.errs, best.errs); gain > se {
			continue // the best is better
		}
		chance := distuv.StudentsT{Sigma: 1, Nu: float64(len(c.errs) - 1)}
		if gain, se := gainOf(all[0].errs, c.errs); gain > se*chance.Quantile(0.99) {
			return c
		}
	}
	return all[0]
}

// crossValidate returns, for each mark, the error of each sample as predicted without its fold.
func (a *adaptation) crossValidate(scope Scope, at []int) ([][]float64, error) {
	n := len(a.folds)
	errs := make([][]float64, len(at))
	for k := range errs {
		errs[k] = make([]float64, n)
	}
	for f := range adaptFolds {
		w := a.start.Clone()
		a.optimiser.reset()
		for k, mark := range at {
			if k > 0 {
				if err := a.fit(w, f, scope, at[k-1], mark); err != nil {
					return nil, err
				}
			}
			if err := a.errors(errs[k], w, f); err != nil {
				return nil, err
			}
		}
	}
	return errs, nil
}

// fit makes steps on all samples but those of a fold.
func (a *adaptation) fit(w nn.Weights, without int, scope Scope, from, to int) error {
	p, all := a.frozen.Plan, &a.set.batches[0]
	width := p.Outputs()
	untouched := a.untouched(scope)
	moments := append([]float32(nil), w.State...)
	for step := from; step < to; step++ {
		if err := a.trainer.Forward(a.outputs, w, &all.batch, nn.Pass{Seed: a.job.Seed, Step: uint64(step)}); err != nil {
			return err
		}
		copy(w.State, moments) // of batch norms that could not be frozen
		clear(a.slopes)
		kept := 0
		for i, f := range a.folds {
			if f != without {
				kept++
				a.set.loss.one(a.slopes[i*width:][:width], a.outputs[i*width:][:width], float64(all.scaled[i]), p.Spec.Head.Levels)
			}
		}
		a.optimiser.kernels.Scale(a.slopes, 1/float32(kept))
		if err := a.trainer.Backward(a.grad, a.slopes); err != nil {
			return err
		}
		clear(a.grad[:untouched])
		a.optimiser.update(w.Params, a.grad, 1, a.job.Rate, 0)
	}
	if !allFinite(w.Params) {
		return fmt.Errorf("%w: a rate below %v helps", ErrDiverged, a.job.Rate)
	}
	return nil
}

// untouched returns how many parameters a scope leaves as they are: the head comes last.
func (a *adaptation) untouched(scope Scope) int {
	if scope == All {
		return 0
	}
	p := a.frozen.Plan
	head := p.Nodes[len(p.Nodes)-1-count(p.Spec.Head.Sigmoid)]
	if scope == Level {
		return p.Params[head.Params[1]].Offset
	}
	return p.Params[head.Params[0]].Offset
}

// errors writes the absolute errors of a fold's samples.
func (a *adaptation) errors(dst []float64, w nn.Weights, fold int) error {
	s, all, width := a.set, &a.set.batches[0], a.frozen.Plan.Outputs()
	if err := s.engine.SetWeights(w); err != nil {
		return err
	}
	if err := s.engine.Predict(s.outputs, &all.batch); err != nil {
		return err
	}
	middle := middleOutput(a.frozen.Plan.Spec.Head)
	for i, y := range all.truth {
		if a.folds[i] == fold {
			dst[i] = math.Abs(s.target.Centre + float64(float64(s.outputs[i*width+middle])*s.target.Unit) - y)
		}
	}
	return nil
}

// gainOf returns by how much errors are lower, and the standard error of that.
func gainOf(before, after []float64) (gain, se float64) {
	n := float64(len(before))
	gain = mean(before) - mean(after)
	for i, b := range before {
		d := b - after[i] - gain
		se += float64(d*d) / (n - 1) / n
	}
	return gain, math.Sqrt(se)
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// meanError returns the standard error of the mean of at least two values.
func meanError(v []float64) float64 {
	m, sum := mean(v), 0.0
	for _, x := range v {
		sum += (x - m) * (x - m)
	}
	n := float64(len(v))
	return math.Sqrt(sum / (n * (n - 1)))
}
