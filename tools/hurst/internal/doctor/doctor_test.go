package doctor

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tools/hurst/internal/client"
)

func TestDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range Directory(dir) {
		require.NotEqual(t, Failed, c.State, "%+v", c)
	}
	missing := Directory(filepath.Join(dir, "a", "b"))
	require.Equal(t, OK, missing[0].State)
	require.Contains(t, missing[0].Found, "not there yet")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left, "nothing is left behind")

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Equal(t, Failed, Directory(file)[0].State)
}

func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere: run the tests as another user")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	checks := Directory(dir)
	require.Equal(t, Failed, checks[0].State)
	require.NotEmpty(t, checks[0].Hint)
}

func TestNoSystem(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	checks := System(t.Context(), client.Options{Data: t.TempDir(), DataSet: true, Getenv: none})
	require.Equal(t, []Check{{Name: "system", State: Skipped, Found: "not running"}}, checks)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	checks = System(ctx, client.Options{NATSURL: "nats://127.0.0.1:1", Getenv: none})
	require.Len(t, checks, 1)
	require.Equal(t, Failed, checks[0].State)
}

func TestEngines(t *testing.T) {
	t.Parallel()
	found := map[string]Check{}
	for _, c := range Engines() {
		require.NotEqual(t, Failed, c.State, "%+v", c)
		found[c.Name] = c
	}
	require.Equal(t, Skipped, found["engine cuda"].State)
	require.Positive(t, found["engine native"].GFLOPs)
	require.Positive(t, found["engine gorgonia"].SeriesPerSecond)
	require.Contains(t, []string{"portable", "avx2", "avx512"}, found["network kernels"].Found)
}

func TestMachine(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, Machine())
}
