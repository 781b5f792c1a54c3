package main

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	tracev1 "github.com/longmemory/hurst/proto/trace/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

func (a *app) traceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "trace RUN|TRACE_ID",
		Short:   "Show where the time of a run or a request went",
		Long:    "Show the spans of a trace as a waterfall. The newest traces are kept by the gateway.",
		Example: "  hurst trace r0123456789ab\n  hurst trace 4bf92f3577b34da6a3ce929d0e0e4736 --json",
		GroupID: groupLook,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.trace(ctx, c, args[0]) })
		},
	}
	a.clientFlags(cmd)
	return cmd
}

// spanView is a span in JSON.
type spanView struct {
	ID         string            `json:"span_id"`
	Parent     string            `json:"parent_id,omitempty"`
	Name       string            `json:"name"`
	Service    string            `json:"service"`
	Start      time.Time         `json:"start"`
	Seconds    float64           `json:"seconds"`
	Error      string            `json:"error,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Links      []string          `json:"links,omitempty"`
}

func (a *app) trace(ctx context.Context, c *client.Client, which string) error {
	id := which
	if !isTraceID(which) {
		r, err := getRun(ctx, c, which)
		if err != nil {
			return err
		}
		if id = r.GetTraceId(); id == "" {
			return fault.New(fault.NotFound, "run %s was submitted without a trace", which)
		}
	}
	t, err := rpc.Call[tracev1.GetResponse](ctx, c.Conn, wire.SubjectTrace, &tracev1.GetRequest{TraceId: id})
	if err != nil {
		return err
	}
	if a.json {
		return a.printTrace(id, t)
	}
	spans := make([]screen.Span, 0, len(t.GetSpans()))
	for _, s := range t.GetSpans() {
		spans = append(spans, screen.Span{
			ID: s.GetSpanId(), Parent: s.GetParentId(), Name: spanName(s), Service: s.GetService(),
			Start: instant(s.GetStartUnixNano()), End: instant(s.GetEndUnixNano()), Err: s.GetError(),
		})
	}
	a.printf("trace %s, %s\n", id, plural(len(spans), "span"))
	if t.GetTruncated() {
		a.printf("%s\n", a.paint.Warn("the trace has more spans than are shown"))
	}
	return screen.Waterfall(a.out, spans, a.paint)
}

// spanName names a task's spans after the task, "run train/mlp", and an attempt after the first by its
// number too. Job IDs are run/stage/unit/attempt.
func spanName(s *tracev1.Span) string {
	parts := strings.Split(s.GetAttributes()["task"], "/")
	verb, _, two := strings.Cut(s.GetName(), " ")
	if len(parts) != 4 || !two {
		return s.GetName()
	}
	name := verb + " " + parts[1] + "/" + parts[2]
	if parts[3] != "1" {
		name += " (attempt " + parts[3] + ")"
	}
	return name
}

func (a *app) printTrace(id string, t *tracev1.GetResponse) error {
	views := make([]spanView, 0, len(t.GetSpans()))
	for _, s := range t.GetSpans() {
		views = append(views, spanView{
			ID: s.GetSpanId(), Parent: s.GetParentId(), Name: s.GetName(), Service: s.GetService(),
			Start: instant(s.GetStartUnixNano()), Seconds: float64(s.GetEndUnixNano()-s.GetStartUnixNano()) / 1e9,
			Error: s.GetError(), Attributes: s.GetAttributes(), Links: s.GetLinks(),
		})
	}
	return a.printJSON(map[string]any{"trace_id": id, "truncated": t.GetTruncated(), "spans": views})
}

func isTraceID(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 16
}
