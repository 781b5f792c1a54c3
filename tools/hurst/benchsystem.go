package main

import (
	"context"
	"os"

	"github.com/longmemory/hurst/tools/hurst/internal/client"
)

// onBenchSystem gives f a connection to the system that was named, or to one that lives in a
// directory of its own for as long as f takes.
func (a *app) onBenchSystem(ctx context.Context, redis string, f func(context.Context, *client.Client) error) error {
	if a.data != "" || a.nats != "" {
		if redis != "" {
			return usage("--redis is for a system that is started here; the one that is named has its own")
		}
		return a.with(ctx, f)
	}
	dir, err := os.MkdirTemp("", "hurst-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	sys, err := a.start(ctx, dir, upFlags{listen: "127.0.0.1:0", redis: redis, logLevel: "warn"})
	if err != nil {
		return err
	}
	c, err := client.DialTo(ctx, sys.Endpoints(), a.options())
	if err == nil {
		err = closing(c, f(ctx, c))
	}
	if stopErr := sys.Stop(); err == nil {
		err = stopErr
	}
	return err
}
