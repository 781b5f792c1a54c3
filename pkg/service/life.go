package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// overtime is what a part gets beyond its grace before it is abandoned.
const overtime = time.Second

// live gives work its surroundings, runs it through its life, and takes them down in order: the part
// first, then the admin server that shows it, then telemetry.
func live(name string, servers config.Servers, work func(context.Context, Env) error) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)

	ctx := context.Background()
	tel, err := telemetry.Start(ctx, telemetry.Config{
		Service:      name,
		Version:      version(),
		OTLPEndpoint: servers.OTLPEndpoint,
		LogLevel:     servers.LogLevel,
		LogFormat:    servers.LogFormat,
	})
	if err == nil {
		err = tel.RegisterProcess()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: start telemetry: %v\n", name, err)
		return ExitFailed
	}
	env := NewEnv(tel)
	admin, err := listenAdmin(servers.AdminListen, env)
	if err != nil {
		tel.Logger.Error("start", telemetry.KeyErr, err)
		_ = tel.Shutdown(ctx) // nothing was traced yet
		return ExitFailed
	}

	l := life{grace: servers.Grace, logger: tel.Logger, ready: env.Ready}
	code, hurry := l.run(telemetry.WithTracer(ctx, tel.Tracer), signals, func(ctx context.Context) error {
		return work(ctx, env)
	})
	if hurry {
		return code
	}
	if err := errors.Join(admin.close(ctx), tel.Shutdown(ctx)); err != nil {
		tel.Logger.Warn("shut down", telemetry.KeyErr, err)
	}
	return code
}

// life is the course of one part:
//
//	working --signal--> draining --returns--> drained
//	   |                   |--grace passes or second signal--> abandoned
//	   '--returns--> done or failed
type life struct {
	grace  time.Duration
	logger *slog.Logger
	ready  *Readiness
}

// run returns the exit code, and whether to leave without a farewell.
func (l life) run(ctx context.Context, signals <-chan os.Signal, work func(context.Context) error) (code int, hurry bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- contain(ctx, work) }()

	var draining bool
	var limit <-chan time.Time
	for {
		select {
		case err := <-ended:
			return l.outcome(err, draining), false
		case s := <-signals:
			if draining {
				l.logger.Error("second signal: leave without draining", "signal", s.String())
				return ExitFailed, true
			}
			l.logger.Info("drain", "signal", s.String(), "grace", l.grace)
			draining = true
			l.ready.Drain()
			cancel()
			timer := time.NewTimer(l.grace + overtime)
			defer timer.Stop()
			limit = timer.C
		case <-limit:
			l.logger.Error("not drained in time", "grace", l.grace, "running", running())
			return ExitFailed, false
		}
	}
}

func (l life) outcome(err error, draining bool) int {
	switch {
	case err == nil, draining && errors.Is(err, context.Canceled):
		l.logger.Info("stopped")
		return ExitOK
	case draining:
		l.logger.Error("drain", telemetry.KeyErr, err)
	default:
		l.logger.Error("failed", telemetry.KeyErr, err)
	}
	return ExitFailed
}

// contain turns a panic of work into an error: the runtime would end the program with the exit code
// of a wrong configuration, and traces would be lost.
func contain(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}
