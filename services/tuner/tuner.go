// Package tuner takes a study one step further: from the results so far to the next trials, or to
// the end. It keeps nothing between steps.
package tuner

import (
	"context"
	"fmt"
	"maps"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/search"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/worker"
)

// New connects the service. Run starts it.
func New(ctx context.Context, cfg Config, env service.Env) (*worker.Service, error) {
	return worker.Open(ctx, "tuner", pipeline.QueueTune, cfg.Settings, env, map[string]worker.Func{
		pipeline.KindTune: tune,
	})
}

func tune(_ context.Context, w *worker.Work) (worker.Output, error) {
	var p pipeline.TuneParams
	if err := w.Params(&p); err != nil {
		return worker.Output{}, err
	}
	value, err := next(p, w.Task.Seed)
	if err != nil {
		return worker.Output{}, fault.With(fault.Invalid, err)
	}
	return worker.Output{Value: value}, nil
}

// next returns the study's next step: random search names all its trials at once, and ends when
// each has a result.
func next(p pipeline.TuneParams, seed uint64) (pipeline.TuneValue, error) {
	var value pipeline.TuneValue
	for _, study := range p.Models {
		first := len(value.Trials)
		for i := range study.Trials {
			value.Trials = append(value.Trials, trial(study, i, first+i, seed))
		}
	}
	if len(p.Results) < len(value.Trials) {
		return value, nil
	}
	for _, r := range p.Results {
		if r.Trial < 0 || r.Trial >= len(value.Trials) {
			return value, fmt.Errorf("there is a result of trial %d, and the study has %d trials", r.Trial, len(value.Trials))
		}
		value.Trials[r.Trial].MAE = r.MAE
	}
	value.Done = true
	first := 0
	for _, study := range p.Models {
		value.Best = append(value.Best, best(value.Trials[first:first+study.Trials]))
		first += study.Trials
	}
	return value, nil
}

// trial returns a study's i-th trial. The first is the model's defaults, so that a search never
// ends worse than no search.
func trial(study pipeline.Study, i, index int, seed uint64) pipeline.Trial {
	params := search.Params{}
	maps.Copy(params, model.Defaults(study.Kind))
	if i > 0 {
		space := study.Space
		if len(space) == 0 {
			space = model.Space(study.Kind)
		}
		maps.Copy(params, search.Random(space, process.Source(seed, "tune", uint64(index))))
	}
	maps.Copy(params, study.Params)
	return pipeline.Trial{Index: index, Kind: study.Kind, Params: params}
}

// best returns the trial with the smallest error; of equal ones the first.
func best(trials []pipeline.Trial) pipeline.Trial {
	winner := trials[0]
	for _, t := range trials[1:] {
		if t.MAE < winner.MAE {
			winner = t
		}
	}
	return winner
}
