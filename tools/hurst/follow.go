package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

const (
	lookEvery   = time.Second      // how often a run is asked for when no event comes
	lookLimit   = 5 * time.Second  // for one answer
	awayAllowed = 30 * time.Second // how long the orchestrator may be away, as when it is restarted
)

// errLeft says that a person stopped watching a run.
var errLeft = errors.New("no longer followed")

// watcher receives a run's events from before the run is there.
type watcher struct {
	events chan *pipelinev1.Run
	sub    *rpc.Subscription
}

// watch begins to listen to all runs.
func watch(c *client.Client) (*watcher, error) {
	w := &watcher{events: make(chan *pipelinev1.Run, 256)}
	var err error
	w.sub, err = rpc.Subscribe(c.Conn, wire.SubjectRunEvents+".*", func(_ context.Context, _ string, r *pipelinev1.Run) {
		select {
		case w.events <- r:
		default: // whoever is this slow gets to know by asking
		}
	})
	return w, err
}

func (w *watcher) close() { _ = w.sub.Unsubscribe() } // fails only where the connection is gone

// follow shows a run until it ends, and returns how it ended. When ctx ends first, the error is
// errLeft and the run goes on.
func (w *watcher) follow(ctx context.Context, c *client.Client, run string, show func(*pipelinev1.Run)) (*pipelinev1.Run, error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	heard := time.Now()
	look := true
	for {
		if look {
			r, err := getRun(ctx, c, run)
			switch {
			case err == nil:
				heard = time.Now()
				show(r)
				if ended(r) {
					return r, nil
				}
			case ctx.Err() != nil:
				return nil, errLeft
			case fault.CodeOf(err) != fault.Unavailable || time.Since(heard) > awayAllowed:
				return nil, err
			}
		}
		select {
		case <-ctx.Done():
			return nil, errLeft
		case <-tick.C:
			look = time.Since(heard) >= lookEvery
		case r := <-w.events:
			look = false
			if r.GetId() != run {
				continue
			}
			heard = time.Now()
			show(r)
			if ended(r) {
				return r, nil
			}
		}
	}
}

func getRun(ctx context.Context, c *client.Client, run string) (*pipelinev1.Run, error) {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	return rpc.Call[pipelinev1.Run](ctx, c.Conn, wire.SubjectGet, &pipelinev1.GetRequest{Run: run})
}

func ended(r *pipelinev1.Run) bool { return pipeline.Status(r.GetStatus()).Ended() }

// followRun shows a run's progress until it ends, then how it ended.
func (a *app) followRun(ctx context.Context, c *client.Client, w *watcher, run string, length int) error {
	r, err := a.showProgress(ctx, c, w, run)
	if err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(viewOf(r)); err != nil {
			return err
		}
	} else {
		a.showOutcome(r, length)
	}
	return outcome(r)
}

// showProgress shows a run until it ends.
func (a *app) showProgress(ctx context.Context, c *client.Client, w *watcher, run string) (*pipelinev1.Run, error) {
	p := a.newProgress()
	r, err := w.follow(ctx, c, run, p.update)
	p.end()
	if errors.Is(err, errLeft) && !a.json {
		fmt.Fprintf(a.err, "run %s goes on; to follow it again: %s; to stop it: %s\n",
			run, a.command("runs", "follow", run), a.command("runs", "cancel", run))
		return nil, errReported
	}
	return r, err
}

// outcome is the error of a run that did not succeed.
func outcome(r *pipelinev1.Run) error {
	switch pipeline.Status(r.GetStatus()) {
	case pipeline.Failed:
		return fmt.Errorf("run %s failed: %s", r.GetId(), r.GetError())
	case pipeline.Cancelled:
		return fmt.Errorf("run %s was cancelled", r.GetId())
	}
	return nil
}

// showOutcome prints what came of a run.
func (a *app) showOutcome(r *pipelinev1.Run, length int) {
	took := time.Duration(r.GetEndedUnixNano() - r.GetCreatedUnixNano())
	cached, all := 0, 0
	for _, s := range r.GetStages() {
		cached += int(s.GetCached())
		all += int(s.GetDone())
	}
	a.printf("run %s %s in %s: %s, %d of them answered from memos\n",
		r.GetId(), a.paint.Status(r.GetStatus()), screen.Duration(took), plural(all, "task"), cached)
	a.showBoard(r, length)
	a.showDecision(r)
	if id := r.GetTraceId(); id != "" {
		a.printf("trace %s (%s)\n", id, a.command("trace", r.GetId()))
	}
}
