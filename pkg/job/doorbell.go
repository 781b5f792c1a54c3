package job

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	pollInterval = time.Second            // how long an idle server waits at most for a ring
	polls        = 5                      // after which an empty dequeue returns to asynq
	errorPause   = 250 * time.Millisecond // after a failed look into the queue: asynq itself would not pause
	stopPatience = 2 * time.Second        // of a command once the server is stopping
)

var errAbandoned = errors.New("the server has stopped")

// doorbell is a hook in the Redis client of one server. asynq polls, as often as it is told, and
// costs a core when told to poll often; so it is told to poll all the time, and the hook makes
// it wait here: an empty dequeue waits for the bell, and is then done again, so that asynq sees
// a task as soon as there is one.
//
// Meanwhile it looks whether there is anything with commands that cost a tenth of the scripts.
type doorbell struct {
	redis *redis.Client
	bell  <-chan struct{} // rung by clients
	local chan struct{}   // rung when tasks whose backoff is over have become pending
	due   chan struct{}   // rung when the backoff of a task of this server is over
	slots chan struct{}   // one for each handler that runs: the server's own, not asynq's
	stop  <-chan struct{} // closed: do not wait any more
	dead  <-chan struct{} // closed: do not even try
}

// The scripts of asynq that are waited for.
const (
	otherScript = iota
	dequeueScript
	forwardScheduled // moves scheduled tasks that are due; asynq looks at retries right after it
	forwardRetry
)

// scriptOf recognises a script by the keys it is given.
func scriptOf(cmd redis.Cmder) int {
	args := cmd.Args()
	if len(args) < 5 || !strings.HasPrefix(cmd.Name(), "eval") {
		return otherScript
	}
	first, _ := args[3].(string)
	second, _ := args[4].(string)
	switch {
	case strings.HasSuffix(first, ":pending") && strings.HasSuffix(second, ":paused"):
		return dequeueScript
	case strings.HasSuffix(first, ":scheduled") && strings.HasSuffix(second, ":pending"):
		return forwardScheduled
	case strings.HasSuffix(first, ":retry") && strings.HasSuffix(second, ":pending"):
		return forwardRetry
	}
	return otherScript
}

// DialHook refuses to dial for a server that has given up.
func (d *doorbell) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if isClosed(d.dead) {
			return nil, errAbandoned
		}
		return next(ctx, network, addr)
	}
}

// ProcessPipelineHook changes nothing: asynq's server sends no pipelines that matter.
func (d *doorbell) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook makes the scripts wait.
func (d *doorbell) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if isClosed(d.dead) {
			cmd.SetErr(errAbandoned)
			return errAbandoned
		}
		if isClosed(d.stop) {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, stopPatience)
			defer cancel()
		}
		switch scriptOf(cmd) {
		case dequeueScript:
			return d.dequeue(ctx, cmd, next)
		case forwardScheduled:
			if cmd.Name() == "evalsha" { // not again for the eval that follows when Redis has lost the script
				d.wait(pollInterval, d.due, nil)
			}
			return d.forward(ctx, cmd, next)
		case forwardRetry:
			return d.forward(ctx, cmd, next)
		}
		return next(ctx, cmd)
	}
}

// forward moves what is due, if there is anything, and wakes the dequeue.
func (d *doorbell) forward(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	c, ok := cmd.(*redis.Cmd)
	if !ok {
		return next(ctx, cmd)
	}
	if n, err := d.redis.ZCard(ctx, keyOf(cmd)).Result(); err == nil && n == 0 {
		c.SetVal(int64(0))
		return nil
	}
	err := next(ctx, cmd)
	if n, _ := c.Int(); err == nil && n > 0 {
		ring(d.local)
	}
	return err
}

func (d *doorbell) dequeue(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	if !d.free() {
		cmd.SetErr(redis.Nil)
		return redis.Nil
	}
	err := next(ctx, cmd)
	// An empty dequeue is done again here, and not by asynq, which would sleep first. The lease that
	// the script gives began when asynq called; that is at most some seconds ago, of thirty,
	// and asynq extends it every five.
	for range polls {
		if !errors.Is(err, redis.Nil) {
			break
		}
		rung := d.wait(pollInterval, d.bell, d.local)
		if !d.free() {
			break
		}
		if !rung {
			n, lenErr := d.redis.LLen(ctx, keyOf(cmd)).Result()
			if lenErr != nil {
				break // asynq's next dequeue tells what is wrong
			}
			if n == 0 {
				continue
			}
		}
		cmd.SetErr(nil)
		err = next(ctx, cmd)
	}
	if err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "NOSCRIPT") {
		d.wait(errorPause, nil, nil)
	}
	return err
}

// keyOf returns the first key of a script.
func keyOf(cmd redis.Cmder) string {
	key, _ := cmd.Args()[3].(string)
	return key
}

// free waits until a handler may start: asynq frees a slot of its own when a task's time is up,
// while the handler still runs. It returns false when the server is stopping.
func (d *doorbell) free() bool {
	if isClosed(d.stop) {
		return false
	}
	select {
	case d.slots <- struct{}{}:
		<-d.slots
		return true
	case <-d.stop:
		return false
	}
}

// wait returns true when one of two bells was rung, false when time is up or the server stops.
func (d *doorbell) wait(most time.Duration, a, b <-chan struct{}) bool {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-a:
		return true
	case <-b:
		return true
	case <-t.C:
	case <-d.stop:
	}
	return false
}

// ring rings a bell that holds one ring.
func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}
