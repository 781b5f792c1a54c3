package deployer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

// list returns the versions of one model, or of all.
func (d *Deployer) list(ctx context.Context, req *deployv1.ListRequest) (*deployv1.ListResponse, error) {
	names := []string{req.GetModel()}
	if req.GetModel() == "" {
		var err error
		if names, err = d.registry.Models(ctx); err != nil {
			return nil, coded(err)
		}
	}
	response := &deployv1.ListResponse{}
	for _, name := range names {
		versions, err := d.registry.Versions(ctx, name)
		if err != nil {
			return nil, coded(err)
		}
		aliases, _, err := d.registry.Aliases(ctx, name)
		if err != nil {
			return nil, coded(err)
		}
		for _, v := range versions {
			response.Versions = append(response.Versions, versionToWire(v, aliases))
		}
	}
	return response, nil
}

// show returns one version with its bundle's manifest.
func (d *Deployer) show(ctx context.Context, req *deployv1.ShowRequest) (*deployv1.Version, error) {
	which := req.GetVersion()
	if which == "" {
		which = registry.Champion
	}
	v, err := d.registry.Get(ctx, req.GetModel(), which)
	if err != nil {
		return nil, coded(err)
	}
	aliases, _, err := d.registry.Aliases(ctx, req.GetModel())
	if err != nil {
		return nil, coded(err)
	}
	answer := versionToWire(v, aliases)
	m, err := d.load(ctx, v.Bundle)
	if err != nil {
		return nil, fmt.Errorf("the bundle of version %d: %w", v.Number, err)
	}
	answer.Manifest, err = json.Marshal(m.Manifest)
	return answer, err
}

func versionToWire(v registry.Version, aliases registry.Aliases) *deployv1.Version {
	w := &deployv1.Version{
		Model: v.Model, Version: int32(v.Number), Kind: v.Kind, Bundle: wire.Ref(v.Bundle), Report: wire.Ref(v.Report),
		Run: v.Run, Mae: v.MAE, MaeSe: v.MAESE, CreatedUnixNano: v.Created,
	}
	for alias, n := range aliases.Points {
		if n == v.Number {
			w.Aliases = append(w.Aliases, alias)
		}
	}
	slices.Sort(w.Aliases)
	return w
}
