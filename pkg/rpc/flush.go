package rpc

import (
	"context"
	"time"

	"github.com/longmemory/hurst/pkg/fault"
)

// flushLimit is how long Flush waits where ctx sets no limit.
const flushLimit = 5 * time.Second

// Flush returns when the server has taken all that was sent before: from then on it gives this
// connection the requests and events that were asked for.
func (c *Conn) Flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	if err := c.nc.FlushWithContext(ctx); err != nil {
		return fault.New(fault.Unavailable, "wait for NATS at %s: %w", c.addr, err)
	}
	return nil
}
