package artifacttest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

func list(t *testing.T, s artifact.Store, prefix string) []string {
	t.Helper()
	var keys []string
	for key, err := range s.List(t.Context(), prefix) {
		require.NoError(t, err)
		keys = append(keys, key)
	}
	return keys
}

func testList(t *testing.T, s artifact.Store) {
	require.Empty(t, list(t, s, ""))
	require.Empty(t, list(t, s, "none/"))
	// "-" and "." sort before "/", "0" after it: the order is that of the whole key, not of folders.
	keys := []string{"a-b", "a.json", "a/b-c/d", "a/b.json/x", "a/c/d", "a0", "b/\u00e9 \u00fc+&.json", "b/z", "c"}
	for _, key := range keys {
		write(t, s, key, "x", always)
	}
	slices.Sort(keys)
	for _, prefix := range []string{"", "a", "a/", "a/b", "a/b-", "a/b-c/d", "a/b-c/d/", "a0", "b/", "b/\u00e9", "c", "c/", "d"} {
		var want []string
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				want = append(want, key)
			}
		}
		require.Equal(t, want, list(t, s, prefix), "prefix %q", prefix)
	}
}

func testListStops(t *testing.T, s artifact.Store) {
	for i := range 5 {
		write(t, s, fmt.Sprint("k", i), "x", always)
	}
	var keys []string
	for key, err := range s.List(t.Context(), "") {
		require.NoError(t, err)
		if keys = append(keys, key); len(keys) == 2 {
			break
		}
	}
	require.Equal(t, []string{"k0", "k1"}, keys)
}

// testListMany needs more than the 1,000 keys that S3 puts on a page.
func testListMany(t *testing.T, s artifact.Store) {
	const folders, each = 21, 53
	var (
		want []string
		work sync.WaitGroup
		errs = make(chan error, folders)
	)
	for f := range folders {
		for i := range each {
			want = append(want, fmt.Sprintf("memo/%02d/%03d.json", f, i))
		}
		mine := want[f*each:]
		work.Go(func() {
			for _, key := range mine {
				if _, err := s.Write(t.Context(), key, nil, always); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	work.Wait()
	close(errs)
	require.NoError(t, <-errs)
	require.Equal(t, want, list(t, s, ""))
	require.Equal(t, want[each:2*each], list(t, s, "memo/01/"))
}
