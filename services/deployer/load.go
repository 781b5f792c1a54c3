package deployer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/pkg/registry"
)

// load reads a bundle as the inference replicas will: what it cannot load, they cannot serve.
func (d *Deployer) load(ctx context.Context, ref artifact.Ref) (*model.Model, error) {
	if !ref.Digest.Valid() {
		return nil, fault.New(fault.Invalid, "%.80q is not a digest: want 64 hexadecimal digits", string(ref.Digest))
	}
	data, err := artifact.Get(ctx, d.conns.Store, ref)
	var lost *artifact.LostError
	switch {
	case errors.As(err, &lost):
		return nil, fault.With(fault.NotFound, err)
	case err != nil:
		return nil, fault.With(fault.Unavailable, err)
	}
	m, err := model.Decode(data)
	if err != nil {
		return nil, fault.New(fault.Invalid, "it cannot be loaded: %w", err)
	}
	return m, nil
}

// coded gives the registry's errors their codes.
func coded(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, registry.ErrName):
		return fault.With(fault.Invalid, err)
	case errors.Is(err, registry.ErrNotFound):
		return fault.With(fault.NotFound, err)
	case errors.Is(err, registry.ErrConflict):
		return fault.With(fault.Conflict, err)
	case isCoded(err), isDamage(err):
		return err
	}
	return fault.With(fault.Unavailable, fmt.Errorf("the registry: %w", err))
}

func isCoded(err error) bool {
	var known *fault.Error
	return errors.As(err, &known)
}

// isDamage tells whether a document of the registry holds something else than it should.
func isDamage(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}
