// Package artifacttest is the suite that every artifact.Store passes, so that what holds in a test
// with one store holds in production with another.
package artifacttest

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

// Run tests the stores that open returns. Each call of open must give an empty store.
func Run(t *testing.T, open func(t *testing.T) artifact.Store) {
	t.Helper()
	tests := []struct {
		name string
		test func(*testing.T, artifact.Store)
	}{
		{"read what was written", testReadWrite},
		{"missing keys", testMissing},
		{"sizes", testSizes},
		{"bad keys and writes", testRefusals},
		{"conditions", testConditions},
		{"one creator of many", testCreateRace},
		{"one replacer of many", testReplaceRace},
		{"delete", testDelete},
		{"list order and prefixes", testList},
		{"list stops", testListStops},
		{"list many", testListMany},
		{"objects", testObjects},
		{"lost objects", testLostObjects},
		{"a cancelled context", testCancelled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.test(t, open(t))
		})
	}
}

var always artifact.Condition

func write(t *testing.T, s artifact.Store, key, data string, cond artifact.Condition) string {
	t.Helper()
	etag, err := s.Write(t.Context(), key, []byte(data), cond)
	require.NoError(t, err)
	require.NotEmpty(t, etag)
	return etag
}

func read(t *testing.T, s artifact.Store, key string) artifact.Document {
	t.Helper()
	doc, err := s.Read(t.Context(), key)
	require.NoError(t, err)
	return doc
}

func testReadWrite(t *testing.T, s artifact.Store) {
	first := write(t, s, "runs/a/state.json", "one", always)
	require.Equal(t, artifact.Document{Data: []byte("one"), ETag: first}, read(t, s, "runs/a/state.json"))
	second := write(t, s, "runs/a/state.json", "two", artifact.Condition{Durable: true})
	require.NotEqual(t, first, second, "the ETag changes with the content")
	require.Equal(t, artifact.Document{Data: []byte("two"), ETag: second}, read(t, s, "runs/a/state.json"))

	doc := read(t, s, "runs/a/state.json")
	copy(doc.Data, "xxx")
	require.Equal(t, "two", string(read(t, s, "runs/a/state.json").Data), "a reader owns its copy")
	for _, key := range []string{"plain", "with space/é ü/+%25&?#=.json", "a/b/c/d/e/f/g", ".hidden", "...", "x.tmp"} {
		write(t, s, key, key, always)
		require.Equal(t, key, string(read(t, s, key).Data))
	}
}

func testMissing(t *testing.T, s artifact.Store) {
	write(t, s, "folder/key", "x", always)
	for _, key := range []string{"none", "folder", "folder/other", "folder/key/below", "deep/er/none"} {
		_, err := s.Read(t.Context(), key)
		require.ErrorIs(t, err, artifact.ErrNotFound, key)
		exists, err := s.Exists(t.Context(), key)
		require.NoError(t, err, key)
		require.False(t, exists, key)
	}
	exists, err := s.Exists(t.Context(), "folder/key")
	require.NoError(t, err)
	require.True(t, exists)
}

func testSizes(t *testing.T, s artifact.Store) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 4095, 4096, 65537, 16 << 20} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		etag, err := s.Write(t.Context(), "sized", data, always)
		require.NoError(t, err)
		doc := read(t, s, "sized")
		require.Equal(t, etag, doc.ETag)
		require.True(t, bytes.Equal(data, doc.Data), "%d bytes came back as %d", size, len(doc.Data))
		// However large it is, a write that is refused is a conflict, and not a broken connection.
		for _, cond := range []artifact.Condition{{Absent: true}, {Match: "no such etag"}} {
			_, err = s.Write(t.Context(), "sized", append(data[:size:size], 1), cond)
			require.ErrorIs(t, err, artifact.ErrConflict, "%d bytes", size)
		}
	}
}

func testRefusals(t *testing.T, s artifact.Store) {
	for _, key := range []string{"", "/a", "a/", "a//b", "../a", "a/..", "a/./b", "a\x00b", "a\nb"} {
		_, err := s.Write(t.Context(), key, nil, always)
		require.Error(t, err, "%q", key)
		_, err = s.Read(t.Context(), key)
		require.Error(t, err, "%q", key)
	}
	_, err := s.Write(t.Context(), "big", make([]byte, artifact.MaxObject+1), always)
	require.ErrorContains(t, err, "more than the limit")
	_, err = s.Write(t.Context(), "both", nil, artifact.Condition{Absent: true, Match: "x"})
	require.Error(t, err)
	require.Empty(t, list(t, s, ""), "nothing was written")
}

func testConditions(t *testing.T, s artifact.Store) {
	ctx, key := t.Context(), "models/m/aliases.json"
	_, err := s.Write(ctx, key, []byte("x"), artifact.Condition{Match: "0123456789abcdef0123456789abcdef"})
	require.ErrorIs(t, err, artifact.ErrConflict, "there is nothing to match")
	first := write(t, s, key, "one", artifact.Condition{Absent: true, Durable: true})
	_, err = s.Write(ctx, key, []byte("x"), artifact.Condition{Absent: true})
	require.ErrorIs(t, err, artifact.ErrConflict)
	second := write(t, s, key, "two", artifact.Condition{Match: first, Durable: true})
	_, err = s.Write(ctx, key, []byte("x"), artifact.Condition{Match: first})
	require.ErrorIs(t, err, artifact.ErrConflict, "an ETag that was")
	require.Equal(t, artifact.Document{Data: []byte("two"), ETag: second}, read(t, s, key), "a refused write changes nothing")

	require.NoError(t, s.Delete(ctx, key))
	_, err = s.Write(ctx, key, []byte("x"), artifact.Condition{Match: second})
	require.ErrorIs(t, err, artifact.ErrConflict, "deleted meanwhile")
	write(t, s, key, "", artifact.Condition{Absent: true})
	_, err = s.Write(ctx, key, []byte("x"), artifact.Condition{Absent: true})
	require.ErrorIs(t, err, artifact.ErrConflict, "an empty document is there too")
}

func testDelete(t *testing.T, s artifact.Store) {
	ctx := t.Context()
	require.NoError(t, s.Delete(ctx, "never/was"))
	write(t, s, "checkpoints/k/1", "x", artifact.Condition{Durable: true})
	write(t, s, "checkpoints/k/2", "y", always)
	require.NoError(t, s.Delete(ctx, "checkpoints/k/1"))
	require.NoError(t, s.Delete(ctx, "checkpoints/k/1"))
	require.Equal(t, []string{"checkpoints/k/2"}, list(t, s, ""))
	require.NoError(t, s.Delete(ctx, "checkpoints/k/2"))
	require.Empty(t, list(t, s, ""))
	write(t, s, "checkpoints/k", "now a key", artifact.Condition{Durable: true})
	require.Equal(t, "now a key", string(read(t, s, "checkpoints/k").Data))
}

func testCancelled(t *testing.T, s artifact.Store) {
	write(t, s, "key", "x", always)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Read(ctx, "key")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Write(ctx, "key", nil, always)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Exists(ctx, "key")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Delete(ctx, "key"), context.Canceled)
	for _, err := range s.List(ctx, "") {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, "x", string(read(t, s, "key").Data))
}

func isLost(err error) bool {
	var lost *artifact.LostError
	return errors.As(err, &lost)
}
