package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/tools/hurst/internal/netbench"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// networksBench says which networks are measured, and how.
type networksBench struct {
	engines, networks             []string
	length, batch, threads, milli int
}

func (a *app) benchNetworksCommand() *cobra.Command {
	var b networksBench
	cmd := &cobra.Command{
		Use:   "networks",
		Short: "Measure how fast neural networks are trained and answer",
		Long: "Measure, for networks of the zoo and on each engine: series learned from in a second, with Adam and fresh\n" +
			"series; series answered in a second, in batches; and the time for one series alone. It runs right here and\n" +
			"needs no system.",
		Example: "  hurst bench networks\n  hurst bench networks --network filter-bank,lstm --engine native,gorgonia --length 256 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := b.check(); err != nil {
				return err
			}
			return a.benchNetworks(cmd.Context(), b)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&b.engines, "engine", []string{engine.Native}, "engines: "+strings.Join(engine.Priority(), ", "))
	f.StringSliceVar(&b.networks, "network", []string{zoo.NameFilterBank, zoo.NameAdaptiveCNN, zoo.NameReferenceCNN, zoo.NameAdaptiveTransformer, zoo.NameLSTM},
		"networks on series, of: "+strings.Join(zoo.Names(), ", "))
	f.IntVar(&b.length, "length", 500, "points of the series, 64 to 65536")
	f.IntVar(&b.batch, "batch", 32, "series in a batch, 1 to 4096")
	f.IntVar(&b.threads, "threads", 1, "threads, 1 to 256")
	f.IntVar(&b.milli, "milliseconds", 500, "of each measurement, 1 to 60000")
	return cmd
}

func (b networksBench) check() error {
	for _, r := range []struct {
		name      string
		v, lo, hi int
	}{{"length", b.length, 64, 1 << 16}, {"batch", b.batch, 1, 4096}, {"threads", b.threads, 1, 256}, {"milliseconds", b.milli, 1, 60_000}} {
		if r.v < r.lo || r.v > r.hi {
			return usage("--%s is %d; allowed: %d to %d", r.name, r.v, r.lo, r.hi)
		}
	}
	if err := engine.Check(b.engines); err != nil {
		return usage("--engine: %w", err)
	}
	for _, n := range b.networks {
		if n == zoo.NameMLP || !slices.Contains(zoo.Names(), n) {
			return usage("--network: there is no network %.40q on series; see --help", n)
		}
	}
	return nil
}

func (a *app) benchNetworks(ctx context.Context, b networksBench) error {
	list, err := engine.Of(b.engines...)
	if err != nil {
		return usage("--engine: %w", err)
	}
	var results []netbench.Result
	for _, c := range list {
		e, err := c.Probe()
		if err != nil {
			return fault.New(fault.Unavailable, "engine %s: %w", c.Name, err)
		}
		for _, n := range b.networks {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, err := netbench.Measure(netbench.Job{
				Network: n, Engine: e, Points: b.length, Rows: b.batch, Threads: b.threads, Time: time.Duration(b.milli) * time.Millisecond,
			})
			if err != nil {
				return err
			}
			results = append(results, r)
		}
	}
	if a.json {
		return a.printJSON(map[string]any{
			"length": b.length, "batch": b.batch, "threads": b.threads, "cores": runtime.GOMAXPROCS(0), "results": results,
		})
	}
	t := screen.NewTable(a.paint, "network", "engine", ">parameters", ">train", ">predict", ">one series")
	for _, r := range results {
		t.Row(r.Network, r.Engine, fmt.Sprint(r.Parameters), perSecond(r.Train), perSecond(r.Predict),
			screen.Duration(time.Duration(r.Single*float64(time.Second))))
	}
	return t.Flush(a.out)
}

func perSecond(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.1f/s", v)
	}
	return fmt.Sprintf("%.0f/s", v)
}
