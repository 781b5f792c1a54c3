// Package bulk sends many items to a service in batches, a few at once, and gives the answers back
// in the order of the items.
package bulk

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// Config says how items of type I become answers of type O.
type Config[I, O any] struct {
	InFlight int                                               // batches on their way at once; at least 1
	Fits     func(batch []I, next I) bool                      // whether next may join a batch that is not empty
	Call     func(ctx context.Context, batch []I) ([]O, error) // one answer for each item, in order
	Emit     func(item I, answer O) error                      // called from one goroutine, in the order of the items
}

// pending is a batch on its way.
type pending[I, O any] struct {
	items []I
	reply chan reply[O]
}

type reply[O any] struct {
	answers []O
	err     error
}

// Each sends all items and emits their answers. It holds no more than InFlight+1 batches. The first
// error, of the items or of a call or of Emit, ends it; what came before the error in the order of
// the items has been emitted then. The context given to items ends at the latest with Each, which
// waits for them to end.
func Each[I, O any](ctx context.Context, cfg Config[I, O], items func(context.Context) iter.Seq2[I, error]) error {
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()

	queue := make(chan pending[I, O], max(cfg.InFlight, 1)-1)
	var readErr error
	working.Go(func() {
		defer close(queue)
		readErr = batches(cfg.Fits, items(ctx), func(batch []I) bool {
			p := pending[I, O]{batch, make(chan reply[O], 1)}
			select {
			case queue <- p:
			case <-ctx.Done():
				return false
			}
			working.Go(func() { p.reply <- call(ctx, cfg.Call, batch) })
			return true
		})
	})
	for p := range queue {
		r := <-p.reply
		if r.err != nil {
			return r.err
		}
		for i, item := range p.items {
			if err := cfg.Emit(item, r.answers[i]); err != nil {
				return err
			}
		}
	}
	if readErr == nil {
		readErr = ctx.Err()
	}
	return readErr
}

func call[I, O any](ctx context.Context, f func(context.Context, []I) ([]O, error), batch []I) reply[O] {
	answers, err := f(ctx, batch)
	if err == nil && len(answers) != len(batch) {
		err = fmt.Errorf("%d answers came for %d items", len(answers), len(batch))
	}
	return reply[O]{answers, err}
}

// batches cuts items into batches until send is not willing any more. Items before an error are sent.
func batches[I any](fits func([]I, I) bool, items iter.Seq2[I, error], send func([]I) bool) error {
	var batch []I
	for item, err := range items {
		if err != nil {
			if len(batch) > 0 {
				send(batch)
			}
			return err
		}
		if len(batch) > 0 && !fits(batch, item) {
			if !send(batch) {
				return nil
			}
			batch = nil
		}
		batch = append(batch, item)
	}
	if len(batch) > 0 {
		send(batch)
	}
	return nil
}
