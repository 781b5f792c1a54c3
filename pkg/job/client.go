package job

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/longmemory/hurst/pkg/telemetry"
)

const enqueueParallel = 16 // connections that EnqueueMany uses at once

// ClientConfig says where a client's queues are.
type ClientConfig struct {
	Redis Redis
	Bell  Bell // rung after each task; nil: servers find it within a second
}

// Client puts tasks into queues and looks after them. It is safe for concurrent use.
type Client struct {
	addr    string
	redis   *redis.Client
	asynq   *asynq.Client
	inspect *asynq.Inspector
	bell    Bell
}

// NewClient returns a client. It does not connect: Redis may come later.
func NewClient(cfg ClientConfig) (*Client, error) {
	rc, err := newRedis(cfg.Redis)
	if err != nil {
		return nil, err
	}
	return &Client{
		addr: cfg.Redis.Addr, redis: rc, bell: orSilent(cfg.Bell),
		asynq: asynq.NewClientFromRedisClient(rc), inspect: asynq.NewInspectorFromRedisClient(rc),
	}, nil
}

// Close closes the connections to Redis.
func (c *Client) Close() error { return c.redis.Close() }

// Ping tells whether Redis answers.
func (c *Client) Ping(ctx context.Context) error {
	return unavailable("ping", c.addr, c.redis.Ping(ctx).Err())
}

// Enqueue queues a task and rings the bell. A task of this ID that is in the queue already, in
// whatever state, is success: so Enqueue may be repeated. The trace in ctx goes with the task.
func (c *Client) Enqueue(ctx context.Context, t Task) error {
	if err := t.check(); err != nil {
		return err
	}
	headers := map[string]string{headerEnqueued: strconv.FormatInt(time.Now().UnixNano(), 10)}
	telemetry.Inject(ctx, headers)
	opts := []asynq.Option{
		asynq.TaskID(t.ID), asynq.Queue(t.Queue), asynq.Timeout(t.timeout()), asynq.Retention(0),
		// One more than the caller wants: asynq archives what fails at its limit even when the
		// failure does not count, so a task at its limit could not be handed back. [Server] counts.
		asynq.MaxRetry(max(t.MaxRetry, 0) + 1),
	}
	if !t.Deadline.IsZero() {
		opts = append(opts, asynq.Deadline(t.Deadline))
	}
	_, err := c.asynq.EnqueueContext(ctx, asynq.NewTaskWithHeaders(t.Type, t.Payload, headers), opts...)
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return unavailable(fmt.Sprintf("enqueue task %s in queue %s", t.ID, t.Queue), c.addr, err)
	}
	c.bell.Ring(t.Queue)
	return nil
}

// EnqueueMany queues tasks, several at once and in no certain order, and returns the first
// error; some tasks are queued then, and it may be repeated.
func (c *Client) EnqueueMany(ctx context.Context, tasks []Task) error {
	g, group := errgroup.WithContext(ctx)
	g.SetLimit(enqueueParallel)
	for _, t := range tasks {
		if group.Err() != nil {
			break // the first error is enough
		}
		g.Go(func() error { return c.Enqueue(group, t) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
