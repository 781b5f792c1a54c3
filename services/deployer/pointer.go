package deployer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

// point tells the inference replicas which version to serve. Only the champion is served. The alias
// is read again after each write: of two that tell different things at a time, whoever writes last
// sees what the other did, so that the pointer ends where the alias is.
func (d *Deployer) point(ctx context.Context, name, alias string) error {
	if alias != registry.Champion {
		return nil
	}
	for told := 0; ; {
		aliases, _, err := d.registry.Aliases(ctx, name)
		if err != nil {
			return err
		}
		n := aliases.Points[registry.Champion]
		if n == told { // zero: there is no champion
			return nil
		}
		v, err := d.registry.Get(ctx, name, strconv.Itoa(n))
		if err != nil {
			return err
		}
		if news, err := d.tell(ctx, v); err != nil || !news {
			return err
		}
		told = n
	}
}

// tell writes a model's pointer unless it says so already.
func (d *Deployer) tell(ctx context.Context, v registry.Version) (news bool, err error) {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&deployv1.Pointer{
		Model: v.Model, Version: int32(v.Number), Bundle: wire.Ref(v.Bundle), Alias: registry.Champion,
	})
	if err != nil {
		return false, fmt.Errorf("write the pointer of model %s: %w", v.Model, err)
	}
	old, err := d.pointers.Get(ctx, v.Model)
	if err == nil && bytes.Equal(old, data) {
		return false, nil
	}
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return false, err
	}
	return true, d.pointers.Put(ctx, v.Model, data)
}

// refresh writes the pointers that are missing or behind, as after NATS lost its data. One model's
// trouble does not keep the others from theirs.
func (d *Deployer) refresh(ctx context.Context) error {
	models, err := d.registry.Models(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range models {
		if err := d.point(ctx, name, registry.Champion); err != nil {
			errs = append(errs, fmt.Errorf("model %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
