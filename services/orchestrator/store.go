package orchestrator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/worker"
)

// parallel is how many documents are read at once.
const parallel = 16

func specKey(run string) string  { return "runs/" + run + "/spec.json" }
func stateKey(run string) string { return "runs/" + run + "/state.json" }

// loadSpec reads a run's spec.
func (o *Orchestrator) loadSpec(ctx context.Context, run string) (pipeline.Spec, error) {
	doc, err := o.store.Read(ctx, specKey(run))
	if errors.Is(err, artifact.ErrNotFound) {
		return pipeline.Spec{}, fault.New(fault.NotFound, "there is no run %q; `hurst runs list` shows those that there are", run)
	}
	if err != nil {
		return pipeline.Spec{}, fault.With(fault.Unavailable, fmt.Errorf("read the spec of run %s: %w", run, err))
	}
	spec, err := pipeline.Load(doc.Data)
	if err != nil {
		return spec, fault.New(fault.Internal, "read the spec of run %s: %w", run, err)
	}
	return spec, nil
}

// loadState reads a run's state and its ETag.
func (o *Orchestrator) loadState(ctx context.Context, run string) (pipeline.State, string, error) {
	var state pipeline.State
	doc, err := o.store.Read(ctx, stateKey(run))
	if errors.Is(err, artifact.ErrNotFound) {
		return state, "", fault.New(fault.NotFound, "there is no run %q; `hurst runs list` shows those that there are", run)
	}
	if err != nil {
		return state, "", fault.With(fault.Unavailable, fmt.Errorf("read the state of run %s: %w", run, err))
	}
	if err := json.Unmarshal(doc.Data, &state); err != nil {
		return state, doc.ETag, fault.New(fault.Internal, "read the state of run %s: %w", run, err)
	}
	return state, doc.ETag, nil
}

// change loads a run's state, has it changed, and writes it back, again when another was faster.
func (o *Orchestrator) change(ctx context.Context, run string, mutate func(*pipeline.State) error) (pipeline.State, error) {
	for {
		state, etag, err := o.loadState(ctx, run)
		if err != nil {
			return state, err
		}
		if err := mutate(&state); err != nil {
			return state, err
		}
		_, err = o.store.Write(ctx, stateKey(run), state.Document(), artifact.Condition{Match: etag, Durable: true})
		if !errors.Is(err, artifact.ErrConflict) {
			return state, fault.With(fault.Unavailable, err)
		}
	}
}

// runIDs lists the runs that have a spec.
func (o *Orchestrator) runIDs(ctx context.Context) ([]string, error) {
	var ids []string
	for key, err := range o.store.List(ctx, "runs/") {
		if err != nil {
			return nil, fault.With(fault.Unavailable, fmt.Errorf("list runs: %w", err))
		}
		if run, file, _ := strings.Cut(strings.TrimPrefix(key, "runs/"), "/"); file == "spec.json" {
			ids = append(ids, run)
		}
	}
	return ids, nil
}

// states reads the state of every run. A run whose submission was cut short has none, and is
// started now.
func (o *Orchestrator) states(ctx context.Context) ([]pipeline.State, error) {
	ids, err := o.runIDs(ctx)
	if err != nil {
		return nil, err
	}
	states := make([]pipeline.State, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, id := range ids {
		group.Go(func() error {
			state, err := o.stateOrRepair(ctx, id)
			if err != nil {
				o.log.WarnContext(ctx, "run left out", "run", id, "err", err)
				return nil
			}
			states[i] = state
			return nil
		})
	}
	return states, group.Wait()
}

// stateOrRepair reads a run's state. One that is missing or torn is made anew from the spec: what
// was done has memos.
func (o *Orchestrator) stateOrRepair(ctx context.Context, run string) (pipeline.State, error) {
	state, etag, err := o.loadState(ctx, run)
	code := fault.CodeOf(err)
	if err == nil || (code != fault.NotFound && code != fault.Internal) {
		return state, err
	}
	spec, err := o.loadSpec(ctx, run)
	if err != nil {
		return state, err
	}
	state = newState(run, spec, nil)
	_, err = o.store.Write(ctx, stateKey(run), state.Document(), artifact.Condition{Absent: etag == "", Match: etag, Durable: true})
	return state, err
}

// adoptAll starts a driver for every run that has not ended.
func (o *Orchestrator) adoptAll(ctx context.Context) error {
	states, err := o.states(ctx)
	for _, s := range states {
		if s.Run != "" && !s.Status.Ended() {
			o.drive(s.Run)
		}
	}
	return err
}

// lookup returns a task's result if it is in memory, or nil.
func (o *Orchestrator) lookup(k pipeline.Key) *pipeline.Result {
	result, _ := o.results.Get(k)
	return result
}

// unfold returns a run's graph as far as the memos carry it. Keys in missing are taken to have no
// memo; those found to have none are added.
func (o *Orchestrator) unfold(ctx context.Context, spec pipeline.Spec, missing map[pipeline.Key]bool) (pipeline.Graph, error) {
	for {
		g, err := pipeline.Unfold(spec, o.lookup)
		if err != nil {
			return g, err
		}
		var unknown []pipeline.Key
		for u := range g.Units {
			if u.Result == nil && !missing[u.Key] {
				unknown = append(unknown, u.Key)
			}
		}
		if len(unknown) == 0 {
			return g, nil
		}
		found, err := o.fetch(ctx, unknown, missing)
		if err != nil {
			return g, err
		}
		if !found {
			return g, nil
		}
	}
}

// fetch reads memos into memory and notes those that there are none of. It tells whether it found any.
func (o *Orchestrator) fetch(ctx context.Context, keys []pipeline.Key, missing map[pipeline.Key]bool) (bool, error) {
	results := make([]*pipeline.Result, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, key := range keys {
		group.Go(func() (err error) {
			results[i], err = worker.ReadMemo(ctx, o.store, key)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	found := false
	for i, key := range keys {
		if results[i] == nil {
			missing[key] = true
			continue
		}
		found = true
		o.results.Add(key, results[i])
	}
	return found, nil
}
