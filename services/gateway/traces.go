package gateway

import (
	"context"
	"net/http"

	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	tracev1 "github.com/longmemory/hurst/proto/trace/v1"
	"github.com/longmemory/hurst/services/gateway/keeper"
)

const maxSpans = 20_000 // in an answer

// trace answers tracev1.GetRequest over NATS.
func (g *Gateway) trace(_ context.Context, req *tracev1.GetRequest) (*tracev1.GetResponse, error) {
	answer, err := g.find(req.GetTraceId())
	if err != nil {
		return nil, err
	}
	return fit(answer, int(g.nats.Raw().MaxPayload())*9/10), nil
}

// showTrace answers GET /v1/traces/{id}.
func (g *Gateway) showTrace(_ context.Context, r *http.Request) (reply, error) {
	answer, err := g.find(r.PathValue("id"))
	if err != nil {
		return reply{}, err
	}
	data, err := render(answer)
	return reply{body: data}, err
}

// find returns the spans of a trace that are kept.
func (g *Gateway) find(text string) (*tracev1.GetResponse, error) {
	id, err := keeper.ParseTraceID(text)
	if err != nil {
		return nil, fault.With(fault.Invalid, err)
	}
	spans, truncated, err := g.keeper.Trace(id, maxSpans)
	if err != nil {
		return nil, err
	}
	if len(spans) == 0 {
		return nil, fault.New(fault.NotFound, "no spans of trace %s are kept: either none were sent here, or newer traces have taken their place", text)
	}
	answer := &tracev1.GetResponse{Truncated: truncated}
	for _, s := range spans {
		answer.Spans = append(answer.Spans, spanToWire(s))
	}
	return answer, nil
}

func spanToWire(s keeper.Span) *tracev1.Span {
	return &tracev1.Span{
		SpanId: s.ID, ParentId: s.Parent, Name: s.Name, Service: s.Service,
		StartUnixNano: s.Start, EndUnixNano: s.End, Attributes: s.Attributes, Error: s.Error, Links: s.Links,
	}
}

// fit makes an answer of at most limit bytes: by leaving out the attributes, then the last spans.
func fit(answer *tracev1.GetResponse, limit int) *tracev1.GetResponse {
	if proto.Size(answer) <= limit {
		return answer
	}
	answer.Truncated = true
	size := 16
	for i, s := range answer.GetSpans() {
		s.Attributes = nil
		if size += proto.Size(s) + 8; size > limit {
			answer.Spans = answer.Spans[:i]
			break
		}
	}
	return answer
}
