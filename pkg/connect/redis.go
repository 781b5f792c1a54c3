package connect

import (
	"context"
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/job"
)

const (
	redisPatience = 5 * time.Second // as long as the other servers get
	redisRetry    = 100 * time.Millisecond
)

// AwaitRedis waits until Redis answers, five seconds at most. Services that need it ask when they
// start, so that a wrong address is told to the person who gave it; later they wait for as long as
// it takes.
func (c *Connections) AwaitRedis(ctx context.Context) error {
	client, err := job.NewClient(job.ClientConfig{Redis: c.Redis})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }() // it was asked one thing
	ctx, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	for {
		answer := client.Ping(ctx)
		if answer == nil {
			return nil
		}
		if err == nil || ctx.Err() == nil { // what ends with ctx says little about Redis
			err = answer
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: is redis-server running there, and is the password right?", err)
		case <-time.After(redisRetry):
		}
	}
}
