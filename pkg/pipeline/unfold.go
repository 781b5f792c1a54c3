package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/search"
)

// The sets of a dataset.
const (
	SetTrain      = "train"
	SetValidation = "validation"
	SetTest       = "test"
)

// Names of the artifacts that tasks write.
const (
	OutputSeries   = "series"
	OutputFeatures = "features"
	OutputBundle   = "bundle"
	OutputReport   = "report"
)

// generate wants the shards of the three sets.
func (u *unfolding) generate(g *Generate) {
	for _, set := range []struct {
		name  string
		count int
	}{{SetTrain, g.Series.Train}, {SetValidation, g.Series.Validation}, {SetTest, g.Series.Test}} {
		for first, i := 0, 0; first < set.count; first, i = first+g.Shard, i+1 {
			u.want(fmt.Sprintf("%s-%04d", set.name, i), KindGenerate, GenerateParams{
				Mix:     g.Mix,
				Hurst:   g.Hurst,
				Lengths: g.Lengths,
				Set:     set.name,
				First:   first,
				Count:   min(g.Shard, set.count-first),
			})
		}
	}
	u.settle(len(u.view.Units))
}

// extract wants the features of each shard as soon as it is there.
func (u *unfolding) extract(e *Extract) {
	expected := 0
	for _, v := range u.needs(KindGenerate) {
		expected += v.Expected
		for _, shard := range v.Units {
			if shard.Result == nil {
				continue
			}
			if ref, ok := shard.Result.Output(OutputSeries); ok {
				u.want(shardName(v, shard.Name, len(u.stage.Needs) > 1), KindExtract, ExtractParams{e.Features}, Input{OutputSeries, ref})
			}
		}
	}
	u.settle(expected)
}

// InSet tells whether a shard of this name belongs to a set.
func InSet(shard, set string) bool { return strings.HasPrefix(shard, set+"-") }

// learn returns what a task needs that fits a model: its parameters and inputs. Of the training set
// it gets the given fraction of the shards, at least one.
func (u *unfolding) learn(kind string, params search.Params, trial bool, fraction float64) (TrainParams, []Input) {
	p := TrainParams{Model: kind, Params: params, Trial: trial, Process: u.spec.clean()}
	if g := u.spec.fresh(u.stage, params); g != nil {
		p.Fresh = &Recipe{g.Mix, g.Hurst, g.Lengths}
		return p, u.shards(kind, SetValidation, 1)
	}
	return p, append(u.shards(kind, SetTrain, fraction), u.shards(kind, SetValidation, 1)...)
}

// tune wants the study's next step, then the trials that it names, and so on until it is done.
func (u *unfolding) tune(t *Tune) error {
	if !u.ready() {
		return nil
	}
	params := TuneParams{Sampler: t.Sampler, Models: slices.Clone(t.Models), Results: []TrialResult{}}
	for i := range params.Models {
		params.Models[i].Final = nil // the study does not depend on it
	}
	for step := 0; ; step++ {
		result := u.want(fmt.Sprintf("step-%03d", step), KindTune, params)
		if result == nil {
			return nil
		}
		value, err := decode[TuneValue](*result)
		if err != nil {
			return err
		}
		if value.Done {
			u.settle(len(u.view.Units))
			return nil
		}
		u.view.Expected = len(value.Trials) + step + 2 // if this is the last round
		if len(value.Trials) <= len(params.Results) {
			return fmt.Errorf("step %d of the study names no new trial and does not end", step)
		}
		if done, err := u.trials(value.Trials, t.Fraction, &params); err != nil || !done {
			return err
		}
	}
}

// trials wants those trials that params has no result of, and adds theirs. It tells whether all
// are done.
func (u *unfolding) trials(trials []Trial, fraction float64, params *TuneParams) (done bool, err error) {
	var results []TrialResult
	done = true
	for _, trial := range trials[len(params.Results):] {
		wanted, inputs := u.learn(trial.Kind, trial.Params, true, fraction)
		result := u.want(fmt.Sprintf("trial-%04d", trial.Index), KindTrain, wanted, inputs...)
		if result == nil {
			done = false
			continue
		}
		value, err := decode[TrainValue](*result)
		if err != nil {
			return false, err
		}
		results = append(results, TrialResult{trial.Index, value.Validation.MAE})
	}
	if done {
		params.Results = append(params.Results, results...)
	}
	return done, nil
}

// train wants the best of each study on the whole training set.
func (u *unfolding) train() error {
	for _, study := range u.needs(KindTune) {
		u.view.Expected += len(u.spec.stage(study.Name).Tune.Models)
	}
	if !u.ready() {
		return nil
	}
	for _, study := range u.needs(KindTune) {
		last := lastStep(study)
		value, err := decode[TuneValue](*last.Result)
		if err != nil {
			return err
		}
		models := u.spec.stage(study.Name).Tune.Models
		for i, best := range value.Best {
			params := search.Params{}
			for name, v := range best.Params {
				params[name] = v
			}
			if i < len(models) {
				for name, v := range models[i].Final {
					params[name] = v
				}
			}
			wanted, inputs := u.learn(best.Kind, params, false, 1)
			u.want(u.modelName(best.Kind), KindTrain, wanted, inputs...)
		}
	}
	u.settle(len(u.view.Units))
	return nil
}

// modelName returns the model's kind, numbered when the stage has several of that kind.
func (u *unfolding) modelName(kind string) string {
	name := kind
	for n := 2; ; n++ {
		taken := false
		for _, unit := range u.view.Units {
			taken = taken || unit.Name == name
		}
		if !taken {
			return name
		}
		name = fmt.Sprintf("%s-%d", kind, n)
	}
}

// lastStep returns the study's newest step.
func lastStep(v *StageView) Unit {
	var last Unit
	for _, u := range v.Units {
		if u.Task.Kind == KindTune {
			last = u
		}
	}
	return last
}

// evaluate wants every trained model measured on the test set.
func (u *unfolding) evaluate() error {
	models := u.needs(KindTrain)
	expected := 0
	for _, v := range models {
		expected += v.Expected
		for _, unit := range v.Units {
			if unit.Result == nil {
				continue
			}
			bundle, ok := unit.Result.Output(OutputBundle)
			if !ok {
				return fmt.Errorf("model %s was trained without a bundle", unit.Name)
			}
			value, err := decode[TrainValue](*unit.Result)
			if err != nil {
				return err
			}
			inputs := append([]Input{{OutputBundle, bundle}}, u.shards(value.Model, SetTest, 1)...)
			u.want(u.modelName(unit.Name), KindEvaluate, EvaluateParams{unit.Name, u.spec.clean()}, inputs...)
		}
	}
	u.view.Expected = expected
	if u.ready() {
		u.settle(expected)
	}
	return nil
}

// noop wants tasks that do nothing, at once or one after the other.
func (u *unfolding) noop(n *Noop) {
	if !u.ready() {
		return
	}
	for i := range n.Tasks {
		result := u.want(fmt.Sprintf("noop-%05d", i), KindNoop,
			NoopParams{Index: i, Milliseconds: n.Milliseconds, Fail: n.Fail})
		if n.Chain && result == nil {
			break
		}
	}
	u.settle(n.Tasks)
}
