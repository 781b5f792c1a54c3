package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
)

// Output is what a [Func] made.
type Output struct {
	Artifacts []Artifact
	Value     any    // small result that plans depend on; nil: none
	Engine    string // that computed it, where there is a choice
}

// Artifact is bytes that a task made, under the name that later tasks know it by.
type Artifact struct {
	Name string
	Type string // media type
	Data []byte
}

// maxValue is the largest value in bytes that fits into a memo.
const maxValue = 1 << 20

// ReadMemo returns the result of the task with the given key, or nil when there is none that can
// be read. A torn memo is none: the task is done again and its memo written anew.
func ReadMemo(ctx context.Context, store artifact.Store, key pipeline.Key) (*pipeline.Result, error) {
	doc, err := store.Read(ctx, pipeline.MemoKey(key))
	if errors.Is(err, artifact.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the memo of task %s: %w", key.Short(), err)
	}
	var result pipeline.Result
	if err := json.Unmarshal(doc.Data, &result); err != nil || result.Key != key {
		return nil, nil //nolint:nilerr // torn
	}
	return &result, nil
}

// doneAlready tells whether the task has a memo.
func (w *Worker) doneAlready(ctx context.Context, key pipeline.Key) (bool, error) {
	result, err := ReadMemo(ctx, w.cfg.Store, key)
	return result != nil, fault.With(fault.Unavailable, err)
}

// commit stores what a task made, and then its memo: whoever commits first wins.
func (w *Worker) commit(ctx context.Context, work *Work, out Output, took time.Duration) error {
	result := pipeline.Result{Key: work.Task.Key(), Engine: out.Engine, Seconds: took.Seconds(), Worker: w.name}
	for _, a := range out.Artifacts {
		ref, err := artifact.Put(ctx, w.cfg.Store, a.Data, a.Type)
		if err != nil {
			return fault.With(fault.Unavailable, fmt.Errorf("store %s: %w", a.Name, err))
		}
		result.Outputs = append(result.Outputs, pipeline.Input{Name: a.Name, Ref: ref})
	}
	if out.Value != nil {
		value, err := json.Marshal(out.Value)
		if err != nil {
			return fault.New(fault.Internal, "write the task's value: %w", err)
		}
		if len(value) > maxValue {
			return fault.New(fault.Internal, "the task's value has %d bytes; a memo holds at most %d", len(value), maxValue)
		}
		result.Value = value
	}
	if err := w.writeMemo(ctx, result); err != nil {
		return fault.With(fault.Unavailable, err)
	}
	work.dropCheckpoints(ctx)
	return nil
}

// writeMemo writes the memo unless there is a sound one. That one must say the same.
func (w *Worker) writeMemo(ctx context.Context, result pipeline.Result) error {
	data, err := json.Marshal(result)
	if err != nil {
		return err
	}
	key := pipeline.MemoKey(result.Key)
	_, err = w.cfg.Store.Write(ctx, key, data, artifact.Condition{Absent: true})
	for errors.Is(err, artifact.ErrConflict) {
		var doc artifact.Document
		if doc, err = w.cfg.Store.Read(ctx, key); err != nil {
			break
		}
		var first pipeline.Result
		if json.Unmarshal(doc.Data, &first) == nil && first.Key == result.Key {
			w.metrics.duplicates.Inc()
			if !first.SameOutcome(result) {
				w.cfg.Logger.ErrorContext(ctx, "two executions of one task differ; the first one's result holds", "task", result.Key.Short(), "first", first.Outputs, "second", result.Outputs)
			}
			return nil
		}
		_, err = w.cfg.Store.Write(ctx, key, data, artifact.Condition{Match: doc.ETag})
	}
	if err != nil {
		return fmt.Errorf("commit the memo of task %s: %w", result.Key.Short(), err)
	}
	return nil
}
