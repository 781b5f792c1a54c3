package gateway

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
)

const contentProto = "application/x-protobuf"

// receive answers POST /v1/traces: OTLP/HTTP, as protobuf or JSON, packed with gzip or not.
func (g *Gateway) receive(ctx context.Context, r *http.Request) (reply, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != contentJSON && kind != contentProto {
		return reply{}, fault.New(fault.Invalid, "content type %.60q; allowed: %s, %s", r.Header.Get("Content-Type"), contentProto, contentJSON)
	}
	return g.withBody(ctx, r, maxTraces, func(body []byte) (reply, error) {
		traces, err := decodeTraces(body, kind == contentJSON)
		if err != nil {
			return reply{}, err
		}
		total := 0
		for _, rs := range traces.GetResourceSpans() {
			for _, ss := range rs.GetScopeSpans() {
				total += len(ss.GetSpans())
			}
		}
		lost := g.keeper.Add(traces.GetResourceSpans())
		g.metrics.spans.WithLabelValues("kept").Add(float64(total - lost))
		g.metrics.spans.WithLabelValues("lost").Add(float64(lost))
		return received(lost, kind), nil
	})
}

// decodeTraces reads the request of an export call. TracesData has the same fields as the request
// type, which would bring all of gRPC along.
func decodeTraces(body []byte, asJSON bool) (*tracepb.TracesData, error) {
	var traces tracepb.TracesData
	if !asJSON {
		if err := proto.Unmarshal(body, &traces); err != nil {
			return nil, fault.New(fault.Invalid, "read %d bytes as OTLP traces: %w", len(body), err)
		}
		return &traces, nil
	}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(body, &traces); err != nil {
		return nil, fault.New(fault.Invalid, "read JSON as OTLP traces: %w", err)
	}
	for _, rs := range traces.GetResourceSpans() {
		for _, ss := range rs.GetScopeSpans() {
			for _, span := range ss.GetSpans() {
				mendIDs(span)
			}
		}
	}
	return &traces, nil
}

// mendIDs undoes what reading JSON does to IDs: OTLP writes them in hexadecimal, where JSON of
// protobuf has base64.
func mendIDs(span *tracepb.Span) {
	for _, id := range []*[]byte{&span.TraceId, &span.SpanId, &span.ParentSpanId} {
		*id = fromHex(*id)
	}
	for _, link := range span.GetLinks() {
		link.TraceId, link.SpanId = fromHex(link.TraceId), fromHex(link.SpanId)
	}
}

func fromHex(misread []byte) []byte {
	id, err := hex.DecodeString(base64.StdEncoding.EncodeToString(misread))
	if err != nil {
		return misread // it was base64 indeed
	}
	return id
}

// received is an ExportTraceServiceResponse, written by hand: its field 1 says what was refused, in
// its fields 1, the count, and 2, the reason.
func received(lost int, kind string) reply {
	const reason = "without a valid trace ID and span ID, or too large, or the disk is full"
	answer := reply{contentType: kind}
	switch {
	case lost == 0 && kind == contentJSON:
		answer.body = []byte("{}")
	case lost == 0:
	case kind == contentJSON:
		answer.body, _ = json.Marshal(map[string]any{ // strings always marshal
			"partialSuccess": map[string]string{"rejectedSpans": strconv.Itoa(lost), "errorMessage": reason},
		})
	default:
		partial := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(lost))
		partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), reason)
		answer.body = protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial)
	}
	return answer
}
