package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
)

const (
	crowd     = 8                     // attempts that are out beyond which events are gathered
	gathering = 10 * time.Millisecond // for how long
)

// driver drives one run: it looks at the memos, plans, writes the state and acts, whenever
// something happened and once a second.
type driver struct {
	o       *Orchestrator
	id      string
	log     *slog.Logger
	wakeups chan struct{}
	quit    chan struct{} // closed: another orchestrator drives the run
	yielded sync.Once

	// The driver's goroutine alone uses these.
	spec      pipeline.Spec
	state     pipeline.State
	etag      string
	missing   map[pipeline.Key]bool // tasks that had no memo when last looked
	published time.Time
	probed    bool // attempts that are known from the state alone have been looked up
	out       int  // attempts that are out

	mu         sync.Mutex
	watches    map[string]*watch     // by unit path
	recheck    map[pipeline.Key]bool // tasks that may have a memo by now
	graph      pipeline.Graph        // as last unfolded
	progressed bool                  // since the last projection
	stale      bool                  // a person changed the state
}

func newDriver(o *Orchestrator, run string) *driver {
	return &driver{
		o: o, id: run, log: o.log.With("run", run),
		wakeups: make(chan struct{}, 1), quit: make(chan struct{}),
		watches: map[string]*watch{}, missing: map[pipeline.Key]bool{}, recheck: map[pipeline.Key]bool{},
	}
}

// wake has the driver look soon.
func (d *driver) wake() {
	select {
	case d.wakeups <- struct{}{}:
	default:
	}
}

// yield ends the driver; another orchestrator goes on.
func (d *driver) yield() { d.yielded.Do(func() { close(d.quit) }) }

// run drives until the run has ended, ctx ends, or another orchestrator takes over.
func (d *driver) run(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	probing := true // the state may name attempts that nobody knows any more
	for {
		again, err := d.step(ctx, probing)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			d.log.WarnContext(ctx, "will look again in a second", "err", err)
		case d.state.Status.Ended():
			return
		case again:
			probing = false
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-d.quit:
			d.log.InfoContext(ctx, "another orchestrator drives the run")
			return
		case <-d.wakeups:
			probing = false
			d.gather(ctx)
		case <-ticker.C:
			probing = true
		}
	}
}

// gather waits a moment when many attempts are out, so that one step serves several events. When
// there are few, one may be waited for, and the driver goes on at once.
func (d *driver) gather(ctx context.Context) {
	if d.out <= crowd {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(gathering):
	}
}

// step looks, plans, writes and acts once. It tells whether there may be more to do at once.
func (d *driver) step(ctx context.Context, probing bool) (again bool, err error) {
	if err := d.load(ctx); err != nil {
		return false, err
	}
	g, err := d.look(ctx)
	if err != nil {
		return false, err
	}
	if probing && len(d.state.Attempts) > 0 {
		d.probe(ctx, g)
		if g, err = d.look(ctx); err != nil {
			return false, err
		}
	}
	d.out = 0
	for u := range g.Units {
		if u.Result == nil {
			d.out++
		}
	}
	actions := pipeline.Plan(d.spec, g, d.state, d.observed())
	decisions, err := d.promote(ctx, g, actions)
	if err != nil {
		return false, err
	}
	next, changed := pipeline.Apply(d.state, g, actions, time.Now().UnixNano())
	for stage, decision := range decisions {
		if next.Decisions == nil {
			next.Decisions = map[string]pipeline.Decision{}
		}
		next.Decisions[stage] = decision
		changed = true
	}
	if changed {
		if again, err := d.save(ctx, next); err != nil || again {
			return again, err
		}
	}
	if err := d.act(ctx, g, actions); err != nil {
		return false, err
	}
	d.project(ctx, changed || probing)
	return len(decisions) > 0, nil
}

// load reads the spec and the state the first time, and after a conflict.
func (d *driver) load(ctx context.Context) (err error) {
	d.mu.Lock()
	stale := d.stale
	d.stale = false
	d.mu.Unlock()
	if d.etag != "" && !stale {
		return nil
	}
	if d.spec.Name == "" {
		if d.spec, err = d.o.loadSpec(ctx, d.id); err != nil {
			return err
		}
	}
	d.state, d.etag, err = d.o.loadState(ctx, d.id)
	return err
}

// look unfolds the run as far as the memos carry it.
func (d *driver) look(ctx context.Context) (pipeline.Graph, error) {
	d.mu.Lock()
	for key := range d.recheck {
		delete(d.missing, key)
	}
	clear(d.recheck)
	d.mu.Unlock()
	g, err := d.o.unfold(ctx, d.spec, d.missing)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.graph = g
	}
	return g, err
}

// save writes the next state. Another orchestrator, or a person's command, may have been faster:
// then the state is read again.
func (d *driver) save(ctx context.Context, next pipeline.State) (again bool, err error) {
	etag, err := d.o.store.Write(ctx, stateKey(d.id), next.Document(),
		artifact.Condition{Match: d.etag, Durable: next.Status != d.state.Status})
	if errors.Is(err, artifact.ErrConflict) {
		d.etag = ""
		return true, nil
	}
	if err != nil {
		d.etag = "" // it may have been written all the same
		return false, fmt.Errorf("write the run's state: %w", err)
	}
	d.state, d.etag = next, etag
	return false, nil
}
