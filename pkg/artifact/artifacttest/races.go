package artifacttest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

const writers = 16

// race lets all writers write under one condition at once and returns the data of those who won.
func race(t *testing.T, s artifact.Store, key string, cond artifact.Condition) []string {
	t.Helper()
	var (
		start   = make(chan struct{})
		done    sync.WaitGroup
		mu      sync.Mutex
		winners []string
		failed  error
	)
	for w := range writers {
		data := fmt.Sprintf(`{"writer":%d,"after":%q}`, w, cond.Match)
		done.Go(func() {
			<-start
			_, err := s.Write(t.Context(), key, []byte(data), cond)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				winners = append(winners, data)
			case !errors.Is(err, artifact.ErrConflict):
				failed = err
			}
		})
	}
	close(start)
	done.Wait()
	require.NoError(t, failed)
	return winners
}

func testCreateRace(t *testing.T, s artifact.Store) {
	for round := range 12 {
		key := fmt.Sprintf("memo/%d.json", round)
		winners := race(t, s, key, artifact.Condition{Absent: true, Durable: round%4 == 0})
		require.Len(t, winners, 1, "round %d", round)
		require.Equal(t, winners[0], string(read(t, s, key).Data))
	}
}

func testReplaceRace(t *testing.T, s artifact.Store) {
	key := "runs/r/state.json"
	etag := write(t, s, key, "{}", artifact.Condition{Absent: true})
	for round := range 12 {
		winners := race(t, s, key, artifact.Condition{Match: etag, Durable: round%4 == 0})
		require.Len(t, winners, 1, "round %d", round)
		doc := read(t, s, key)
		require.Equal(t, winners[0], string(doc.Data))
		etag = doc.ETag
	}
}
