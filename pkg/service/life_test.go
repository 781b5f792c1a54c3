package service

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestGrace measures, on a clock of its own, how long a part may take to drain.
func TestGrace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		drain time.Duration
		code  int
		after time.Duration
	}{
		{0, ExitOK, 0},
		{10 * time.Second, ExitOK, 10 * time.Second},
		{time.Hour, ExitFailed, 11 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			ready := new(Readiness)
			l := life{grace: 10 * time.Second, logger: slog.New(slog.DiscardHandler), ready: ready}
			signals := make(chan os.Signal, 1)
			signals <- syscall.SIGTERM
			before := time.Now()
			code, hurry := l.run(t.Context(), signals, func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(c.drain)
				return nil
			})
			require.Equal(t, c.code, code)
			require.False(t, hurry, "there is time to flush traces")
			require.Equal(t, c.after, time.Since(before))
			require.Contains(t, ready.Reasons(), "service")
			time.Sleep(c.drain) // let what was abandoned end
		})
	}
}

func TestErrorOfTheContextIsAFailureWithoutASignal(t *testing.T) {
	t.Parallel()
	l := life{logger: slog.New(slog.DiscardHandler)}
	for _, err := range []error{context.Canceled, errors.New("x")} {
		code, _ := l.run(t.Context(), nil, func(context.Context) error { return err })
		require.Equal(t, ExitFailed, code)
	}
}

func TestInnermost(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]string{
		"":                                      "",
		"goroutine 1 [running]:\nmain.main()\n": "",
		"goroutine 1 [select]:\nnet.read(0x1)\n\t/x.go:1\ngithub.com/longmemory/hurst/pkg/job.(*Pool).wait(0x1, {0x2})\n\t/y.go:2\n": "pkg/job.(*Pool).wait",
		"goroutine 1 [running]:\ngithub.com/longmemory/hurst/pkg/service.running()\n":                                                "",
		"goroutine 1 [running]:\ncreated by github.com/longmemory/hurst/pkg/job.New in goroutine 1\n":                                "",
	} {
		require.Equal(t, want, innermost(stack))
	}
}
