package orchestrator

import (
	"context"
	"encoding/json"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// between is the least time between two projections of a run that is merely making progress.
const between = 100 * time.Millisecond

// project tells those who look on how the run stands.
func (d *driver) project(ctx context.Context, news bool) {
	ended := d.state.Status.Ended()
	d.mu.Lock()
	news = news || d.progressed
	d.mu.Unlock()
	if !ended && (!news || time.Since(d.published) < between) {
		return
	}
	d.published = time.Now()
	run := d.view()
	if err := rpc.Publish(ctx, d.o.conns.NATS, wire.SubjectRunEvents+"."+d.id, run); err != nil {
		d.log.WarnContext(ctx, "event not sent", "err", err)
	}
	data, err := proto.Marshal(run)
	if err == nil {
		err = d.o.runs.Put(ctx, d.id, data)
	}
	if err != nil {
		d.log.WarnContext(ctx, "projection not written", "err", err)
	}
}

// view returns the run as people see it, with the progress of its running tasks.
func (d *driver) view() *pipelinev1.Run {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.progressed = false
	run := view(d.spec, d.state, d.graph, func(u pipeline.Unit) (float64, string) {
		if w := d.watches[u.Path()]; w != nil {
			return w.fraction, w.message
		}
		return 0, ""
	})
	run.Orchestrator = d.o.id
	return run
}

// view writes a run for the wire. progress tells how far a task is that is not done.
func view(spec pipeline.Spec, s pipeline.State, g pipeline.Graph, progress func(pipeline.Unit) (float64, string)) *pipelinev1.Run {
	run := summary(s)
	for _, v := range g.Stages {
		run.Stages = append(run.Stages, stageView(s, v, progress))
	}
	length := 0
	for _, stage := range spec.Stages {
		if stage.Deploy != nil {
			length = stage.Deploy.Gate.Length
		}
	}
	if board := pipeline.Leaderboard(g, length); len(board) > 0 {
		run.Leaderboard, _ = json.Marshal(board)
	}
	return run
}

// summary writes what the state alone tells of a run.
func summary(s pipeline.State) *pipelinev1.Run {
	run := &pipelinev1.Run{
		Id: s.Run, Name: s.Name, Status: string(s.Status), Error: s.Error,
		CreatedUnixNano: s.Created, EndedUnixNano: s.Ended, SpecDigest: string(s.SpecDigest),
	}
	if span := trace.SpanContextFromContext(telemetry.Extract(context.Background(), s.Trace)); span.IsValid() {
		run.TraceId = span.TraceID().String()
	}
	for _, decision := range s.Decisions {
		run.Decision, _ = json.Marshal(decision)
	}
	return run
}

func stageView(s pipeline.State, v pipeline.StageView, progress func(pipeline.Unit) (float64, string)) *pipelinev1.Stage {
	stage := &pipelinev1.Stage{
		Name: v.Name, Kind: v.Kind, Wanted: int32(len(v.Units)), Done: int32(v.Done()), Expected: int32(v.Expected),
	}
	fraction := float64(v.Done())
	for _, u := range v.Units {
		_, tried := s.Attempts[u.Path()]
		switch {
		case u.Result != nil && !tried:
			stage.Cached++
		case u.Result == nil:
			f, message := progress(u)
			fraction += f
			if message != "" {
				stage.Note = u.Name + ": " + message
			}
		}
	}
	if total := max(v.Expected, len(v.Units)); total > 0 {
		stage.Progress = fraction / float64(total)
	}
	span := s.Stages[v.Name]
	_, decided := s.Decisions[v.Name]
	switch {
	case decided, v.Kind != pipeline.KindDeploy && v.Complete:
		stage.Status, stage.Progress = "done", 1
	case s.Status == pipeline.Failed:
		stage.Status = "failed"
	case len(v.Units) > 0 && !s.Status.Ended():
		stage.Status = "running"
	default:
		stage.Status = "waiting"
	}
	end := span.Ended
	if end == 0 {
		end = s.Ended
	}
	if end == 0 {
		end = time.Now().UnixNano()
	}
	if span.Started > 0 {
		stage.ElapsedSeconds = max(0, float64(end-span.Started)/1e9)
	}
	return stage
}

// spanFrom has a span begin when something did.
func spanFrom(unixNano int64) []trace.SpanStartOption {
	return []trace.SpanStartOption{trace.WithTimestamp(time.Unix(0, unixNano))}
}
