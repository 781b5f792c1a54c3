package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/longmemory/hurst/pkg/model"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// showManifest prints what a bundle says of itself.
func (a *app) showManifest(m model.Manifest) error {
	if model.ReadsSeries(m.Kind) {
		a.printf("reads       series\n")
	} else {
		a.printf("features    %s, version %d, %d values\n", screen.Clean(m.Features.Set), m.Features.Version, len(m.Features.Names))
	}
	a.printf("trained on  lengths %d to %d, H %.2f to %.2f, seed %d, engine %s\n",
		m.Lengths.Min, m.Lengths.Max, m.HRange.Min, m.HRange.Max, m.Lineage.Seed, screen.Clean(m.Engine))
	for _, f := range m.Failed {
		a.printf("engine      %s failed: %s\n", screen.Clean(f.Engine), screen.Clean(f.Reason))
	}
	if d := m.Lineage.Adapted; d != nil {
		a.printf("adapted     from %s with %d series: MAE %.4f before, %.4f after\n", m.Lineage.Parent.Short(), d.Series, d.Before, d.After)
	}
	a.printf("parameters ")
	for _, name := range slices.Sorted(maps.Keys(m.Params)) {
		a.printf(" %s", screen.Clean(fmt.Sprintf("%s=%v", name, m.Params[name])))
	}
	a.printf("\n\n")
	t := screen.NewTable(a.paint, ">n", ">series", ">validation MAE", ">limit", ">to limit")
	for _, x := range m.Metrics {
		row := []string{fmt.Sprint(x.N), fmt.Sprint(x.Count), fmt.Sprintf("%.4f ± %.4f", x.MAE, x.SE), "", ""}
		if limit, ok := model.Limit(m.Lineage.Process, x.N); ok {
			row[3], row[4] = fmt.Sprintf("%.4f", limit), fmt.Sprintf("×%.2f", x.MAE/limit)
		}
		t.Row(row...)
	}
	if err := t.Flush(a.out); err != nil {
		return err
	}
	return a.showNetwork(m)
}

// showNetwork prints the network layer by layer, with shapes and numbers of parameters.
func (a *app) showNetwork(m model.Manifest) error {
	if m.Network == nil {
		return nil
	}
	plan, err := m.Network.Plan()
	if err != nil {
		return err
	}
	networks := "network"
	if m.Members > 1 {
		networks = fmt.Sprintf("%d networks", m.Members)
	}
	a.printf("\n%s\n%s", networks, plan.Table())
	return nil
}
