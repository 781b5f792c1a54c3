package gateway

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

// call asks a service and renders its answer.
func call[R any, PR interface {
	*R
	proto.Message
}](ctx context.Context, g *Gateway, subject string, req proto.Message, documents ...string) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	answer, err := rpc.Call[R, PR](ctx, g.nats, subject, req)
	if err != nil {
		return reply{}, err
	}
	data, err := render(answer, documents...)
	return reply{body: data}, err
}

// submit answers POST /v1/runs: the body is a pipeline's spec, and equal Idempotency-Keys name one
// run. Without a key each request makes a run of its own.
func (g *Gateway) submit(ctx context.Context, r *http.Request) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		key = rand.Text()
	}
	return g.withBody(ctx, r, maxSpec, func(spec []byte) (reply, error) {
		answer, err := rpc.Call[pipelinev1.SubmitResponse](ctx, g.nats, wire.SubjectSubmit, &pipelinev1.SubmitRequest{Spec: spec, Key: key})
		if err != nil {
			return reply{}, err
		}
		body, err := render(answer)
		made := reply{body: body, location: "/v1/runs/" + answer.GetRun()}
		if answer.GetCreated() {
			made.status = http.StatusCreated
		}
		return made, err
	})
}

// runs answers GET /v1/runs.
func (g *Gateway) runs(ctx context.Context, r *http.Request) (reply, error) {
	limit := 0
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return reply{}, fault.New(fault.Invalid, "limit: %.40q; allowed: a number from 1 to 1000", text)
		}
		limit = int(n)
	}
	return call[pipelinev1.ListResponse](ctx, g, wire.SubjectList, &pipelinev1.ListRequest{Limit: int32(limit)}, "leaderboard", "decision")
}

func (g *Gateway) run(ctx context.Context, r *http.Request) (reply, error) {
	return call[pipelinev1.Run](ctx, g, wire.SubjectGet, &pipelinev1.GetRequest{Run: r.PathValue("id")}, "leaderboard", "decision")
}

func (g *Gateway) cancel(ctx context.Context, r *http.Request) (reply, error) {
	return call[pipelinev1.Run](ctx, g, wire.SubjectCancel, &pipelinev1.CancelRequest{Run: r.PathValue("id")}, "leaderboard", "decision")
}

func (g *Gateway) resume(ctx context.Context, r *http.Request) (reply, error) {
	return call[pipelinev1.Run](ctx, g, wire.SubjectResume, &pipelinev1.ResumeRequest{Run: r.PathValue("id")}, "leaderboard", "decision")
}

func (g *Gateway) explain(ctx context.Context, r *http.Request) (reply, error) {
	return call[pipelinev1.Explanation](ctx, g, wire.SubjectExplain, &pipelinev1.ExplainRequest{Run: r.PathValue("id")})
}
