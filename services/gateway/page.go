package gateway

import (
	"bytes"
	"context"
	_ "embed" // the page's template
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
)

//go:embed page.html
var pageText string

const (
	pageLimit = 3 * time.Second
	pageRuns  = 20
)

// view is what the page shows. Where a service does not answer, its error stands instead.
type view struct {
	Host       string // that the person asked
	Runs       []*pipelinev1.Run
	RunsError  error
	Champions  []*deployv1.Version
	ModelError error
}

// page answers GET / for people with a browser.
func (g *Gateway) page(ctx context.Context, r *http.Request) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, pageLimit)
	defer cancel()
	v := view{Host: r.Host}
	runs, err := rpc.Call[pipelinev1.ListResponse](ctx, g.nats, wire.SubjectList, &pipelinev1.ListRequest{Limit: pageRuns})
	v.Runs, v.RunsError = runs.GetRuns(), err
	models, err := rpc.Call[deployv1.ListResponse](ctx, g.nats, wire.SubjectModels, &deployv1.ListRequest{})
	v.ModelError = err
	for _, m := range models.GetVersions() {
		if len(m.GetAliases()) > 0 {
			v.Champions = append(v.Champions, m)
		}
	}
	text, err := template.New("page").Funcs(template.FuncMap{
		"time": func(nanos int64) string { return time.Unix(0, nanos).UTC().Format("2006-01-02 15:04:05 UTC") },
		// A version that was adapted says from which one instead of a run.
		"isRun": func(run string) bool { return !strings.Contains(run, " ") },
	}).Parse(pageText)
	if err != nil {
		return reply{}, err
	}
	var out bytes.Buffer
	if err := text.Execute(&out, v); err != nil {
		return reply{}, err
	}
	return reply{contentType: "text/html; charset=utf-8", body: out.Bytes()}, nil
}
