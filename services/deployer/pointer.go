package deployer

import (
	"bytes"
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

// point tells the inference replicas which version to serve. Only the champion is served.
func (d *Deployer) point(ctx context.Context, v registry.Version, alias string) error {
	if alias != registry.Champion {
		return nil
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&deployv1.Pointer{
		Model: v.Model, Version: int32(v.Number), Bundle: wire.Ref(v.Bundle), Alias: alias,
	})
	if err != nil {
		return fmt.Errorf("write the pointer of model %s: %w", v.Model, err)
	}
	old, err := d.pointers.Get(ctx, v.Model)
	if err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	return d.pointers.Put(ctx, v.Model, data)
}

// refresh writes the pointers that are missing or behind, as after NATS lost its data.
func (d *Deployer) refresh(ctx context.Context) error {
	models, err := d.registry.Models(ctx)
	if err != nil {
		return err
	}
	for _, name := range models {
		aliases, _, err := d.registry.Aliases(ctx, name)
		if err != nil {
			return err
		}
		n := aliases.Points[registry.Champion]
		if n == 0 {
			continue
		}
		v, err := d.registry.Get(ctx, name, fmt.Sprint(n))
		if err != nil {
			return err
		}
		if err := d.point(ctx, v, registry.Champion); err != nil {
			return err
		}
	}
	return nil
}
