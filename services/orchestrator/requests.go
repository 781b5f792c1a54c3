package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/telemetry"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// newState is the state of a run that was just submitted.
func newState(run string, spec pipeline.Spec, trace map[string]string) pipeline.State {
	return pipeline.State{
		Run: run, Name: spec.Name, SpecDigest: spec.Digest(), Status: pipeline.Running,
		Created: time.Now().UnixNano(), Trace: trace,
	}
}

// submit checks a spec, writes it and starts its run. Equal keys name one run.
func (o *Orchestrator) submit(ctx context.Context, req *pipelinev1.SubmitRequest) (*pipelinev1.SubmitResponse, error) {
	spec, err := pipeline.Parse(req.GetSpec())
	if err != nil {
		return nil, fault.With(fault.Invalid, err)
	}
	if req.GetKey() == "" || len(req.GetKey()) > 200 {
		return nil, fault.New(fault.Invalid, "the submission's key has %d characters; allowed: 1 to 200. Equal keys name one run", len(req.GetKey()))
	}
	return o.start(ctx, spec, req.GetKey(), func(*pipeline.State) {})
}

// start writes a run's spec and first state, and drives it. It is idempotent.
func (o *Orchestrator) start(ctx context.Context, spec pipeline.Spec, key string, adjust func(*pipeline.State)) (*pipelinev1.SubmitResponse, error) {
	run := "r" + string(artifact.DigestOf([]byte(key)))[:12]
	document := spec.Canonical()
	created := true
	_, err := o.store.Write(ctx, specKey(run), document, artifact.Condition{Absent: true, Durable: true})
	if errors.Is(err, artifact.ErrConflict) {
		created = false
		old, err := o.loadSpec(ctx, run)
		if err != nil {
			return nil, err
		}
		if old.Digest() != spec.Digest() {
			return nil, fault.New(fault.Conflict, "the submission's key was used for another spec, by run %s: choose another key", run)
		}
	} else if err != nil {
		return nil, fault.With(fault.Unavailable, fmt.Errorf("write the run's spec: %w", err))
	}
	trace := map[string]string{}
	telemetry.Inject(ctx, trace)
	state := newState(run, spec, trace)
	adjust(&state)
	_, err = o.store.Write(ctx, stateKey(run), state.Document(), artifact.Condition{Absent: true, Durable: true})
	if err != nil && !errors.Is(err, artifact.ErrConflict) {
		return nil, fault.With(fault.Unavailable, fmt.Errorf("write the run's state: %w", err))
	}
	o.log.InfoContext(ctx, "run submitted", "run", run, "pipeline", spec.Name, "created", created)
	o.drive(run)
	return &pipelinev1.SubmitResponse{Run: run, Created: created}, nil
}

// get returns how a run stands.
func (o *Orchestrator) get(ctx context.Context, req *pipelinev1.GetRequest) (*pipelinev1.Run, error) {
	spec, state, g, err := o.read(ctx, req.GetRun())
	if err != nil {
		return nil, err
	}
	if d := o.driver(req.GetRun()); d != nil {
		return view(spec, state, g, d.progress), nil
	}
	return view(spec, state, g, func(pipeline.Unit) (float64, string) { return 0, "" }), nil
}

// progress tells how far a running task is.
func (d *driver) progress(u pipeline.Unit) (float64, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w := d.watches[u.Path()]; w != nil {
		return w.fraction, w.message
	}
	return 0, ""
}

// read returns all that is known of a run.
func (o *Orchestrator) read(ctx context.Context, run string) (pipeline.Spec, pipeline.State, pipeline.Graph, error) {
	if !validRun(run) {
		return pipeline.Spec{}, pipeline.State{}, pipeline.Graph{}, fault.New(fault.Invalid, "%q is not the name of a run; `hurst runs list` shows those that there are", run)
	}
	state, _, err := o.loadState(ctx, run)
	if err != nil {
		return pipeline.Spec{}, state, pipeline.Graph{}, err
	}
	spec, err := o.loadSpec(ctx, run)
	if err != nil {
		return spec, state, pipeline.Graph{}, err
	}
	g, err := o.unfold(ctx, spec, map[pipeline.Key]bool{})
	return spec, state, g, err
}

// validRun keeps names of runs from reaching other keys of the store.
func validRun(run string) bool {
	if len(run) < 2 || len(run) > 64 {
		return false
	}
	return !slices.ContainsFunc([]byte(run), func(c byte) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
}

// list returns the newest runs.
func (o *Orchestrator) list(ctx context.Context, req *pipelinev1.ListRequest) (*pipelinev1.ListResponse, error) {
	limit := int(req.GetLimit())
	switch {
	case limit == 0:
		limit = 50
	case limit < 0 || limit > 1000:
		return nil, fault.New(fault.Invalid, "limit %d; allowed: 1 to 1000, or 0 for 50", limit)
	}
	states, err := o.states(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(states, func(a, b pipeline.State) int { return int(max(-1, min(1, b.Created-a.Created))) })
	response := &pipelinev1.ListResponse{}
	for _, s := range states {
		if s.Run != "" && len(response.Runs) < limit {
			response.Runs = append(response.Runs, summary(s))
		}
	}
	return response, nil
}

// cancel asks a run to stop.
func (o *Orchestrator) cancel(ctx context.Context, req *pipelinev1.CancelRequest) (*pipelinev1.Run, error) {
	return o.steer(ctx, req.GetRun(), func(s *pipeline.State) error {
		if s.Status == pipeline.Cancelling {
			return nil
		}
		return s.Move(pipeline.Cancelling)
	})
}

// resume sets a failed or cancelled run going again.
func (o *Orchestrator) resume(ctx context.Context, req *pipelinev1.ResumeRequest) (*pipelinev1.Run, error) {
	return o.steer(ctx, req.GetRun(), func(s *pipeline.State) error {
		if s.Status == pipeline.Running {
			return nil
		}
		return s.Resume()
	})
}

// steer changes a run's state on a person's behalf and has its driver look.
func (o *Orchestrator) steer(ctx context.Context, run string, mutate func(*pipeline.State) error) (*pipelinev1.Run, error) {
	if !validRun(run) {
		return nil, fault.New(fault.Invalid, "%q is not the name of a run; `hurst runs list` shows those that there are", run)
	}
	state, err := o.change(ctx, run, func(s *pipeline.State) error {
		if err := mutate(s); err != nil {
			return fault.With(fault.Conflict, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	o.drive(run)
	if d := o.driver(run); d != nil {
		d.reload()
	}
	return summary(state), nil
}

// reload has the driver read the state again.
func (d *driver) reload() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale = true
	d.wake()
}

// isStale tells whether the driver has yet to read what a person changed.
func (d *driver) isStale() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stale
}
