package s3_test

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

// TestDiskRunsFull fills the disk under a running server: writes say so, and what is there stays.
func TestDiskRunsFull(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux, to mount a tmpfs")
	}
	dir, ctx := t.TempDir(), t.Context()
	if out, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount a tmpfs: %s", out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", "-l", dir).Run()) })
	store := open(t, configOf(start(t, dir)))
	kept, err := store.Write(ctx, "runs/a/state.json", []byte("old"), artifact.Condition{Durable: true})
	require.NoError(t, err)
	for _, key := range []string{"objects/new", "runs/a/state.json"} {
		_, err = store.Write(ctx, key, make([]byte, 16<<20), artifact.Condition{})
		require.ErrorContains(t, err, "free some space")
	}
	doc, err := store.Read(ctx, "runs/a/state.json")
	require.NoError(t, err)
	require.Equal(t, artifact.Document{Data: []byte("old"), ETag: kept}, doc)
	_, err = store.Read(ctx, "objects/new")
	require.ErrorIs(t, err, artifact.ErrNotFound)
	_, err = store.Write(ctx, "objects/small", make([]byte, 1<<20), artifact.Condition{})
	require.NoError(t, err, "the space of the broken writes is free again")
}
