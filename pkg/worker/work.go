package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
)

// Work is a task in a [Func]'s hands.
type Work struct {
	Task  pipeline.Task
	Drain <-chan struct{} // closed when the worker is shutting down: checkpoint, return ErrHandedBack

	store  artifact.Store
	report func(fraction float64, message string) // sends a report of progress; nil: nobody wants it

	mu         sync.Mutex
	lastReport time.Time
	step       int
}

// NewWork returns a task that is performed without a queue: one calls a [Func] with it. Nobody is told
// of its progress. A nil drain never closes.
func NewWork(task pipeline.Task, store artifact.Store, drain <-chan struct{}) *Work {
	return &Work{Task: task, Drain: drain, store: store}
}

// Params reads the task's parameters into v; unknown ones are an error.
func (w *Work) Params(v any) error {
	decoder := json.NewDecoder(bytes.NewReader(w.Task.Params))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return fault.New(fault.Invalid, "parameters of the %s task: %w", w.Task.Kind, err)
	}
	return nil
}

// Input returns the bytes of the input with the given name, checked against their digest.
func (w *Work) Input(ctx context.Context, name string) ([]byte, error) {
	for _, in := range w.Task.Inputs {
		if in.Name == name {
			return w.Read(ctx, in)
		}
	}
	return nil, fault.New(fault.Invalid, "the %s task has no input %q", w.Task.Kind, name)
}

// Read returns the bytes of an input, checked against their digest.
func (w *Work) Read(ctx context.Context, in pipeline.Input) ([]byte, error) {
	data, err := artifact.Get(ctx, w.store, in.Ref)
	var lost *artifact.LostError
	if err != nil && !errors.As(err, &lost) {
		return nil, fault.With(fault.Unavailable, fmt.Errorf("read input %s: %w", in.Name, err))
	}
	if err != nil {
		return nil, fmt.Errorf("input %s: %w", in.Name, err)
	}
	return data, nil
}

// Draining tells whether the worker is shutting down.
func (w *Work) Draining() bool {
	select {
	case <-w.Drain:
		return true
	default:
		return false
	}
}

// Progress tells people how far the task is: a fraction from 0 to 1 and a few words. It may be
// called often; ten reports a second are sent.
func (w *Work) Progress(fraction float64, message string) {
	if w.report == nil {
		return
	}
	w.mu.Lock()
	now := time.Now()
	due := now.Sub(w.lastReport) >= 100*time.Millisecond
	if due {
		w.lastReport = now
	}
	w.mu.Unlock()
	if due {
		w.report(fraction, message)
	}
}

func (w *Work) checkpointPrefix() string {
	return "checkpoints/" + string(w.Task.Key()) + "/"
}

// Checkpoint stores a state from which another attempt can go on. The newest two are kept.
func (w *Work) Checkpoint(ctx context.Context, state []byte) error {
	keys, err := w.checkpoints(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	if len(keys) > 0 && w.step == 0 {
		_, _ = fmt.Sscanf(keys[len(keys)-1], w.checkpointPrefix()+"%d", &w.step)
	}
	w.step++
	step := w.step
	w.mu.Unlock()
	data := append([]byte(artifact.DigestOf(state)), state...)
	if _, err := w.store.Write(ctx, fmt.Sprintf("%s%08d", w.checkpointPrefix(), step), data, artifact.Condition{}); err != nil {
		return fault.With(fault.Unavailable, fmt.Errorf("store checkpoint: %w", err))
	}
	for _, old := range keys[:max(0, len(keys)-1)] {
		if err := w.store.Delete(ctx, old); err != nil {
			return fault.With(fault.Unavailable, fmt.Errorf("drop old checkpoint: %w", err))
		}
	}
	return nil
}

// Resume returns the newest sound checkpoint of the task, or nil.
func (w *Work) Resume(ctx context.Context) ([]byte, error) {
	keys, err := w.checkpoints(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Backward(keys) {
		doc, err := w.store.Read(ctx, key)
		if err != nil {
			continue
		}
		const digits = 64
		if len(doc.Data) >= digits && string(artifact.DigestOf(doc.Data[digits:])) == string(doc.Data[:digits]) {
			return doc.Data[digits:], nil
		}
	}
	return nil, nil
}

// checkpoints lists the keys of the task's checkpoints, oldest first.
func (w *Work) checkpoints(ctx context.Context) ([]string, error) {
	var keys []string
	for key, err := range w.store.List(ctx, w.checkpointPrefix()) {
		if err != nil {
			return nil, fault.With(fault.Unavailable, fmt.Errorf("list checkpoints: %w", err))
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// dropCheckpoints removes what a finished task no longer needs, if it made any.
func (w *Work) dropCheckpoints(ctx context.Context) {
	if w.Task.Kind != pipeline.KindTrain {
		return
	}
	keys, err := w.checkpoints(ctx)
	if err != nil {
		return
	}
	for _, key := range keys {
		if w.store.Delete(ctx, key) != nil {
			return
		}
	}
}
