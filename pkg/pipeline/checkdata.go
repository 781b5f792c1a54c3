package pipeline

import (
	"slices"

	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/search"
)

// data checks that a stage which fits or measures models needs the stages whose features or series
// they read.
func (c *checker) data(path string, s Stage) {
	studies := c.spec.studies(s)
	reads := func(series bool) func(Study) bool {
		return func(t Study) bool { return model.ReadsSeries(t.Kind) == series }
	}
	extract := func(name string) bool { return c.spec.stage(name).Extract != nil }
	if slices.ContainsFunc(studies, reads(false)) && !slices.ContainsFunc(s.Needs, extract) {
		c.add(path, nil, "names no stage of kind %s, which %s reads", KindExtract, s.Kind)
	}
	if !slices.ContainsFunc(studies, reads(true)) {
		return
	}
	generators := c.spec.generators(s)
	if len(generators) == 0 {
		c.add(path, nil, "names no stage of kind %s or %s, whose series %s reads", KindGenerate, KindExtract, s.Kind)
	}
	if len(generators) > 1 && slices.ContainsFunc(studies, Study.mayBeFresh) {
		c.add(path, nil, "leads to several stages of kind %s, and fresh series are made as one of them says", KindGenerate)
	}
}

// studies returns those whose models a stage fits or measures.
func (s Spec) studies(stage Stage) []Study {
	if stage.Tune != nil {
		return stage.Tune.Models
	}
	if stage.Train == nil && stage.Evaluate == nil {
		return nil
	}
	var all []Study
	for _, need := range stage.Needs {
		if of := s.stage(need); of != nil && (of.Tune != nil || of.Train != nil && stage.Evaluate != nil) {
			all = append(all, s.studies(*of)...)
		}
	}
	return all
}

// mayBeFresh tells whether a trial or the final model may make its own training series.
func (s Study) mayBeFresh() bool {
	is := func(v any) bool { on, _ := v.(bool); return on }
	of := func(p search.Params) bool { return is(p[model.ParamFresh]) }
	return of(s.Params) || of(s.Final) || slices.ContainsFunc(s.Space[model.ParamFresh].Values, is)
}
