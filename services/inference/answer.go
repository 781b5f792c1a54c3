package inference

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/series"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

// Flags that this service adds to the model's.
const (
	flagDisagrees = "referee_disagrees" // the intervals of model and referee do not overlap
	flagGaps      = "gaps"              // some points were missing and were interpolated
)

// draft is an answer in the making.
type draft struct {
	answer *predictv1.Prediction
	x      []float64 // what the model is shown; nil: there is an error already
}

// compute answers a batch: each series is checked and seen by the referee, then the model sees all of
// them at once.
func (w *worker) compute(batch []*job) []*predictv1.Prediction {
	answers := make([]*predictv1.Prediction, len(batch))
	shown := map[*served][]int{}
	drafts := make([]draft, len(batch))
	for i, j := range batch {
		drafts[i] = w.draft(j)
		answers[i] = drafts[i].answer
		if drafts[i].x != nil {
			shown[j.served] = append(shown[j.served], i)
		}
	}
	for version, rows := range shown {
		xs, levels := make([][]float64, len(rows)), make([]float64, len(rows))
		for k, i := range rows {
			xs[k], levels[k] = drafts[i].x, batch[i].level
		}
		for k, r := range w.session(version).EstimateAll(xs, levels) {
			i := rows[k]
			if r.Err != nil {
				answers[i] = batch[i].failed(r.Err)
				continue
			}
			complete(answers[i], r.Answer)
		}
	}
	return answers
}

// draft checks a series, asks the referee, and differences a walk.
func (w *worker) draft(j *job) draft {
	x, gaps, err := series.Check(j.values)
	if err != nil {
		return draft{answer: j.failed(err)}
	}
	p := &predictv1.Prediction{
		Id: j.id, Level: j.level, Class: estimator.Noise, Model: j.served.label(), Bundle: string(j.served.bundle),
		N: int32(len(x)), Gaps: int32(gaps),
	}
	opinion, err := w.referee(len(x), j.level).Estimate(x)
	if err != nil {
		p.Referees = []*predictv1.Referee{{Estimator: "whittle", Error: err.Error()}}
		return draft{p, x}
	}
	p.Referees = []*predictv1.Referee{{Estimator: "whittle", H: opinion.H, Lower: opinion.Lower, Upper: opinion.Upper}}
	if p.Class = opinion.Class; p.Class != estimator.Walk {
		return draft{p, x}
	}
	increments, err := difference(x)
	if err != nil {
		return draft{answer: j.failed(err)}
	}
	return draft{p, increments}
}

// difference returns the increments of a walk.
func difference(x []float64) ([]float64, error) {
	if len(x) <= series.MinPoints {
		return nil, fmt.Errorf("%w: it is a walk, whose increments are looked at, and %d points have %d of them; at least %d are needed",
			series.ErrTooShort, len(x), len(x)-1, series.MinPoints)
	}
	d := make([]float64, len(x)-1)
	for i := range d {
		d[i] = x[i+1] - x[i]
	}
	if _, _, err := series.Check(d); err != nil {
		return nil, fmt.Errorf("it is a walk, whose increments are looked at: %w", err)
	}
	return d, nil
}

// complete adds the model's word to an answer that holds the referee's.
func complete(p *predictv1.Prediction, a model.Answer) {
	p.H, p.Lower, p.Upper, p.Flags = a.H, a.Lower, a.Upper, a.Flags
	r := p.GetReferees()[0]
	if r.GetError() == "" && (r.GetLower() > a.Upper || r.GetUpper() < a.Lower) {
		p.Flags = append(p.Flags, flagDisagrees)
	}
	if p.GetGaps() > 0 {
		p.Flags = append(p.Flags, flagGaps)
	}
}
