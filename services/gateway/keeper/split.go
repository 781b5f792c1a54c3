package keeper

import (
	"iter"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

const (
	spanIDSize = 8
	chunk      = 256 << 10 // bytes of spans after which a record is closed
)

// each yields the spans of a message.
func each(spans *tracepb.ResourceSpans) iter.Seq[*tracepb.Span] {
	return func(yield func(*tracepb.Span) bool) {
		for _, scope := range spans.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				if valid(span) && !yield(span) {
					return
				}
			}
		}
	}
}

func valid(span *tracepb.Span) bool {
	return len(span.GetTraceId()) == len(TraceID{}) && TraceID(span.GetTraceId()) != TraceID{} && len(span.GetSpanId()) == spanIDSize
}

func count(spans *tracepb.ResourceSpans) int {
	n := 0
	for _, scope := range spans.GetScopeSpans() {
		n += len(scope.GetSpans())
	}
	return n
}

// split makes records of a message: all spans of a resource, in parts that are not too large to
// read for the sake of one trace. It also returns how many spans no record can hold.
func split(spans *tracepb.ResourceSpans) (records []*tracepb.ResourceSpans, lost int) {
	resource := proto.Size(spans.GetResource()) + 64
	var record *tracepb.ResourceSpans
	room := 0
	for _, scope := range spans.GetScopeSpans() {
		for _, span := range scope.GetSpans() {
			size := proto.Size(span) + 8
			if !valid(span) || resource+size > maxRecord {
				lost++
				continue
			}
			if record == nil || room < size {
				record = &tracepb.ResourceSpans{
					Resource: spans.GetResource(), ScopeSpans: []*tracepb.ScopeSpans{{}},
				}
				records = append(records, record)
				room = chunk
			}
			room -= size
			record.ScopeSpans[0].Spans = append(record.ScopeSpans[0].Spans, span)
		}
	}
	return records, lost
}
