package pipeline

import (
	"math"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/search"
)

// shards returns the shards of a set that a kind of model reads, of features or of series; of each
// stage that makes them the given fraction, and at least one.
func (u *unfolding) shards(kind, set string, fraction float64) []Input {
	views, output := u.needs(KindExtract), OutputFeatures
	if model.ReadsSeries(kind) {
		views, output = u.generators(), OutputSeries
	}
	var inputs []Input
	for _, v := range views {
		var of []Input
		for _, unit := range v.Units {
			if unit.Result == nil || !InSet(unit.Name, set) {
				continue
			}
			if ref, ok := unit.Result.Output(output); ok {
				of = append(of, Input{shardName(v, unit.Name, output == OutputSeries && len(views) > 1), ref})
			}
		}
		keep := int(math.Ceil(float64(len(of)) * fraction))
		inputs = append(inputs, of[:keep]...)
	}
	return inputs
}

// shardName returns a shard's name, with that of its stage where several stages make shards of one name.
func shardName(v *StageView, name string, several bool) string {
	if !several {
		return name
	}
	set, index, _ := strings.Cut(name, "-")
	return set + "-" + v.Name + "-" + index
}

// generators returns the views of the stages whose series the stage reads, in the order of the spec.
func (u *unfolding) generators() []*StageView {
	names := u.spec.generators(u.stage)
	var views []*StageView
	for i := range u.graph.Stages {
		if v := &u.graph.Stages[i]; slices.Contains(names, v.Name) {
			views = append(views, v)
		}
	}
	return views
}

// generators returns the names of the generate stages whose series a stage reads: those that it
// needs, and those whose features it needs.
func (s Spec) generators(stage Stage) []string {
	all := slices.Clone(stage.Needs)
	for _, need := range stage.Needs {
		if of := s.stage(need); of != nil && of.Extract != nil {
			all = append(all, of.Needs...)
		}
	}
	var names []string
	for _, name := range all {
		if of := s.stage(name); of != nil && of.Generate != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fresh returns what a stage's models of these parameters make their own training series by; nil:
// they read shards.
func (s Spec) fresh(stage Stage, params search.Params) *Generate {
	if on, _ := params[model.ParamFresh].(bool); !on {
		return nil
	}
	for _, name := range s.generators(stage) {
		return s.stage(name).Generate // check holds that there is one
	}
	return nil
}
