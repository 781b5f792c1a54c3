package trainer

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCheckpointsAreStoredNowAndThenAndTheNewestAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stored []string
		c := checkpointer{last: time.Now(), store: func(state []byte) error {
			stored = append(stored, string(state))
			return nil
		}}
		require.NoError(t, c.flush())
		for _, state := range []string{"a", "b", "c", "d"} {
			time.Sleep(800 * time.Millisecond)
			c.offer([]byte(state))
		}
		require.Equal(t, []string{"c"}, stored, "two seconds have passed")
		require.NoError(t, c.flush())
		require.NoError(t, c.flush())
		require.Equal(t, []string{"c", "d"}, stored, "what is stored is not stored again")

		c.store = func([]byte) error { return errors.New("the disk is full") }
		time.Sleep(between)
		c.offer([]byte("e"))
		require.EqualError(t, c.err, "the disk is full")
	})
}
