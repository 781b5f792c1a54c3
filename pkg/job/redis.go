package job

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/longmemory/hurst/pkg/fault"
)

// newRedis opens a pool whose commands end within seconds whatever becomes of the server: asynq
// gives most of them no deadline, and its shutdown waits for them.
func newRedis(r Redis) (*redis.Client, error) {
	if !strings.Contains(r.Addr, ":") {
		return nil, fault.New(fault.Invalid, "%q is not the address of a Redis server: give host:port", r.Addr)
	}
	redis.SetLogger(silent{}) // it prints each failure that it also returns
	return redis.NewClient(&redis.Options{
		Addr: r.Addr, Password: r.Password,
		Protocol: 2, DisableIdentity: true,
		DialTimeout: time.Second, DialerRetries: 1,
		ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second, PoolTimeout: 2 * time.Second,
		MaxRetries: 1, ContextTimeoutEnabled: true,
	}), nil
}

// silent is a go-redis logger that drops everything.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// unavailable says that Redis did not do what was asked of it.
func unavailable(doing, addr string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.New(fault.Unavailable, "%s: Redis at %s: %w", doing, addr, err)
}

// queuesKey is the set in which asynq's inspection tools look for the names of queues. asynq's
// client adds a queue once and remembers that it did, so that after a FLUSHALL the queue would
// be used but not found: [Server] and [Client] add it again.
const queuesKey = "asynq:queues"

func publish(ctx context.Context, c *redis.Client, queue string) error {
	return c.SAdd(ctx, queuesKey, queue).Err()
}
