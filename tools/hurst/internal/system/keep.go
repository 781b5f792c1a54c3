package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// A service that ends is started again after a while, which doubles from the shortest to the longest
// until it has been well for some time.
const (
	shortest = 200 * time.Millisecond
	longest  = 5 * time.Second
	well     = 10 * time.Second
)

var errEnded = errors.New("it ended by itself")

// keeper keeps one service running.
type keeper struct {
	part   part
	stop   context.CancelFunc
	ready  chan struct{} // closed when it was ready for the first time
	failed chan struct{} // closed when it ended before that; err says why
	err    error
	done   chan struct{} // closed when it is stopped for good
	last   error         // of the last run, once done
}

// keep starts a service and restarts it until it is stopped.
func keep(h host, p part, log *slog.Logger) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{part: p, stop: cancel, ready: make(chan struct{}), failed: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(k.done)
		k.run(ctx, h, log)
	}()
	return k
}

func (k *keeper) run(ctx context.Context, h host, log *slog.Logger) {
	isReady := sync.OnceFunc(func() { close(k.ready) })
	pause := shortest
	for {
		begun := time.Now()
		err := h.run(ctx, k.part, isReady)
		if ctx.Err() != nil {
			k.last = err
			return
		}
		if err == nil {
			err = errEnded
		}
		select {
		case <-k.ready:
		default:
			k.err = err
			close(k.failed)
			return
		}
		if time.Since(begun) > well {
			pause = shortest
		}
		log.Warn("service ended; it is started again", "name", k.part.name, "err", err, "after", pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longest)
	}
}

// wait waits until the service has ended, which stop asked it to.
func (k *keeper) wait(limit time.Duration) error {
	select {
	case <-k.done:
	case <-time.After(limit):
		return fmt.Errorf("stop %s: it has not drained within %s", k.part.name, limit)
	}
	if k.last != nil && !errors.Is(k.last, context.Canceled) {
		return fmt.Errorf("stop %s: %w", k.part.name, k.last)
	}
	return nil
}
