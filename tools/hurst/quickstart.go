package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pipelines"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
	"github.com/longmemory/hurst/testdata"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// servingLimit is how long a promoted version may take to be served.
const servingLimit = 20 * time.Second

func (a *app) quickstartCommand() *cobra.Command {
	var spec, file string
	cmd := &cobra.Command{
		Use:   "quickstart",
		Short: "See all of it in a minute: train, promote, predict a real series",
		Long: "Train models on synthetic series, promote the best, and estimate the Hurst exponent of the Nile's yearly\n" +
			"minima. Uses the running system of the data directory, or starts one for as long as it takes.",
		Example: "  hurst quickstart\n  hurst quickstart --data ./data --predict mine.csv",
		GroupID: groupSystem,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.quickstart(cmd.Context(), spec, file) },
	}
	a.dataFlag(cmd)
	cmd.Flags().StringVar(&spec, "spec", "", "pipeline to run (default: the one that comes with hurst)")
	cmd.Flags().StringVar(&file, "predict", "", "series to predict (default: the Nile's minima, 622 to 1284)")
	return cmd
}

func (a *app) quickstart(ctx context.Context, specFile, file string) error {
	begun := time.Now()
	text, spec, err := a.quickSpec(specFile)
	if err != nil {
		return err
	}
	f, err := quickSeries(file)
	if err != nil {
		return err
	}
	return a.onSystem(ctx, func(ctx context.Context, c *client.Client, own bool) error {
		r, err := a.quickRun(ctx, c, text, spec)
		if err != nil {
			return err
		}
		d, _ := decision(r)
		if err := a.quickPredict(ctx, c, f, d); err != nil {
			return err
		}
		if !a.json {
			a.printf("\ntotal     %s\n", screen.Duration(time.Since(begun)))
			a.showNext(own, r.GetId())
		}
		return nil
	})
}

// onSystem gives f a connection to the running system, or to one that it starts for f.
func (a *app) onSystem(ctx context.Context, f func(ctx context.Context, c *client.Client, own bool) error) error {
	dir, err := a.dir()
	if err != nil {
		return err
	}
	endpoints, err := embedded.ReadEndpoints(dir)
	own := errors.Is(err, embedded.ErrNotRunning)
	if err != nil && !own {
		return err
	}
	if own {
		begun := time.Now()
		sys, err := a.start(ctx, dir, upFlags{listen: "127.0.0.1:0", logLevel: "warn"})
		if err != nil {
			return err
		}
		defer func() {
			if err := sys.Stop(); err != nil {
				fmt.Fprintf(a.err, "hurst: %v\n", err)
			}
		}()
		endpoints = sys.Endpoints()
		if !a.json {
			a.printf("started all servers and services in %s, data in %s\n", screen.Duration(time.Since(begun)), dir)
		}
	} else if !a.json {
		a.printf("using the system of process %d, data in %s\n", endpoints.PID, dir)
	}
	c, err := client.DialTo(ctx, endpoints, a.options())
	if err != nil {
		return err
	}
	return closing(c, f(ctx, c, own))
}

func (a *app) quickSpec(path string) ([]byte, pipeline.Spec, error) {
	if path != "" {
		return a.readSpec(path)
	}
	spec, err := pipeline.Parse(pipelines.Quickstart)
	return pipelines.Quickstart, spec, err
}

// quickSeries makes sure that what is to be predicted can be read, before a minute of work.
func quickSeries(path string) (predictFlags, error) {
	f := predictFlags{level: 0.90}
	if path == "" {
		return f, nil
	}
	if _, err := os.Stat(path); err != nil {
		return f, fault.With(fault.Invalid, err)
	}
	return f, f.source.set([]string{path})
}

// quickRun runs the pipeline and shows what came of it. A run that promotes nothing is an error.
func (a *app) quickRun(ctx context.Context, c *client.Client, text []byte, spec pipeline.Spec) (*pipelinev1.Run, error) {
	w, err := watch(c)
	if err != nil {
		return nil, err
	}
	defer w.close()
	s, err := send(ctx, c, text, "")
	if err != nil {
		return nil, err
	}
	if !a.json {
		a.printf("run %s of pipeline %s submitted\n", s.Run, spec.Name)
	}
	r, err := a.showProgress(ctx, c, w, s.Run)
	if err != nil {
		return nil, err
	}
	if a.json {
		err = a.printJSON(viewOf(r))
	} else {
		a.showOutcome(r, gateLength(spec))
	}
	if err = errors.Join(err, outcome(r)); err != nil {
		return nil, err
	}
	if d, ok := decision(r); !ok || !d.Promoted {
		return nil, fmt.Errorf("run %s promoted no model: %s", r.GetId(), shortOutcome(r))
	}
	return r, nil
}

// quickPredict predicts the Nile, or the file that was named, once the promoted version is served.
func (a *app) quickPredict(ctx context.Context, c *client.Client, f predictFlags, d pipeline.Decision) error {
	f.model = d.Model
	if err := served(ctx, c, d); err != nil {
		return err
	}
	if !a.json {
		a.printf("\n")
	}
	if len(f.source.files) == 0 {
		b := *a
		b.in = bytes.NewReader(testdata.NileMin)
		f.source.files = []string{"-"}
		f.source.stdin = "nile_min.csv"
		return b.predict(ctx, c, f)
	}
	return a.predict(ctx, c, f)
}

// served waits until a replica serves the promoted version: it is told of it at once, and loads it.
func served(ctx context.Context, c *client.Client, d pipeline.Decision) error {
	ctx, cancel := context.WithTimeout(ctx, servingLimit)
	defer cancel()
	for {
		infos, err := rpc.Gather[predictv1.Info](ctx, c.Conn, wire.SubjectPredictors, &predictv1.InfoRequest{}, 20*time.Millisecond)
		for _, i := range infos {
			if i.GetReady() && i.GetModel() == d.Model && int(i.GetVersion()) == d.Version {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("no inference replica serves %s@%d", d.Model, d.Version), err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (a *app) showNext(own bool, run string) {
	a.printf("\nnext:\n")
	if own {
		a.printf("  %-46s keep it running\n", a.command("up"))
	}
	for _, line := range [][2]string{
		{a.command("predict", "FILE.csv"), "estimate your own series"},
		{a.command("trace", run), "where the time went"},
		{a.command("models", "show", "hurst"), "what was promoted"},
		{"hurst --help", "all the rest"},
	} {
		a.printf("  %-46s %s\n", line[0], line[1])
	}
}
