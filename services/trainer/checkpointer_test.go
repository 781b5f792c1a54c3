package trainer

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/model"
)

func TestCheckpointsAreStoredNowAndThenAndTheNewestAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stored []string
		c := checkpointer{between: 2 * time.Second, last: time.Now(), store: func(state []byte) error {
			stored = append(stored, string(state))
			return nil
		}}
		made := 0
		offer := func(state string) { c.offer(func() []byte { made++; return []byte(state) }) }
		for _, state := range []string{"a", "b", "c", "d"} {
			time.Sleep(800 * time.Millisecond)
			offer(state)
		}
		require.Equal(t, []string{"c"}, stored, "two seconds have passed")
		require.Equal(t, 1, made, "states that are not stored are not made")
		c.stopping = true
		offer("e")
		require.Equal(t, []string{"c", "e"}, stored, "the fit stops")

		c.store = func([]byte) error { return errors.New("the disk is full") }
		offer("f")
		require.EqualError(t, c.err, "the disk is full")
		offer("g")
		require.Equal(t, 3, made, "nothing is tried after a failure")
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	var p pace
	begun := time.Now()
	say := func(after time.Duration, fraction float64, series int) string {
		return p.message(model.Progress{Fraction: fraction, Message: "step", Series: series}, begun.Add(after))
	}
	require.Equal(t, "step", say(0, 0.5, 0), "a resumed fit begins in the middle")
	require.Equal(t, "step", say(100*time.Millisecond, 0.51, 10), "too soon")
	require.Equal(t, "step, 500 series/s, 8s left", say(2*time.Second, 0.6, 1000))
	require.Equal(t, "step, 16s left", say(4*time.Second, 0.6, 0), "what does not tell its series has no pace")
	require.Equal(t, "step, 250 series/s, 0s left", say(4*time.Second, 1, 1000))
}
