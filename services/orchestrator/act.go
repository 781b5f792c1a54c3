package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
)

// act performs what was planned and written.
func (d *driver) act(ctx context.Context, g pipeline.Graph, actions []pipeline.Action) error {
	ctx = telemetry.WithTracer(telemetry.Extract(ctx, d.state.Trace), d.o.tracer)
	var enqueue []pipeline.Enqueue
	for _, action := range actions {
		switch a := action.(type) {
		case pipeline.Enqueue:
			enqueue = append(enqueue, a)
		case pipeline.Forget:
			if err := d.forget(ctx, a); err != nil {
				return err
			}
		case pipeline.Revoke:
			d.revoke(ctx, g)
		case pipeline.Finish:
			d.finish(ctx)
		}
	}
	return d.enqueue(ctx, enqueue)
}

// enqueue gives attempts to the queues, several at a time.
func (d *driver) enqueue(ctx context.Context, attempts []pipeline.Enqueue) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, a := range attempts {
		d.expect(a.Unit.Path(), a.Unit.Key, a.Attempt)
		group.Go(func() error { return d.enqueueOne(ctx, a) })
	}
	return group.Wait()
}

func (d *driver) enqueueOne(ctx context.Context, a pipeline.Enqueue) error {
	u := a.Unit
	payload, err := proto.Marshal(&workv1.Assignment{
		Run: d.id, Stage: u.Stage, Unit: u.Name, Attempt: a.Attempt,
		Key: string(u.Key), Task: wire.Task(u.Task), EnqueuedUnixNano: time.Now().UnixNano(),
	})
	if err != nil {
		return fmt.Errorf("write the assignment of %s: %w", u.Path(), err)
	}
	if a.Reason != "" {
		d.log.InfoContext(ctx, "task given out again", "task", u.Path(), "attempt", a.Attempt, "reason", a.Reason)
		d.stop(ctx, u, a.Attempt)
	}
	return d.o.jobs.Enqueue(ctx, job.Task{
		ID:       wire.JobID(d.id, u.Stage, u.Name, a.Attempt),
		Queue:    pipeline.QueueOf(u.Task.Kind),
		Type:     u.Task.Kind,
		Payload:  payload,
		Timeout:  d.o.cfg.TaskTimeout,
		MaxRetry: d.o.cfg.TaskRetries,
	})
}

// stop ends the earlier attempts at a unit, where they still are.
func (d *driver) stop(ctx context.Context, u pipeline.Unit, below uint32) {
	_ = rpc.Publish(ctx, d.o.conns.NATS, wire.SubjectRevoke, &workv1.Revoke{
		Run: d.id, Stage: u.Stage, Unit: u.Name, BelowAttempt: below,
	})
	if below > 1 {
		_ = d.o.jobs.Delete(ctx, pipeline.QueueOf(u.Task.Kind), wire.JobID(d.id, u.Stage, u.Name, below-1))
	}
}

// forget removes a memo whose artifacts are gone.
func (d *driver) forget(ctx context.Context, a pipeline.Forget) error {
	d.log.WarnContext(ctx, "artifacts lost: computed again", "task", a.Unit.Path(), "reader", a.Reader)
	if err := d.o.store.Delete(ctx, pipeline.MemoKey(a.Unit.Key)); err != nil {
		return fmt.Errorf("forget the memo of %s: %w", a.Unit.Path(), err)
	}
	d.o.results.Remove(a.Unit.Key)
	d.missing[a.Unit.Key] = true
	d.wake()
	return nil
}

// revoke stops everything that still runs or waits for this run.
func (d *driver) revoke(ctx context.Context, g pipeline.Graph) {
	_ = rpc.Publish(ctx, d.o.conns.NATS, wire.SubjectRevoke, &workv1.Revoke{Run: d.id})
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for u := range g.Units {
		if a, tried := d.state.Attempts[u.Path()]; tried && u.Result == nil {
			group.Go(func() error {
				_ = d.o.jobs.Delete(ctx, pipeline.QueueOf(u.Task.Kind), wire.JobID(d.id, u.Stage, u.Name, a.N))
				return nil
			})
		}
	}
	_ = group.Wait()
}

// finish closes the run's trace with a span over all of it.
func (d *driver) finish(ctx context.Context) {
	_, span := d.o.tracer.Start(ctx, "run "+d.spec.Name, spanFrom(d.state.Created)...)
	var err error
	if d.state.Status != pipeline.Succeeded {
		err = errors.New(string(d.state.Status) + ": " + d.state.Error)
	}
	telemetry.End(span, err)
	d.log.InfoContext(ctx, "run ended", "status", d.state.Status, "seconds", float64(d.state.Ended-d.state.Created)/1e9, "reason", d.state.Error)
}

// promote offers the best model where the plan says so, and returns the deployer's decisions.
func (d *driver) promote(ctx context.Context, g pipeline.Graph, actions []pipeline.Action) (map[string]pipeline.Decision, error) {
	decisions := map[string]pipeline.Decision{}
	ctx = telemetry.WithTracer(telemetry.Extract(ctx, d.state.Trace), d.o.tracer)
	for _, action := range actions {
		if p, ok := action.(pipeline.Promote); ok {
			decision, err := d.offer(ctx, g, *p.Stage.Deploy)
			if err != nil {
				return nil, fmt.Errorf("stage %s: %w", p.Stage.Name, err)
			}
			decisions[p.Stage.Name] = decision
		}
	}
	return decisions, nil
}

// offer asks the deployer about the best model. A request that it refuses for good is a decision too.
func (d *driver) offer(ctx context.Context, g pipeline.Graph, deploy pipeline.Deploy) (pipeline.Decision, error) {
	best, ok := pipeline.Best(g, deploy)
	if !ok {
		return pipeline.Decision{Model: deploy.Model, Reason: "no model was trained"}, nil
	}
	mae, se, ok := best.Validation.At(deploy.Gate.Length)
	if !ok {
		return pipeline.Decision{Model: deploy.Model, Reason: fmt.Sprintf("model %s was not scored at length %d, which the gate asks for", best.Model, deploy.Gate.Length)}, nil
	}
	answer, err := rpc.Call[deployv1.Decision](ctx, d.o.conns.NATS, wire.SubjectPromote, &deployv1.PromoteRequest{
		Run: d.id, Model: deploy.Model, Alias: deploy.Alias, Kind: best.Kind,
		Bundle: wire.Ref(best.Bundle), Report: wire.Ref(best.Report),
		Mae: mae, MaeSe: se, MaxMae: deploy.Gate.MaxMAE, BeatChampion: deploy.Gate.BeatChampion,
	})
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.NotFound {
		return pipeline.Decision{Model: deploy.Model, Reason: err.Error()}, nil
	}
	if err != nil {
		return pipeline.Decision{}, err
	}
	return pipeline.Decision{
		Model: answer.GetModel(), Version: int(answer.GetVersion()), Alias: answer.GetAlias(),
		Promoted: answer.GetPromoted(), Reason: answer.GetReason(), Previous: int(answer.GetPrevious()),
	}, nil
}
