package job

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// sizes reads a queue's state in one round trip, and a second when something waits. asynq's own
// inspection also estimates memory, by sampling tasks, each time.
func (c *Client) sizes(ctx context.Context, queue string) (QueueInfo, error) {
	key := func(s string) string { return "asynq:{" + queue + "}:" + s }
	p := c.redis.Pipeline()
	pending, active := p.LLen(ctx, key("pending")), p.LLen(ctx, key("active"))
	retry, archived := p.ZCard(ctx, key("retry")), p.ZCard(ctx, key("archived"))
	paused := p.Exists(ctx, key("paused"))
	oldest := p.LRange(ctx, key("pending"), -1, -1)
	if _, err := p.Exec(ctx); err != nil {
		return QueueInfo{}, err
	}
	q := QueueInfo{
		Queue: queue, Pending: int(pending.Val()), Active: int(active.Val()),
		Retry: int(retry.Val()), Archived: int(archived.Val()), Paused: paused.Val() > 0,
	}
	for _, id := range oldest.Val() {
		since, err := c.redis.HGet(ctx, key("t:"+id), "pending_since").Int64()
		if err != nil && !errors.Is(err, redis.Nil) { // nil: it was taken meanwhile
			return QueueInfo{}, err
		}
		if since > 0 {
			q.Latency = max(time.Since(time.Unix(0, since)), 0)
		}
	}
	return q, nil
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
