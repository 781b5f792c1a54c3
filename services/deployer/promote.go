package deployer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/registry"
	"github.com/longmemory/hurst/pkg/wire"
	deployv1 "github.com/longmemory/hurst/proto/deploy/v1"
)

// tries bounds how often a promotion is decided anew because the alias moved meanwhile.
const tries = 10

// promote registers a candidate and, if the gate lets it through, points the alias at it.
func (d *Deployer) promote(ctx context.Context, req *deployv1.PromoteRequest) (*deployv1.Decision, error) {
	if err := checkNumbers(req); err != nil {
		return nil, err
	}
	if _, err := d.load(ctx, wire.ToRef(req.GetBundle())); err != nil {
		return nil, fmt.Errorf("the candidate's bundle: %w", err)
	}
	version, err := d.registry.Register(ctx, registry.Version{
		Model: req.GetModel(), Kind: req.GetKind(), Run: req.GetRun(),
		Bundle: wire.ToRef(req.GetBundle()), Report: wire.ToRef(req.GetReport()),
		MAE: req.GetMae(), MAESE: req.GetMaeSe(), Created: time.Now().UnixNano(),
	})
	if err != nil {
		return nil, coded(err)
	}
	alias := req.GetAlias()
	if alias == "" {
		alias = registry.Champion
	}
	for range tries {
		decision, err := d.decide(ctx, req, version, alias)
		if !errors.Is(err, registry.ErrConflict) {
			return decision, coded(err)
		}
	}
	return nil, fault.New(fault.Unavailable, "the alias %s of model %s was moved %d times while this promotion was decided", alias, req.GetModel(), tries)
}

// checkNumbers refuses what no comparison holds for and no document can keep.
func checkNumbers(req *deployv1.PromoteRequest) error {
	switch mae, se, limit := req.GetMae(), req.GetMaeSe(), req.GetMaxMae(); {
	case !(mae >= 0) || math.IsInf(mae, 0):
		return fault.New(fault.Invalid, "the candidate's MAE is %v; a promotion needs a number of at least 0", mae)
	case !(se >= 0) || math.IsInf(se, 0):
		return fault.New(fault.Invalid, "the MAE's standard error is %v; a promotion needs a number of at least 0", se)
	case !(limit >= 0):
		return fault.New(fault.Invalid, "the gate's MAE is %v; want a number, or 0 for no limit", limit)
	}
	return nil
}

// decide holds the candidate against the gate and moves the alias.
func (d *Deployer) decide(ctx context.Context, req *deployv1.PromoteRequest, v registry.Version, alias string) (*deployv1.Decision, error) {
	aliases, _, err := d.registry.Aliases(ctx, v.Model)
	if err != nil {
		return nil, err
	}
	current := aliases.Points[alias]
	decision := &deployv1.Decision{Model: v.Model, Version: int32(v.Number), Alias: alias, Previous: int32(current)}
	if current == v.Number {
		decision.Promoted, decision.Reason = true, "it is the "+alias+" already"
		return decision, d.point(ctx, v.Model, alias)
	}
	reason, ok, err := d.gate(ctx, req, v, current)
	if err != nil {
		return nil, err
	}
	decision.Reason = reason
	if !ok {
		return decision, nil
	}
	change := registry.Change{Alias: alias, From: current, To: v.Number, Reason: "run " + v.Run + ": " + reason, Time: time.Now().UnixNano()}
	if err := d.registry.Point(ctx, v.Model, change); err != nil {
		return nil, err
	}
	decision.Promoted = true
	d.log.InfoContext(ctx, "promoted", "model", v.Model, "version", v.Number, "alias", alias, "from", current, "reason", reason)
	return decision, d.point(ctx, v.Model, alias)
}

// gate says whether the candidate may pass, and why.
func (d *Deployer) gate(ctx context.Context, req *deployv1.PromoteRequest, v registry.Version, current int) (string, bool, error) {
	mae := req.GetMae()
	if limit := req.GetMaxMae(); limit > 0 && mae > limit {
		return fmt.Sprintf("its validation MAE %.4f is above the gate's %.4f", mae, limit), false, nil
	}
	reason := fmt.Sprintf("validation MAE %.4f", mae)
	if !req.GetBeatChampion() || current == 0 {
		return reason, true, nil
	}
	champion, err := d.registry.Get(ctx, v.Model, fmt.Sprint(current))
	if err != nil {
		return "", false, err
	}
	if mae > champion.MAE {
		return fmt.Sprintf("its validation MAE %.4f is worse than version %d's %.4f", mae, current, champion.MAE), false, nil
	}
	return fmt.Sprintf("%s, no worse than version %d's %.4f", reason, current, champion.MAE), true, nil
}

// rollback points an alias back at the version that it pointed at before.
func (d *Deployer) rollback(ctx context.Context, req *deployv1.RollbackRequest) (*deployv1.Decision, error) {
	alias := req.GetAlias()
	if alias == "" {
		alias = registry.Champion
	}
	aliases, _, err := d.registry.Aliases(ctx, req.GetModel())
	if err != nil {
		return nil, coded(err)
	}
	current, previous := aliases.Points[alias], 0
	if current == 0 {
		return nil, fault.New(fault.NotFound, "model %s has no %s", req.GetModel(), alias)
	}
	for _, change := range aliases.Audit {
		if change.Alias == alias && change.To == current {
			previous = change.From
		}
	}
	if previous == 0 {
		return nil, fault.New(fault.Conflict, "%s of model %s points at version %d and pointed at none before: there is nothing to roll back to", alias, req.GetModel(), current)
	}
	version, err := d.registry.Get(ctx, req.GetModel(), fmt.Sprint(previous))
	if err != nil {
		return nil, coded(err)
	}
	if _, err := d.load(ctx, version.Bundle); err != nil {
		return nil, fmt.Errorf("the bundle of version %d: %w", previous, err)
	}
	change := registry.Change{Alias: alias, From: current, To: previous, Reason: "rollback", Time: time.Now().UnixNano()}
	if err := d.registry.Point(ctx, version.Model, change); err != nil {
		return nil, coded(err)
	}
	return &deployv1.Decision{
		Model: version.Model, Version: int32(previous), Alias: alias, Promoted: true, Reason: "rollback", Previous: int32(current),
	}, coded(d.point(ctx, version.Model, alias))
}
