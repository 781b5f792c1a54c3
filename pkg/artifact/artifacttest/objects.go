package artifacttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

func testObjects(t *testing.T, s artifact.Store) {
	ctx := t.Context()
	for _, data := range [][]byte{{}, []byte("some bytes")} {
		ref, err := artifact.Put(ctx, s, data, "text/plain")
		require.NoError(t, err)
		require.Equal(t, artifact.Ref{Digest: artifact.DigestOf(data), Size: int64(len(data)), Type: "text/plain"}, ref)
		again, err := artifact.Put(ctx, s, data, "text/plain")
		require.NoError(t, err)
		require.Equal(t, ref, again)
		got, err := artifact.Get(ctx, s, ref)
		require.NoError(t, err)
		require.Equal(t, data, got)
	}
	require.Len(t, list(t, s, "objects/"), 2, "the same bytes are one object")
	_, err := artifact.Get(ctx, s, artifact.Ref{Digest: "../../secret"})
	require.ErrorContains(t, err, "not a digest")
	_, err = artifact.Put(ctx, s, make([]byte, artifact.MaxObject+1), "")
	require.ErrorContains(t, err, "larger than the limit")
}

func testLostObjects(t *testing.T, s artifact.Store) {
	ctx, data := t.Context(), []byte("bytes that a power cut tears")
	ref, err := artifact.Put(ctx, s, data, "")
	require.NoError(t, err)
	for _, torn := range []string{"", "bytes that", "bytes that a power cut TEARS"} {
		write(t, s, ref.Digest.Key(), torn, always)
		_, err = artifact.Get(ctx, s, ref)
		require.True(t, isLost(err), "%q: %v", torn, err)
		_, err = artifact.Put(ctx, s, data, "")
		require.NoError(t, err, "storing it again mends it")
		got, err := artifact.Get(ctx, s, ref)
		require.NoError(t, err)
		require.Equal(t, data, got)
	}
	require.NoError(t, s.Delete(ctx, ref.Digest.Key()))
	_, err = artifact.Get(ctx, s, ref)
	require.True(t, isLost(err), "%v", err)
}
