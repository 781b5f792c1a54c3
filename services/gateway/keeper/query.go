package keeper

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Span is one span of a trace. IDs are hexadecimal.
type Span struct {
	ID, Parent string // Parent is empty for the first span of a trace
	Name       string
	Service    string
	Start, End int64 // unix nanoseconds
	Attributes map[string]string
	Error      string   // empty: none
	Links      []string // IDs of spans, perhaps of other traces
}

// maxSpans bounds how much of a trace is gathered before it is sorted.
const maxSpans = 100_000

// Trace returns the spans of a trace that are kept, by start. truncated: there are more of them.
func (k *Keeper) Trace(id TraceID, limit int) (spans []Span, truncated bool, err error) {
	seen := map[string]bool{}
	for record, err := range k.records(id) {
		if err != nil {
			return nil, false, err
		}
		service := serviceOf(record)
		for span := range each(record) {
			// An exporter that got no answer sends its spans again.
			key := string(span.GetSpanId())
			if TraceID(span.GetTraceId()) != id || seen[key] {
				continue
			}
			if seen[key] = true; len(spans) < maxSpans {
				spans = append(spans, newSpan(span, service))
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.ID, b.ID))
	})
	truncated = len(seen) > min(limit, maxSpans)
	return spans[:min(len(spans), limit)], truncated, nil
}

// records yields the records that hold spans of a trace. It copies their bytes first, so that the
// keeper is not held up while they are looked at.
func (k *Keeper) records(id TraceID) func(yield func(*tracepb.ResourceSpans, error) bool) {
	return func(yield func(*tracepb.ResourceSpans, error) bool) {
		messages, err := k.read(id)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, m := range messages {
			var record tracepb.ResourceSpans
			if proto.Unmarshal(m, &record) == nil && !yield(&record, nil) {
				return
			}
		}
	}
}

func (k *Keeper) read(id TraceID) ([][]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var messages [][]byte
	for _, s := range k.segments {
		for _, at := range s.traces[id] {
			data := make([]byte, at.size)
			if _, err := s.bytes.ReadAt(data, int64(at.offset)); err != nil {
				return nil, fmt.Errorf("read spans: %w", err)
			}
			if message, _, err := readRecord(data); err == nil {
				messages = append(messages, message)
			}
		}
	}
	return messages, nil
}

func serviceOf(record *tracepb.ResourceSpans) string {
	for _, a := range record.GetResource().GetAttributes() {
		if a.GetKey() == "service.name" {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

func newSpan(span *tracepb.Span, service string) Span {
	s := Span{
		ID: hex.EncodeToString(span.GetSpanId()), Parent: parentOf(span),
		Name: span.GetName(), Service: service,
		Start: int64(span.GetStartTimeUnixNano()), End: int64(span.GetEndTimeUnixNano()),
	}
	for _, a := range span.GetAttributes() {
		if s.Attributes == nil {
			s.Attributes = map[string]string{}
		}
		s.Attributes[a.GetKey()] = text(a.GetValue())
	}
	for _, l := range span.GetLinks() {
		s.Links = append(s.Links, hex.EncodeToString(l.GetSpanId()))
	}
	if span.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR {
		s.Error = cmp.Or(span.GetStatus().GetMessage(), "failed")
	}
	return s
}

// parentOf returns the ID of a span's parent; some exporters write none as zeros.
func parentOf(span *tracepb.Span) string {
	id := hex.EncodeToString(span.GetParentSpanId())
	if strings.Trim(id, "0") == "" {
		return ""
	}
	return id
}

// text writes a value for people.
func text(v *commonpb.AnyValue) string {
	switch x := v.GetValue().(type) {
	case nil:
		return ""
	case *commonpb.AnyValue_StringValue:
		return x.StringValue
	case *commonpb.AnyValue_BoolValue:
		return strconv.FormatBool(x.BoolValue)
	case *commonpb.AnyValue_IntValue:
		return strconv.FormatInt(x.IntValue, 10)
	case *commonpb.AnyValue_DoubleValue:
		return strconv.FormatFloat(x.DoubleValue, 'g', -1, 64)
	case *commonpb.AnyValue_BytesValue:
		return hex.EncodeToString(x.BytesValue)
	}
	data, _ := protojson.Marshal(v) // a list or a map: JSON says it best
	return string(data)
}
