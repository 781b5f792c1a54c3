package trainer

import (
	"context"
	"encoding/json"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/worker"
)

// evaluate measures a model on the test set, which nothing before has seen.
func (t *trainer) evaluate(ctx context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.EvaluateParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	bundle, err := w.Input(ctx, pipeline.OutputBundle)
	if err != nil {
		return worker.Output{}, err
	}
	m, err := model.Decode(bundle)
	if err != nil {
		return worker.Output{}, fault.New(fault.Invalid, "the bundle of %s: %w", p.Model, err)
	}
	test, _, err := read(ctx, w, m.Kind, pipeline.SetTest)
	if err != nil {
		return worker.Output{}, err
	}
	w.Progress(0.5, "measuring")
	score, err := scoreOf(m, test, p.Process)
	if err != nil {
		return worker.Output{}, err
	}
	value := pipeline.EvaluateValue{Model: p.Model, Test: score}
	report, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return worker.Output{}, err
	}
	return worker.Output{
		Value:     value,
		Artifacts: []worker.Artifact{{Name: pipeline.OutputReport, Type: "application/json", Data: report}},
	}, nil
}

// scoreOf measures a model on a set, over all and by length, beside what is possible for a process.
func scoreOf(m *model.Model, s set, process string) (pipeline.Score, error) {
	report, err := report(m, s)
	if err != nil {
		return pipeline.Score{}, fault.With(fault.Invalid, err)
	}
	all := report.Overall
	score := pipeline.Score{
		Count: all.Count, MAE: all.MAE, SE: all.SE, Bias: all.Bias, RMSE: all.RMSE,
		Coverage: all.Coverage90, Width: all.Width90,
	}
	for _, s := range report.ByN {
		limit, _ := model.Limit(process, s.N)
		score.ByLength = append(score.ByLength, pipeline.LengthScore{
			Length: s.N, Count: s.Count, MAE: s.MAE, SE: s.SE, Coverage: s.Coverage90, Width: s.Width90, Limit: limit,
		})
	}
	return score, nil
}

func report(m *model.Model, s set) (model.Report, error) {
	if model.ReadsSeries(m.Kind) {
		return model.EvaluateSeries(m, s.series)
	}
	return model.Evaluate(m, s.features)
}
