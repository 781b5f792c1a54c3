package system

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// fickle is a host on which services end by themselves.
type fickle struct {
	lasts  time.Duration
	starts []time.Time
	first  error // of a service that never gets ready
}

func (f *fickle) close() {}

func (f *fickle) run(ctx context.Context, _ part, ready func()) error {
	f.starts = append(f.starts, time.Now())
	if f.first != nil {
		return f.first
	}
	ready()
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(f.lasts):
		return errors.New("broke")
	}
}

func TestRestartsWithGrowingPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fickle{lasts: time.Millisecond}
		k := keep(f, part{name: "x"}, slog.New(slog.DiscardHandler))
		time.Sleep(20 * time.Second)
		k.stop()
		require.NoError(t, k.wait(time.Second))
		var pauses []time.Duration
		for i := range len(f.starts) - 1 {
			pauses = append(pauses, f.starts[i+1].Sub(f.starts[i])-f.lasts)
		}
		require.Equal(t, []time.Duration{
			200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond,
			3200 * time.Millisecond, 5 * time.Second, 5 * time.Second,
		}, pauses)
	})
}

func TestPauseIsShortAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fickle{lasts: 11 * time.Second}
		k := keep(f, part{name: "x"}, slog.New(slog.DiscardHandler))
		time.Sleep(40 * time.Second)
		k.stop()
		require.NoError(t, k.wait(time.Second))
		for i := range len(f.starts) - 1 {
			require.Equal(t, shortest, f.starts[i+1].Sub(f.starts[i])-f.lasts)
		}
	})
}

func TestFirstFailureIsFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		k := keep(&fickle{first: broken}, part{name: "x"}, slog.New(slog.DiscardHandler))
		<-k.failed
		require.ErrorIs(t, k.err, broken)
		k.stop()
		require.NoError(t, k.wait(time.Second))
	})
}
