package service

import (
	"context"
	"errors"
	"maps"
	"sync"
)

// Readiness gathers whether a part can do its work, as named checks. The zero value has none, and is
// not ready: the part is starting. It is safe for concurrent use; nil ignores what it is told.
type Readiness struct {
	mu       sync.Mutex
	checks   map[string]string // the reason against; empty: passed
	draining bool
	changed  chan struct{} // closed and dropped with each change; nil: nobody waits
}

// Set records the state of a check: nil if it passes, or the reason why not.
func (r *Readiness) Set(name string, err error) {
	if r == nil {
		return
	}
	reason := ""
	if err != nil {
		reason = "not ready"
		if text := err.Error(); text != "" {
			reason = text
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.checks[name]; ok && old == reason {
		return
	}
	if r.checks == nil {
		r.checks = map[string]string{}
	}
	r.checks[name] = reason
	r.wake()
}

// Drain makes the part not ready for good.
func (r *Readiness) Drain() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	r.wake()
}

// wake tells those who wait that something changed. The caller holds the lock.
func (r *Readiness) wake() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Reasons returns why the part is not ready, by check; none means that it is: at least one check is
// known, all of them pass, and it is not draining.
func (r *Readiness) Reasons() map[string]string {
	reasons, _ := r.state()
	return reasons
}

func (r *Readiness) state() (reasons map[string]string, changed <-chan struct{}) {
	if r == nil {
		return map[string]string{"service": "starting"}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	reasons = map[string]string{}
	maps.Copy(reasons, r.checks)
	maps.DeleteFunc(reasons, func(_, reason string) bool { return reason == "" })
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	switch {
	case r.draining:
		reasons["service"] = "draining"
	case len(r.checks) == 0:
		reasons["service"] = "starting"
	}
	return reasons, r.changed
}

// Wait returns nil as soon as the part is ready, or, when ctx ends first, its error with the reasons.
func (r *Readiness) Wait(ctx context.Context) error {
	for {
		reasons, changed := r.state()
		if len(reasons) == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), notReady(reasons))
		}
	}
}
