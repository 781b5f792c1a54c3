package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/search"
)

// maxShardPoints bounds the points of a shard: 48 MiB of float32, within what an object may have.
const maxShardPoints = 12 << 20

// maxTrials bounds the trials of a study: a memo must hold them all.
const maxTrials = 2000

// complete fills in defaults that depend on other values.
func (s *Stage) complete() {
	if s.Generate != nil {
		s.Generate.fold()
	}
	if g := s.Generate; g != nil && g.Shard == 0 {
		g.Shard = min(4096, dataset.RowsPerShard(slices.Max(g.Lengths)))
	}
	if t := s.Tune; t != nil {
		for i := range t.Models {
			if t.Models[i].Trials == 0 {
				t.Models[i].Trials = 1
			}
		}
	}
}

// checker collects what a schema cannot say.
type checker struct {
	spec     *Spec
	problems []Problem
}

func (c *checker) add(path string, value any, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Value: value, Text: fmt.Sprintf(format, args...)})
}

// check finds mistakes beyond the schema, and puts the stages into an order in which each stands
// after all that it needs.
func check(spec *Spec) []Problem {
	c := &checker{spec: spec}
	c.names()
	if len(c.problems) > 0 {
		return c.problems
	}
	for i, s := range spec.Stages {
		path := fmt.Sprintf("stages[%d]", i)
		c.needs(path, s)
		c.data(path+".needs", s)
		c.values(path+".with", s)
	}
	if len(c.problems) == 0 {
		c.order()
	}
	return c.problems
}

// names checks that stage names are unique and that needs name stages.
func (c *checker) names() {
	seen := map[string]bool{}
	for i, s := range c.spec.Stages {
		if seen[s.Name] {
			c.add(fmt.Sprintf("stages[%d].name", i), s.Name, "is the name of an earlier stage; names must differ")
		}
		seen[s.Name] = true
	}
	for i, s := range c.spec.Stages {
		for j, need := range s.Needs {
			path := fmt.Sprintf("stages[%d].needs[%d]", i, j)
			switch {
			case need == s.Name:
				c.add(path, need, "is the stage itself")
			case !seen[need]:
				c.add(path, need, "is no stage of this spec; there are: %s", strings.Join(c.stageNames(), ", "))
			}
		}
	}
}

func (c *checker) stageNames() []string {
	var names []string
	for _, s := range c.spec.Stages {
		names = append(names, s.Name)
	}
	return names
}

// reads says which kinds of stages a kind must need, and may.
func reads(kind string) (must, may []string) {
	switch kind {
	case KindExtract:
		return []string{KindGenerate}, nil
	case KindTune:
		return nil, []string{KindExtract, KindGenerate}
	case KindTrain:
		return []string{KindTune}, []string{KindExtract, KindGenerate}
	case KindEvaluate:
		return []string{KindTrain}, []string{KindExtract, KindGenerate}
	case KindDeploy:
		return []string{KindTrain}, []string{KindEvaluate}
	case KindNoop:
		return nil, []string{KindNoop}
	}
	return nil, nil
}

// needs checks that a stage reads what its kind can read.
func (c *checker) needs(path string, s Stage) {
	must, may := reads(s.Kind)
	found := map[string]bool{}
	for j, name := range s.Needs {
		kind := c.spec.stage(name).Kind
		found[kind] = true
		if !slices.Contains(must, kind) && !slices.Contains(may, kind) {
			allowed := strings.Join(append(slices.Clone(must), may...), " or ")
			if allowed == "" {
				allowed = "nothing"
			}
			c.add(fmt.Sprintf("%s.needs[%d]", path, j), name, "is a stage of kind %s, which %s does not read; it reads %s", kind, s.Kind, allowed)
		}
	}
	for _, kind := range must {
		if !found[kind] {
			c.add(path+".needs", nil, "names no stage of kind %s, which %s reads", kind, s.Kind)
		}
	}
}

// values checks the stage's own settings.
func (c *checker) values(path string, s Stage) {
	switch {
	case s.Generate != nil:
		if r := s.Generate.Hurst; r.Min >= r.Max {
			c.add(path+".hurst.max", r.Max, "must be larger than min, which is %v", r.Min)
		}
		c.mix(path, s.Generate)
		if most := maxShardPoints / slices.Max(s.Generate.Lengths); s.Generate.Shard > most {
			c.add(path+".shard", s.Generate.Shard, "is too large for series of %d points; allowed: at most %d", slices.Max(s.Generate.Lengths), most)
		}
	case s.Extract != nil:
		if _, err := feature.Lookup(s.Extract.Features); err != nil {
			c.add(path+".features", s.Extract.Features, "is no feature set; there are: %s", strings.Join(feature.Sets(), ", "))
		}
	case s.Tune != nil:
		trials := 0
		for i, study := range s.Tune.Models {
			c.study(fmt.Sprintf("%s.models[%d]", path, i), study)
			trials += study.Trials
		}
		if trials > maxTrials {
			c.add(path+".models", nil, "have %d trials together; allowed: at most %d", trials, maxTrials)
		}
	case s.Deploy != nil:
		c.gate(path+".gate.length", s)
	}
}

// study checks a study's model, its space and its fixed parameters.
func (c *checker) study(path string, s Study) {
	if !slices.Contains(model.Kinds(), s.Kind) {
		c.add(path+".kind", s.Kind, "is no model; there are: %s", strings.Join(model.Kinds(), ", "))
		return
	}
	if err := s.Space.Validate(); err != nil {
		c.add(path+".space", nil, "%s", err)
	}
	known := model.Space(s.Kind)
	defaults := model.Defaults(s.Kind)
	for name := range s.Space {
		_, inSpace := known[name]
		_, inDefaults := defaults[name]
		if !inSpace && !inDefaults {
			c.add(path+".space."+name, nil, "is no hyperparameter of %s", s.Kind)
			continue
		}
		for _, v := range edges(s.Space[name]) {
			if err := model.CheckParams(s.Kind, search.Params{name: v}); err != nil {
				c.add(path+".space."+name, nil, "reaches beyond the limits: %s", err)
			}
		}
	}
	if err := model.CheckTogether(s.Kind, s.Params); err != nil {
		c.add(path+".params", nil, "%s", err)
		return
	}
	final := search.Params{}
	maps.Copy(final, s.Params)
	maps.Copy(final, s.Final)
	if err := model.CheckTogether(s.Kind, final); err != nil {
		c.add(path+".final", nil, "%s", err)
	}
}

// edges returns the values of a dimension that all others lie between, or all values.
func edges(d search.Dimension) []any {
	values := slices.Clone(d.Values)
	if d.Min != nil {
		values = append(values, *d.Min)
	}
	if d.Max != nil {
		values = append(values, *d.Max)
	}
	return values
}

// gate checks that the gate's length is one that the models will be scored at.
func (c *checker) gate(path string, s Stage) {
	if s.Deploy.Gate.Length == 0 {
		return
	}
	var lengths []int
	for _, stage := range c.spec.Stages {
		if stage.Generate != nil {
			lengths = append(lengths, stage.Generate.Lengths...)
		}
	}
	if !slices.Contains(lengths, s.Deploy.Gate.Length) {
		c.add(path, s.Deploy.Gate.Length, "is no length that is generated; there are: %v", lengths)
	}
}

// order sorts the stages topologically, keeping the written order where it can.
func (c *checker) order() {
	var sorted []Stage
	placed := map[string]bool{}
	for len(sorted) < len(c.spec.Stages) {
		before := len(sorted)
		for _, s := range c.spec.Stages {
			waits := slices.ContainsFunc(s.Needs, func(n string) bool { return !placed[n] })
			if !placed[s.Name] && !waits {
				sorted = append(sorted, s)
				placed[s.Name] = true
			}
		}
		if len(sorted) == before {
			c.cycle(placed)
			return
		}
	}
	c.spec.Stages = sorted
}

// cycle names a ring of stages that wait for each other.
func (c *checker) cycle(placed map[string]bool) {
	var ring []string
	for i := range c.spec.Stages {
		if !placed[c.spec.Stages[i].Name] {
			ring = append(ring, c.spec.Stages[i].Name)
		}
	}
	c.add("stages", nil, "these need each other in a circle: %s", strings.Join(ring, ", "))
}
