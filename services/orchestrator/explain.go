package orchestrator

import (
	"context"
	"crypto/rand"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// explain says of each task of a run whether a memo answered it, and if not, what changed since the
// run of that name before.
func (o *Orchestrator) explain(ctx context.Context, req *pipelinev1.ExplainRequest) (*pipelinev1.Explanation, error) {
	_, state, g, err := o.read(ctx, req.GetRun())
	if err != nil {
		return nil, err
	}
	before, earlier, err := o.before(ctx, state)
	if err != nil {
		return nil, err
	}
	answer := &pipelinev1.Explanation{Run: state.Run, ComparedWith: before}
	for u := range g.Units {
		answer.Tasks = append(answer.Tasks, explainUnit(u, state, before, earlier))
	}
	return answer, nil
}

func explainUnit(u pipeline.Unit, state pipeline.State, before string, earlier map[string]pipeline.Task) *pipelinev1.Explanation_Task {
	attempt, tried := state.Attempts[u.Path()]
	task := &pipelinev1.Explanation_Task{Stage: u.Stage, Unit: u.Name, Key: string(u.Key), Cached: u.Result != nil && !tried}
	if u.Result != nil {
		task.Seconds, task.Engine = u.Result.Seconds, u.Result.Engine
	}
	old, known := earlier[u.Path()]
	switch {
	case task.Cached:
		task.Reason = "a memo answered it"
	case before == "":
		task.Reason = "no earlier run of this name to compare with"
	case !known:
		task.Reason = "run " + before + " has no such task"
	default:
		task.Reason = pipeline.Explain(u.Task, old)
	}
	if attempt.N > 1 {
		task.Reason += "; more than one attempt"
	}
	return task
}

// before finds the newest run of the same name that was created before a run, and its tasks.
func (o *Orchestrator) before(ctx context.Context, state pipeline.State) (string, map[string]pipeline.Task, error) {
	states, err := o.states(ctx)
	if err != nil {
		return "", nil, err
	}
	var newest pipeline.State
	for _, s := range states {
		if s.Name == state.Name && s.ProofOf == "" && s.Created < state.Created && s.Created > newest.Created {
			newest = s
		}
	}
	if newest.Run == "" {
		return "", nil, nil
	}
	_, _, g, err := o.read(ctx, newest.Run)
	if err != nil {
		return "", nil, err
	}
	tasks := map[string]pipeline.Task{}
	for u := range g.Units {
		tasks[u.Path()] = u.Task
	}
	return newest.Run, tasks, nil
}

// prove executes a run's tasks again, in a run of its own whose keys no memo answers, or compares
// the two when that is done.
func (o *Orchestrator) prove(ctx context.Context, req *pipelinev1.ProveRequest) (*pipelinev1.Proof, error) {
	spec, state, g, err := o.read(ctx, req.GetRun())
	if err != nil {
		return nil, err
	}
	if req.GetProofRun() != "" {
		return o.compare(ctx, state, g, req.GetProofRun())
	}
	if state.Status != pipeline.Succeeded {
		return nil, fault.New(fault.Conflict, "run %s is %s; only a run that succeeded can be proved", state.Run, state.Status)
	}
	salt := rand.Text()
	started, err := o.start(ctx, spec.ForProof(salt), "prove/"+state.Run+"/"+salt, func(s *pipeline.State) { s.ProofOf = state.Run })
	if err != nil {
		return nil, err
	}
	return &pipelinev1.Proof{Run: state.Run, ProofRun: started.GetRun()}, nil
}

// compare sets the outcomes of two runs side by side.
func (o *Orchestrator) compare(ctx context.Context, state pipeline.State, g pipeline.Graph, proofRun string) (*pipelinev1.Proof, error) {
	_, proofState, proof, err := o.read(ctx, proofRun)
	if err != nil {
		return nil, err
	}
	switch {
	case proofState.ProofOf != state.Run:
		return nil, fault.New(fault.Invalid, "run %s is no proof of run %s", proofRun, state.Run)
	case proofState.Status != pipeline.Succeeded:
		return nil, fault.New(fault.Conflict, "the proof's run %s is %s: %s", proofRun, proofState.Status, proofState.Error)
	}
	again := map[string]*pipeline.Result{}
	for u := range proof.Units {
		again[u.Path()] = u.Result
	}
	answer := &pipelinev1.Proof{Run: state.Run, ProofRun: proofRun, Equal: true}
	for u := range g.Units {
		line := &pipelinev1.Proof_Task{Stage: u.Stage, Unit: u.Name}
		second := again[u.Path()]
		switch {
		case u.Result == nil || second == nil:
			line.Detail = "it was not executed in both runs"
		case !u.Result.SameOutcome(*second):
			line.Detail = "the outcome differs"
		default:
			line.Equal = true
		}
		answer.Equal = answer.Equal && line.Equal
		answer.Tasks = append(answer.Tasks, line)
	}
	return answer, nil
}
