package inference

import (
	"fmt"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/telemetry"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

const (
	keptSessions = 4        // models whose sessions a worker keeps
	keptReferees = 32       // lengths and levels that a worker keeps estimators for
	longSeries   = 64 << 10 // points: nothing is kept for a series that long, for it would hold much memory
)

// worker computes batches, one at a time.
type worker struct {
	engines  engine.List
	sessions *simplelru.LRU[*served, *model.Session]
	referees *simplelru.LRU[refereeKey, *estimator.Prepared]
}

type refereeKey struct {
	n     int
	level float64
}

func newWorker(engines engine.List) *worker {
	// The constructor fails for a size of zero only.
	sessions, _ := simplelru.NewLRU[*served, *model.Session](keptSessions, nil)
	referees, _ := simplelru.NewLRU[refereeKey, *estimator.Prepared](keptReferees, nil)
	return &worker{engines: engines, sessions: sessions, referees: referees}
}

func (w *worker) session(v *served) *model.Session {
	s, ok := w.sessions.Get(v)
	if !ok {
		s = v.model.NewSessionOn(w.engines)
		w.sessions.Add(v, s)
	}
	return s
}

// referee returns the classical estimator for a length.
func (w *worker) referee(n int, level float64) *estimator.Prepared {
	key := refereeKey{n, level}
	r, ok := w.referees.Get(key)
	if !ok {
		r = estimator.Whittle{Settings: estimator.Settings{Level: level}}.Prepare(n)
		if n < longSeries {
			w.referees.Add(key, r)
		}
	}
	return r
}

// answer computes a batch. The span of the batch is a child of its first request's span, and linked
// with those of the others, so that it is found from each.
func (w *worker) answer(batch []*job) []*predictv1.Prediction {
	_, span := telemetry.Span(batch[0].ctx, "batch", attribute.Int("series", len(batch)), attribute.String(telemetry.KeyModel, batch[0].served.label()))
	defer span.End()
	seen := map[trace.SpanID]bool{trace.SpanContextFromContext(batch[0].ctx).SpanID(): true}
	for _, j := range batch[1:] {
		request := trace.SpanFromContext(j.ctx)
		if id := request.SpanContext().SpanID(); !seen[id] {
			seen[id] = true
			span.AddLink(trace.Link{SpanContext: request.SpanContext()})
			request.AddLink(trace.Link{SpanContext: span.SpanContext()})
		}
	}
	answers, err := w.tryAll(batch)
	if err == nil {
		return answers
	}
	// A defect in the numerics: find the series that brings it out, and answer for the others.
	span.RecordError(err)
	answers = make([]*predictv1.Prediction, len(batch))
	for i, j := range batch {
		one, err := w.tryAll([]*job{j})
		if err != nil {
			answers[i] = j.failed(err)
			continue
		}
		answers[i] = one[0]
	}
	return answers
}

// tryAll computes answers and turns a panic into an error. After one, nothing that took part is used
// again.
func (w *worker) tryAll(batch []*job) (answers []*predictv1.Prediction, err error) {
	long := false
	for _, j := range batch {
		long = long || len(j.values) >= longSeries
	}
	defer func() {
		p := recover()
		if p != nil {
			answers, err = nil, fault.New(fault.Internal, "computing the answer failed: %s", fmt.Sprint(p))
		}
		if p != nil || long {
			w.sessions.Purge()
			w.referees.Purge()
		}
	}()
	return w.compute(batch), nil
}
