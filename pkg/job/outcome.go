package job

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/hibiken/asynq"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	backoffFirst = 200 * time.Millisecond
	backoffMost  = 30 * time.Second
	parked       = time.Hour // a cancelled task waits among the retries until it is removed
)

// verdict is what becomes of a task, as metrics name it.
type verdict string

const (
	done       verdict = "done"
	retried    verdict = "retried"
	archived   verdict = "archived"
	handedBack verdict = "handed_back"
	cancelled  verdict = "cancelled"
)

// judge decides what becomes of a task whose handler returned err. ctx is asynq's.
func (s *Server) judge(ctx context.Context, d Delivery, err error) verdict {
	switch {
	case err == nil:
		return done
	case errors.Is(err, ErrHandBack), s.force.Err() != nil:
		return handedBack
	case ctx.Err() == context.Canceled: // exactly this is how asynq says that the task was deleted
		return cancelled
	case fault.CodeOf(err) == fault.Unavailable && d.Retried < d.MaxRetry:
		return retried
	}
	return archived
}

// forAsynq is the error that makes asynq do what was decided, with the text of err unchanged.
func (v verdict) forAsynq(err error) error {
	switch v {
	case done:
		return nil
	case handedBack:
		return marked{err, ErrHandBack}
	case cancelled:
		return marked{err, asynq.RevokeTask}
	case archived:
		return marked{err, asynq.SkipRetry}
	}
	return err
}

// marked is an error that also is another, without saying so.
type marked struct {
	error
	also error
}

func (m marked) Is(target error) bool { return target == m.also }
func (m marked) Unwrap() error        { return m.error }

// counts tells asynq whether a failure is charged to the task. asynq passes a bare
// context.Canceled for a task that was deleted while active.
func counts(err error) bool {
	return !errors.Is(err, ErrHandBack) && err != context.Canceled //nolint:errorlint // see above
}

// delay tells asynq how long a task waits after its n-th failure.
func (s *Server) delay(n int, err error, _ *asynq.Task) time.Duration {
	if err == context.Canceled { //nolint:errorlint // see counts
		return parked
	}
	d := backoff(n)
	if errors.Is(err, ErrHandBack) {
		d = backoffFirst
		if isClosed(s.stop) {
			d = 0
		}
	}
	// asynq counts in seconds: what is due within this second is due when one looks.
	time.AfterFunc(d+5*time.Millisecond, func() { ring(s.hook.due) })
	return d
}

// backoff doubles from 0.2 s to 30 s, give or take a quarter so that tasks that failed together
// do not come back together.
func backoff(n int) time.Duration {
	d := backoffMost
	if n < 8 {
		d = min(backoffFirst<<max(n, 0), backoffMost)
	}
	return min(time.Duration(float64(d)*(0.75+rand.Float64()/2)), backoffMost)
}

// failed is told by asynq of each failure before it acts on it.
func (s *Server) failed(ctx context.Context, _ *asynq.Task, err error) {
	id, ok := asynq.GetTaskID(ctx)
	switch {
	case !ok:
	case err == context.Canceled: //nolint:errorlint // see counts
		s.cleaning.Go(func() { s.remove(id) })
	case errors.Is(err, ErrHandBack) && isClosed(s.stop):
		s.mu.Lock()
		s.handed[id] = true
		s.mu.Unlock()
	}
}

// remove deletes a cancelled task once asynq has put it among the retries.
func (s *Server) remove(id string) {
	for range 200 {
		err := s.inspect.DeleteTask(s.cfg.Queue, id)
		if err == nil || errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-s.dead:
			return
		}
	}
}
