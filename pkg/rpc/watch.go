package rpc

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/time/rate"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	watchCheck = 2 * time.Second        // how often a watch looks whether its bucket is still the same
	watchRetry = 500 * time.Millisecond // between attempts to watch again
)

// errReplaced says that the bucket under a watch is not the one it began with.
var errReplaced = errors.New("bucket was replaced")

// Watch gives h the values of the keys that match pattern ("*" is one token, ">" the rest), first
// those that are there, then each change, until ctx ends; then it returns nil. The value of a deleted key
// is nil. When the bucket is wiped, or the connection was lost, Watch makes the bucket again
// and begins anew: h must be content to be told a value twice. h is called from one goroutine.
func (k *KV) Watch(ctx context.Context, pattern string, h func(key string, value []byte)) error {
	noise := &rate.Sometimes{Interval: noiseInterval}
	for ctx.Err() == nil {
		err := k.watchOnce(ctx, pattern, h)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the watch was to end
		case errors.Is(err, jetstream.ErrInvalidKey):
			return fault.New(fault.Invalid, "watch bucket %q: %q is not a pattern of keys", k.bucket, pattern)
		case errors.Is(err, nats.ErrConnectionClosed):
			return fault.New(fault.Unavailable, "watch bucket %q: %w", k.bucket, err)
		case errors.Is(err, errReplaced):
			continue
		}
		noise.Do(func() { k.c.log.Warn("watch interrupted", "bucket", k.bucket, "err", err) })
		select {
		case <-ctx.Done():
		case <-time.After(watchRetry):
		}
	}
	return nil
}

// watchOnce watches the bucket as it is now, until it is another one.
func (k *KV) watchOnce(ctx context.Context, pattern string, h func(string, []byte)) error {
	created, w, err := k.startWatch(ctx, pattern)
	if err != nil {
		return err
	}
	defer stopWatch(w)

	changed := k.c.nc.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer k.c.nc.RemoveStatusListener(changed)
	tick := time.NewTicker(watchCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Updates():
			switch {
			case !ok:
				return errors.New("subscription ended")
			case e == nil: // the initial values are all there
			case e.Operation() == jetstream.KeyValuePut:
				h(e.Key(), e.Value())
			default:
				h(e.Key(), nil)
			}
			continue
		case <-changed:
		case <-tick.C:
		}
		if !k.c.nc.IsConnected() {
			if k.c.nc.IsClosed() {
				return nats.ErrConnectionClosed
			}
			continue
		}
		if err := k.same(ctx, created); err != nil {
			return err
		}
	}
}

// startWatch opens the bucket and begins to watch it. It also returns when the bucket was created.
func (k *KV) startWatch(ctx context.Context, pattern string) (time.Time, jetstream.KeyWatcher, error) {
	opening, cancel := context.WithTimeout(ctx, kvTimeout)
	defer cancel()
	kv, err := k.open(opening)
	if err != nil {
		return time.Time{}, nil, err
	}
	created, err := k.created(opening)
	if err != nil {
		return time.Time{}, nil, err
	}
	// The watch's own context may not have the deadline of the opening: it lives longer.
	w, err := kv.Watch(ctx, pattern)
	return created, w, err
}

func (k *KV) same(ctx context.Context, created time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, kvTimeout)
	defer cancel()
	now, err := k.created(ctx)
	switch {
	case gone(err), err == nil && !now.Equal(created):
		return errReplaced
	case err != nil:
		return err
	}
	return nil
}

// created returns when the bucket's stream was created, which tells one bucket from the next of its name.
func (k *KV) created(ctx context.Context) (time.Time, error) {
	s, err := k.c.js.Stream(ctx, "KV_"+k.bucket)
	if err != nil {
		return time.Time{}, err
	}
	return s.CachedInfo().Created, nil
}

// stopWatch ends a watch and lets go whoever is about to hand it one more update.
func stopWatch(w jetstream.KeyWatcher) {
	if w.Stop() != nil {
		return
	}
	for range w.Updates() { // closed by the client once the subscription is gone
	}
}
