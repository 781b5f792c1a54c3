// Package service runs a part of the system as a program: configuration, telemetry, signals, drain,
// readiness and exit codes, so that a service's main is a dozen lines.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// Exit codes of [Main].
const (
	ExitOK     = 0 // done, or drained after a signal
	ExitFailed = 1 // the part failed, or did not drain in time
	ExitUsage  = 2 // the configuration is wrong
)

// Part is something that works until ctx ends, then drains, and returns nil when it has.
type Part interface {
	Run(ctx context.Context) error
}

// Env is what a part is given by the program it lives in, be it its own or one of several parts.
type Env struct {
	Logger     *slog.Logger
	Tracer     trace.Tracer
	Registerer prometheus.Registerer // for the part's metrics
	Gatherer   prometheus.Gatherer   // what /metrics shows: the part's metrics, or those of all parts in the process
	Ready      *Readiness
	Telemetry  *telemetry.Telemetry

	// InProcessNATS is a NATS server in this process; nil: there is none, dial.
	InProcessNATS interface{ InProcessConn() (net.Conn, error) }
}

// NewEnv returns the environment of a part that has tel for itself.
func NewEnv(tel *telemetry.Telemetry) Env {
	return Env{
		Logger:     tel.Logger,
		Tracer:     tel.Tracer,
		Registerer: tel.Registry,
		Gatherer:   tel.Registry,
		Ready:      new(Readiness),
		Telemetry:  tel,
	}
}

// Main is the whole of a service's main: it loads cfg, which holds the defaults, from the command
// line, the environment and a file, builds the part, runs it until SIGTERM or SIGINT, and returns the
// exit code. A cfg that embeds [config.Servers] also says how to log, trace, listen and drain.
//
// After a signal the part has the Grace of its configuration to drain. A second later Main logs what
// is still running and gives up. A second signal ends it at once.
func Main[C any, P Part](name string, cfg C, build func(ctx context.Context, cfg C, env Env) (P, error)) int {
	return MainArgs(name, os.Args[1:], cfg, build)
}

// MainArgs is [Main] with arguments from elsewhere than the command line.
func MainArgs[C any, P Part](name string, args []string, cfg C, build func(ctx context.Context, cfg C, env Env) (P, error)) int {
	err := config.Load(&cfg, config.Options{Name: name, Args: args, Environ: os.Environ(), Out: os.Stdout})
	switch {
	case errors.Is(err, config.ErrVerified), errors.Is(err, pflag.ErrHelp):
		return ExitOK
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return ExitUsage
	}
	servers := config.DefaultServers()
	if c, ok := any(&cfg).(interface{ Common() config.Servers }); ok {
		servers = c.Common()
	}
	return live(name, servers, func(ctx context.Context, env Env) error {
		part, err := build(ctx, cfg, env)
		if err != nil {
			return fmt.Errorf("start %s: %w", name, err)
		}
		return part.Run(ctx)
	})
}

// Group runs all parts at once and waits for all of them. The first error ends the context of the
// rest and is returned; a part that returns nil leaves the rest running.
func Group(ctx context.Context, parts ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		g.Go(func() error { return part(ctx) })
	}
	return g.Wait()
}
