package inference

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

const (
	loadLimit  = time.Minute // for one look at the registry and one bundle
	firstRetry = time.Second // after a failed load; doubles up to the refresh interval
)

// served is a version of a model that answers.
type served struct {
	name    string
	version int
	bundle  artifact.Digest
	model   *model.Model
}

func (v *served) label() string { return fmt.Sprintf("%s@%d", v.name, v.version) }

// slot holds what is served under a name.
type slot struct {
	name    string
	current atomic.Pointer[served] // nil: nothing yet
	hints   chan *deployv1.Pointer // the newest pointer that was not looked at yet
}

// catalog keeps the champions of the configured models loaded. The registry in the object store says
// which they are; the pointers in NATS say when to look, and stand in where the registry has nothing.
type catalog struct {
	log      *slog.Logger
	ready    *service.Readiness
	store    artifact.Store
	registry registry.Registry
	pointers *rpc.KV
	metrics  metrics
	refresh  time.Duration
	names    []string
	slots    map[string]*slot

	reporting sync.Mutex // so that the last report is the newest
}

func newCatalog(cfg Config, env service.Env, store artifact.Store, pointers *rpc.KV, m metrics) *catalog {
	c := &catalog{
		log: env.Logger, ready: env.Ready, store: store, registry: registry.Registry{Store: store},
		pointers: pointers, metrics: m, refresh: cfg.Refresh, names: cfg.Models, slots: map[string]*slot{},
	}
	for _, name := range cfg.Models {
		c.slots[name] = &slot{name: name, hints: make(chan *deployv1.Pointer, 1)}
	}
	return c
}

// find returns the version that answers for a model; empty: the first configured.
func (c *catalog) find(name string) (*served, error) {
	if name == "" {
		name = c.names[0]
	}
	s := c.slots[name]
	if s == nil {
		return nil, fault.New(fault.NotFound, "model %.80q is not served here; served are: %s", name, strings.Join(c.names, ", "))
	}
	v := s.current.Load()
	if v == nil {
		return nil, fault.New(fault.Unavailable, "no version of model %s is promoted yet: run a pipeline that deploys one (hurst submit pipelines/quickstart.yaml)", name)
	}
	return v, nil
}

// run loads and swaps until ctx ends.
func (c *catalog) run(ctx context.Context) {
	c.report()
	var work sync.WaitGroup
	for _, s := range c.slots {
		work.Go(func() { c.keep(ctx, s) })
	}
	if err := c.pointers.Watch(ctx, ">", c.hint); err != nil {
		c.log.ErrorContext(ctx, "pointers are not watched: a new champion is noticed at the next refresh", "err", err)
	}
	work.Wait()
}

// hint passes a pointer on to its slot, in place of an older one.
func (c *catalog) hint(name string, value []byte) {
	s := c.slots[name]
	if s == nil {
		return
	}
	var p deployv1.Pointer
	if err := proto.Unmarshal(value, &p); err != nil {
		c.log.Warn("pointer cannot be read", "model", name, "err", err)
		return
	}
	select {
	case <-s.hints:
	default:
	}
	s.hints <- &p // never blocks: hint is called from one goroutine
}

// keep keeps one slot up to date.
func (c *catalog) keep(ctx context.Context, s *slot) {
	var pointer *deployv1.Pointer
	wait, complaint := firstRetry, ""
	for {
		err := c.update(ctx, s, pointer)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			wait, complaint = c.refresh, ""
		default:
			if text := err.Error(); text != complaint { // once for each reason, not once for each attempt
				c.log.ErrorContext(ctx, "champion not loaded", "model", s.name, "err", err)
				complaint = text
			}
			if wait *= 2; wait > c.refresh || s.current.Load() != nil {
				wait = c.refresh
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case pointer = <-s.hints:
			wait = firstRetry
		case <-timer.C:
		}
		timer.Stop()
	}
}

// update loads the champion, unless it is loaded already. After an error what was served is served on.
func (c *catalog) update(ctx context.Context, s *slot, pointer *deployv1.Pointer) error {
	ctx, cancel := context.WithTimeout(ctx, loadLimit)
	defer cancel()
	v, err := c.registry.Get(ctx, s.name, registry.Champion)
	switch {
	case err == nil:
	case pointer.GetVersion() > 0:
		v = registry.Version{Number: int(pointer.GetVersion()), Bundle: wire.ToRef(pointer.GetBundle())}
	case errors.Is(err, registry.ErrNotFound):
		return nil // nothing is promoted yet
	default:
		return fmt.Errorf("ask the registry for the champion: %w", err)
	}
	if now := s.current.Load(); now != nil && now.bundle == v.Bundle.Digest && now.version == v.Number {
		return nil
	}
	data, err := artifact.Get(ctx, c.store, v.Bundle)
	if err != nil {
		return fmt.Errorf("read the bundle of version %d: %w", v.Number, err)
	}
	m, err := model.Decode(data)
	if err != nil {
		return fmt.Errorf("load the bundle of version %d: %w", v.Number, err)
	}
	s.current.Store(&served{name: s.name, version: v.Number, bundle: v.Bundle.Digest, model: m})
	c.metrics.version.WithLabelValues(s.name).Set(float64(v.Number))
	c.log.InfoContext(ctx, "champion loaded", "model", s.name, "version", v.Number, "artifact", v.Bundle.Digest.Short())
	c.report()
	return nil
}

// report says whether all models can be answered for.
func (c *catalog) report() {
	c.reporting.Lock()
	defer c.reporting.Unlock()
	var missing []string
	for _, name := range c.names {
		if c.slots[name].current.Load() == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		c.ready.Set("model", fmt.Errorf("not loaded: %s", strings.Join(missing, ", ")))
		return
	}
	c.ready.Set("model", nil)
}
