package bulk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func numbers(n int, end error) func(context.Context) iter.Seq2[int, error] {
	return func(context.Context) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			if end != nil {
				yield(0, end)
			}
		}
	}
}

// Calls that end in any order give answers in the order of the items, with no more than InFlight
// calls at once.
func TestOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		var got []string
		err := Each(t.Context(), Config[int, string]{
			InFlight: 4,
			Fits:     func(batch []int, _ int) bool { return len(batch) < 7 },
			Call: func(_ context.Context, batch []int) ([]string, error) {
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				defer now.Add(-1)
				time.Sleep(time.Duration(50-batch[0]%50) * time.Millisecond) // the later, the sooner
				var out []string
				for _, x := range batch {
					out = append(out, fmt.Sprint(x))
				}
				return out, nil
			},
			Emit: func(item int, answer string) error {
				require.Equal(t, fmt.Sprint(item), answer)
				got = append(got, answer)
				return nil
			},
		}, numbers(1000, nil))
		require.NoError(t, err)
		require.Len(t, got, 1000)
		for i, s := range got {
			require.Equal(t, fmt.Sprint(i), s)
		}
		require.Greater(t, most.Load(), int32(1))
		require.LessOrEqual(t, most.Load(), int32(5), "InFlight, and the one that is about to be waited for")
	})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	echo := func(_ context.Context, batch []int) ([]int, error) { return batch, nil }
	fits := func(batch []int, _ int) bool { return len(batch) < 3 }
	emitted := 0
	count := func(int, int) error { emitted++; return nil }

	err := Each(t.Context(), Config[int, int]{InFlight: 2, Fits: fits, Call: echo, Emit: count}, numbers(7, bad))
	require.ErrorIs(t, err, bad)
	require.Equal(t, 7, emitted, "what came before the error is answered")

	fails := func(_ context.Context, batch []int) ([]int, error) {
		if batch[0] >= 6 {
			return nil, bad
		}
		return batch, nil
	}
	emitted = 0
	err = Each(t.Context(), Config[int, int]{InFlight: 2, Fits: fits, Call: fails, Emit: count}, numbers(100, nil))
	require.ErrorIs(t, err, bad)
	require.Equal(t, 6, emitted)

	short := func(context.Context, []int) ([]int, error) { return nil, nil }
	err = Each(t.Context(), Config[int, int]{InFlight: 2, Fits: fits, Call: short, Emit: count}, numbers(3, nil))
	require.ErrorContains(t, err, "0 answers came for 3 items")

	err = Each(t.Context(), Config[int, int]{Fits: fits, Call: echo, Emit: func(int, int) error { return bad }}, numbers(100, nil))
	require.ErrorIs(t, err, bad)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = Each(ctx, Config[int, int]{Fits: fits, Call: echo, Emit: count}, numbers(100, nil))
	require.ErrorIs(t, err, context.Canceled)
}
