package artifact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/artifacttest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	artifacttest.Run(t, func(*testing.T) artifact.Store { return artifact.NewMemory() })
}

func TestMemoryRefusesAFolderThatIsAKey(t *testing.T) {
	t.Parallel()
	m, ctx := artifact.NewMemory(), t.Context()
	write := func(key string) error {
		_, err := m.Write(ctx, key, nil, artifact.Condition{})
		return err
	}
	require.NoError(t, write("runs/a/state.json"))
	require.ErrorContains(t, write("runs/a"), "already a folder")
	require.ErrorContains(t, write("runs/a/state.json/x"), "already a document")
	require.NoError(t, m.Delete(ctx, "runs/a/state.json"))
	require.NoError(t, write("runs/a"), "the folder went with its last key")
}

func TestCheckKey(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "objects/00ff", "runs/é ü/state.json", "a.b/c-d_e", "...", strings.Repeat("a", 255)} {
		require.NoError(t, artifact.CheckKey(good), good)
	}
	for _, bad := range []string{"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\x00b", "a\nb", "a\x7f", "\xff",
		strings.Repeat("a", 256), strings.Repeat("a/", 600) + "b"} {
		require.Error(t, artifact.CheckKey(bad), "%q", bad)
	}
}
