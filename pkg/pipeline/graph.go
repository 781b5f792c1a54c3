package pipeline

import "fmt"

// Graph is what a spec has unfolded into, given the results known so far. It grows as results come
// in: a shard is extracted as soon as it is generated, a study's trials appear when it names them.
type Graph struct {
	Stages []StageView
}

// StageView is one stage of a graph.
type StageView struct {
	Name     string
	Kind     string
	Units    []Unit // tasks wanted so far, in a fixed order
	Expected int    // tasks in the end; zero: not known yet
	Complete bool   // every task is known and has its result
}

// Unit is a task of a stage, wanted because all that it reads exists.
type Unit struct {
	Stage  string
	Name   string
	Task   Task
	Key    Key
	Result *Result // nil: not done
}

// Path names the unit within its run.
func (u Unit) Path() string { return u.Stage + "/" + u.Name }

// Results looks a memo up. It answers nil for what has none, as far as is known.
type Results func(Key) *Result

// Unfold returns the tasks that a spec wants, given the results so far. It fails when a result
// cannot be understood.
func Unfold(spec Spec, results Results) (Graph, error) {
	g := Graph{Stages: make([]StageView, 0, len(spec.Stages))}
	for _, stage := range spec.Stages {
		u := unfolding{spec: spec, stage: stage, graph: &g, results: results}
		if err := u.run(); err != nil {
			return g, fmt.Errorf("stage %s: %w", stage.Name, err)
		}
		g.Stages = append(g.Stages, u.view)
	}
	return g, nil
}

// unfolding is the work of unfolding one stage.
type unfolding struct {
	spec    Spec
	stage   Stage
	graph   *Graph // of the stages before
	results Results
	view    StageView
}

func (u *unfolding) run() error {
	u.view = StageView{Name: u.stage.Name, Kind: u.stage.Kind}
	switch {
	case u.stage.Generate != nil:
		u.generate(u.stage.Generate)
	case u.stage.Extract != nil:
		u.extract(u.stage.Extract)
	case u.stage.Tune != nil:
		return u.tune(u.stage.Tune)
	case u.stage.Train != nil:
		return u.train()
	case u.stage.Evaluate != nil:
		return u.evaluate()
	case u.stage.Noop != nil:
		u.noop(u.stage.Noop)
	case u.stage.Deploy != nil:
		// The orchestrator asks the deployer; there is no task.
	default:
		return fmt.Errorf("kind %q has no planner", u.stage.Kind)
	}
	return nil
}

// want adds a task to the stage and returns its result, or nil.
func (u *unfolding) want(name, kind string, params any, inputs ...Input) *Result {
	task := Task{
		Kind:    kind,
		Version: VersionOf(kind),
		Params:  mustMarshal(params),
		Inputs:  inputs,
		Seed:    u.spec.Seed,
		Salt:    u.spec.Salt,
	}
	key := task.Key()
	result := u.results(key)
	u.view.Units = append(u.view.Units, Unit{Stage: u.stage.Name, Name: name, Task: task, Key: key, Result: result})
	return result
}

// settle fixes how many tasks the stage has in the end.
func (u *unfolding) settle(expected int) {
	u.view.Expected = expected
	u.view.Complete = len(u.view.Units) == expected && u.view.Done() == expected
}

// needs returns the views of the needed stages of a kind, in the order of the spec.
func (u *unfolding) needs(kind string) []*StageView {
	var views []*StageView
	for _, name := range u.stage.Needs {
		for i := range u.graph.Stages {
			if v := &u.graph.Stages[i]; v.Name == name && v.Kind == kind {
				views = append(views, v)
			}
		}
	}
	return views
}

// ready tells whether every stage that this one needs is complete.
func (u *unfolding) ready() bool {
	for _, name := range u.stage.Needs {
		for i := range u.graph.Stages {
			if v := &u.graph.Stages[i]; v.Name == name && !v.Complete {
				return false
			}
		}
	}
	return true
}

// Done counts the units with a result.
func (v StageView) Done() int {
	n := 0
	for _, u := range v.Units {
		if u.Result != nil {
			n++
		}
	}
	return n
}

// Complete tells whether every task of the graph is done; deploying may remain.
func (g Graph) Complete() bool {
	for _, v := range g.Stages {
		if v.Kind != KindDeploy && !v.Complete {
			return false
		}
	}
	return true
}

// Stage returns the view of the stage with the given name, or nil.
func (g Graph) Stage(name string) *StageView {
	for i := range g.Stages {
		if g.Stages[i].Name == name {
			return &g.Stages[i]
		}
	}
	return nil
}

// Units yields every unit, stage by stage.
func (g Graph) Units(yield func(Unit) bool) {
	for _, v := range g.Stages {
		for _, u := range v.Units {
			if !yield(u) {
				return
			}
		}
	}
}

// producer returns the unit whose result has the artifact, and whether there is one.
func (g Graph) producer(lost Key) (Unit, bool) {
	for u := range g.Units {
		if u.Result == nil {
			continue
		}
		for _, o := range u.Result.Outputs {
			if o.Ref.Digest == lost {
				return u, true
			}
		}
	}
	return Unit{}, false
}
