package gateway

import (
	"context"
	"net/http"

	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

// models answers GET /v1/models, with ?model= for the versions of one.
func (g *Gateway) models(ctx context.Context, r *http.Request) (reply, error) {
	return call[deployv1.ListResponse](ctx, g, wire.SubjectModels, &deployv1.ListRequest{Model: r.URL.Query().Get("model")}, "manifest")
}

// model answers GET /v1/models/{name}/{version}; the version is a number or an alias.
func (g *Gateway) model(ctx context.Context, r *http.Request) (reply, error) {
	return call[deployv1.Version](ctx, g, wire.SubjectModel,
		&deployv1.ShowRequest{Model: r.PathValue("name"), Version: r.PathValue("version")}, "manifest")
}

// rollback answers POST /v1/models/{name}/rollback, with ?alias= for another alias than champion.
func (g *Gateway) rollback(ctx context.Context, r *http.Request) (reply, error) {
	return call[deployv1.Decision](ctx, g, wire.SubjectRollback,
		&deployv1.RollbackRequest{Model: r.PathValue("name"), Alias: r.URL.Query().Get("alias")})
}
