//go:build chaos

package chaos

import (
	"bufio"
	"context"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/tests/system"
)

// memos looks at every memo all the time: each is written once, and never again.
type memos struct {
	store   *s3.Store
	first   map[string]artifact.Document // as first seen
	changed map[string]bool
	err     error
	cancel  context.CancelFunc
	done    chan struct{}
}

func watchMemos(t *testing.T, e embedded.S3Endpoint) *memos {
	t.Helper()
	store, err := s3.Open(t.Context(), s3.Config{Endpoint: e.Endpoint, Bucket: e.Bucket, Region: e.Region, AccessKey: e.AccessKey, SecretKey: e.SecretKey})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	m := &memos{store: store, first: map[string]artifact.Document{}, changed: map[string]bool{}, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(m.done)
		for ticker := time.NewTicker(time.Second); ctx.Err() == nil; {
			m.look(t.Context())
			select {
			case <-ctx.Done():
			case <-ticker.C:
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-m.done; store.Close() })
	return m
}

// look reads all memos and compares them with what they first were.
func (m *memos) look(ctx context.Context) {
	seen := map[string]bool{}
	for key, err := range m.store.List(ctx, "memo/") {
		if err != nil {
			m.err = err
			return
		}
		doc, err := m.store.Read(ctx, key)
		if err != nil {
			m.err = err
			return
		}
		seen[key] = true
		first, known := m.first[key]
		switch {
		case !known:
			m.first[key] = doc
		case first.ETag != doc.ETag || string(first.Data) != string(doc.Data):
			m.changed[key] = true
		}
	}
	for key := range m.first {
		if !seen[key] {
			m.changed[key] = true
		}
	}
}

// stop looks one last time and returns how many memos there are.
func (m *memos) stop(t *testing.T) int {
	t.Helper()
	m.cancel()
	<-m.done
	m.look(t.Context())
	require.NoError(t, m.err)
	require.Empty(t, maps.Collect(maps.All(m.changed)), "memos that were written more than once, or vanished")
	return len(m.first)
}

// duplicates adds up what the workers say about executions that came second.
func duplicates(t *testing.T, s *system.Separate) int {
	t.Helper()
	total := 0
	for _, service := range []string{"datagen", "extractor", "trainer", "tuner"} {
		for _, instance := range s.Instances(service) {
			instance.AwaitReady(t)
			answer, err := http.Get("http://" + instance.Admin + "/metrics")
			require.NoError(t, err)
			for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
				if value, ok := strings.CutPrefix(lines.Text(), "hurst_task_duplicates_total "); ok {
					n, err := strconv.ParseFloat(value, 64)
					require.NoError(t, err)
					total += int(n)
				}
			}
			require.NoError(t, answer.Body.Close())
		}
	}
	return total
}
