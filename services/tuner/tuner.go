// Package tuner takes a study one step further: from the results so far to the next trials, or to
// the end. It keeps nothing between steps.
package tuner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"

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
	if err := check(p); err != nil {
		return value, err
	}
	for _, study := range p.Models {
		first := len(value.Trials)
		for i := range study.Trials {
			t, err := trial(study, i, first+i, seed)
			if err != nil {
				return value, err
			}
			value.Trials = append(value.Trials, t)
		}
	}
	if err := score(value.Trials, p.Results); err != nil || len(p.Results) < len(value.Trials) {
		return value, err
	}
	value.Done = true
	first := 0
	for _, study := range p.Models {
		value.Best = append(value.Best, best(value.Trials[first:first+study.Trials]))
		first += study.Trials
	}
	return value, nil
}

// maxTrials bounds what one model's study may ask for, as the schema of specs does.
const maxTrials = 10_000

// check refuses studies that no trials can be drawn for.
func check(p pipeline.TuneParams) error {
	if p.Sampler != "random" {
		return fmt.Errorf("there is no sampler %.40q; known is random", p.Sampler)
	}
	if len(p.Models) == 0 {
		return errors.New("the study has no models")
	}
	for _, study := range p.Models {
		if study.Trials < 1 || study.Trials > maxTrials {
			return fmt.Errorf("%d trials of %.40q: want 1 to %d", study.Trials, study.Kind, maxTrials)
		}
		if err := study.Space.Validate(); err != nil {
			return fmt.Errorf("space of %.40q: %w", study.Kind, err)
		}
	}
	return nil
}

// score sets the errors of those trials that have a result.
func score(trials []pipeline.Trial, results []pipeline.TrialResult) error {
	scored := make([]bool, len(trials))
	for _, r := range results {
		switch {
		case r.Trial < 0 || r.Trial >= len(trials):
			return fmt.Errorf("there is a result of trial %d, and the study has %d trials", r.Trial, len(trials))
		case scored[r.Trial]:
			return fmt.Errorf("there are two results of trial %d", r.Trial)
		case !(r.MAE >= 0) || math.IsInf(r.MAE, 0):
			return fmt.Errorf("the MAE of trial %d is %v: want a number of at least 0", r.Trial, r.MAE)
		}
		scored[r.Trial] = true
		trials[r.Trial].MAE = r.MAE
	}
	return nil
}

// trial returns a study's i-th trial. The first is the model's defaults, so that a search never
// ends worse than no search.
func trial(study pipeline.Study, i, index int, seed uint64) (pipeline.Trial, error) {
	params := search.Params{}
	maps.Copy(params, model.Defaults(study.Kind))
	if i > 0 {
		space := study.Space
		if len(space) == 0 {
			space = model.Space(study.Kind)
		}
		maps.Copy(params, search.Random(space, process.Source(seed, "tune", uint64(index)).Rand))
	}
	maps.Copy(params, study.Params)
	t := pipeline.Trial{Index: index, Kind: study.Kind, Params: params}
	if err := model.CheckParams(study.Kind, params); err != nil {
		return t, fmt.Errorf("trial %d: %w", index, err)
	}
	return t, nil
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
