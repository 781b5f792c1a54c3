package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// What the machinery is expected to do.
const (
	hops    = 200 // single tasks whose way from enqueue to handler is measured
	hopGap  = 5 * time.Millisecond
	warmups = 5
)

func (a *app) benchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "bench",
		Short:   "Measure the machinery and the networks",
		Example: "  hurst bench tasks\n  hurst bench networks",
		GroupID: groupLook,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.benchTasksCommand(), a.benchNetworksCommand())
	return cmd
}

func (a *app) benchTasksCommand() *cobra.Command {
	var count int
	var redis string
	cmd := &cobra.Command{
		Use:   "tasks",
		Short: "Measure what it costs to run tasks that do nothing",
		Long: "Measure what it costs to run tasks that do nothing: one after another, all at once, the way from\n" +
			"enqueue to handler on an idle queue, and a run that memos answer. Uses the running system with --data,\n" +
			"and otherwise starts one in a directory that is removed afterwards.",
		Example: "  hurst bench tasks\n  hurst bench tasks --count 1000 --redis 127.0.0.1:6379 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if count < 1 || count > 100_000 {
				return usage("--count is %d; allowed: 1 to 100000", count)
			}
			return a.benchTasks(cmd.Context(), count, redis)
		},
	}
	a.clientFlags(cmd)
	cmd.Flags().IntVar(&count, "count", 400, "tasks in a run")
	cmd.Flags().StringVar(&redis, "redis", "", "host:port of a real Redis for the system that is started; password in HURST_REDIS_PASSWORD")
	return cmd
}

// measured is one result.
type measured struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Limit   float64 `json:"limit,omitempty"` // what is expected with 400 tasks; zero: nothing
}

func (a *app) benchTasks(ctx context.Context, count int, redis string) error {
	var results []measured
	err := a.onBenchSystem(ctx, redis, func(ctx context.Context, c *client.Client) error {
		var err error
		results, err = a.measure(ctx, c, count)
		return err
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"tasks": count, "results": results})
	}
	t := screen.NewTable(a.paint, "measured", ">time", ">expected")
	for _, m := range results {
		expected := ""
		if m.Limit > 0 {
			expected = "≤ " + screen.Seconds(m.Limit)
		}
		took := screen.Seconds(m.Seconds)
		if m.Limit > 0 && m.Seconds > m.Limit {
			took = a.paint.Bad(took)
		}
		t.Row(m.Name, took, expected)
	}
	return t.Flush(a.out)
}

// measure runs all measurements on a system.
func (a *app) measure(ctx context.Context, c *client.Client, count int) ([]measured, error) {
	var results []measured
	add := func(name string, d time.Duration, limit float64) {
		if count != 400 {
			limit = 0
		}
		results = append(results, measured{name, d.Seconds(), limit})
	}
	if _, err := timeRun(ctx, c, noops(1, false)); err != nil { // connections are made
		return nil, err
	}
	chain, err := timeRun(ctx, c, noops(count, true))
	if err != nil {
		return nil, err
	}
	add(fmt.Sprintf("%s in sequence", plural(count, "task")), chain, 4)
	spec := noops(count, false)
	parallel, err := timeRun(ctx, c, spec)
	if err != nil {
		return nil, err
	}
	add(fmt.Sprintf("%s in parallel", plural(count, "task")), parallel, 1.5)
	cached, err := timeRun(ctx, c, spec)
	if err != nil {
		return nil, err
	}
	add("the same run again, from memos", cached, 0.1)
	ways, err := timeHops(ctx, c)
	if err != nil {
		return nil, err
	}
	slices.Sort(ways)
	results = append(results,
		measured{"enqueue to handler, median", ways[len(ways)/2].Seconds(), 0.004},
		measured{"enqueue to handler, 99 of 100", ways[len(ways)*99/100].Seconds(), 0.015},
	)
	return results, nil
}

// noops is a pipeline of tasks that do nothing and that no memo answers.
func noops(count int, chain bool) []byte {
	data, err := json.Marshal(map[string]any{
		"version": 1, "name": "bench", "salt": rand.Text(),
		"stages": []any{map[string]any{"name": "noop", "kind": "noop", "with": map[string]any{"tasks": count, "chain": chain}}},
	})
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return data
}

// timeRun returns how long a run takes from its submission until its end is known here.
func timeRun(ctx context.Context, c *client.Client, spec []byte) (time.Duration, error) {
	w, err := watch(c)
	if err != nil {
		return 0, err
	}
	defer w.close()
	begun := time.Now()
	s, err := send(ctx, c, spec, "")
	if err != nil {
		return 0, err
	}
	r, err := w.follow(ctx, c, s.Run, silent{}.update)
	if err != nil {
		return 0, err
	}
	return time.Since(begun), outcome(r)
}

// timeHops measures the way of single tasks through a queue of its own.
func timeHops(ctx context.Context, c *client.Client) ([]time.Duration, error) {
	e := c.Endpoints.Redis
	if e.Addr == "" {
		return nil, fault.New(fault.Invalid, "the address of Redis is not known: set HURST_REDIS_ADDR")
	}
	queue := "bench-" + rand.Text()[:8]
	redis, bell := job.Redis{Addr: e.Addr, Password: e.Password}, job.NewBell(c.Conn)
	jobs, err := job.NewClient(job.ClientConfig{Redis: redis, Bell: bell})
	if err != nil {
		return nil, err
	}
	defer jobs.Close() //nolint:errcheck // nothing is left to send
	arrived := make(chan time.Time, 1)
	server, err := job.NewServer(job.ServerConfig{
		Redis: redis, Queue: queue, Concurrency: 1, Bell: bell,
		Logger: c.Telemetry.Logger, Tracer: c.Telemetry.Tracer, Grace: time.Second,
	}, func(context.Context, job.Delivery) error {
		arrived <- time.Now()
		return nil
	})
	if err != nil {
		return nil, err
	}
	var ways []time.Duration
	working, stop := context.WithCancel(ctx)
	err = service.Group(working, server.Run, func(ctx context.Context) error {
		defer stop()
		var err error
		ways, err = hopping(ctx, jobs, queue, arrived)
		return err
	})
	return ways, err
}

func hopping(ctx context.Context, jobs *job.Client, queue string, arrived <-chan time.Time) ([]time.Duration, error) {
	var ways []time.Duration
	for i := range warmups + hops {
		begun := time.Now()
		if err := jobs.Enqueue(ctx, job.Task{ID: fmt.Sprint(i), Queue: queue, Type: "noop", Timeout: time.Minute}); err != nil {
			return nil, err
		}
		select {
		case at := <-arrived:
			if i >= warmups {
				ways = append(ways, at.Sub(begun))
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		time.Sleep(hopGap) // until the queue is idle again
	}
	return ways, nil
}
