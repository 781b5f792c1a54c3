package registry_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/registry"
)

func version(content string) registry.Version {
	return registry.Version{Model: "hurst", Kind: "ridge", Bundle: artifact.Ref{Digest: artifact.DigestOf([]byte(content))}}
}

func TestRegisterNumbersVersionsAndIsIdempotent(t *testing.T) {
	t.Parallel()
	r := registry.Registry{Store: artifact.NewMemory()}
	for i := range 12 {
		v, err := r.Register(t.Context(), version(strconv.Itoa(i)))
		require.NoError(t, err)
		require.Equal(t, i+1, v.Number)
	}
	again, err := r.Register(t.Context(), version("3"))
	require.NoError(t, err)
	require.Equal(t, 4, again.Number)
	versions, err := r.Versions(t.Context(), "hurst")
	require.NoError(t, err)
	require.Len(t, versions, 12)
	require.Equal(t, 12, versions[0].Number, "newest first, by number and not by letter")
	names, err := r.Models(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"hurst"}, names)
}

func TestRegisterConcurrentlyGivesEachItsNumber(t *testing.T) {
	t.Parallel()
	r := registry.Registry{Store: artifact.NewMemory()}
	var wg sync.WaitGroup
	numbers := make([]int, 16)
	for i := range numbers {
		wg.Go(func() {
			v, err := r.Register(t.Context(), version(strconv.Itoa(i)))
			if err == nil {
				numbers[i] = v.Number
			}
		})
	}
	wg.Wait()
	seen := map[int]bool{}
	for _, n := range numbers {
		require.False(t, seen[n], "number %d was given twice", n)
		seen[n] = true
	}
	require.False(t, seen[0])
}

func TestPointIsCompareAndSet(t *testing.T) {
	t.Parallel()
	r := registry.Registry{Store: artifact.NewMemory()}
	for _, content := range []string{"a", "b", "c"} {
		_, err := r.Register(t.Context(), version(content))
		require.NoError(t, err)
	}
	point := func(from, to int) error {
		return r.Point(t.Context(), "hurst", registry.Change{Alias: registry.Champion, From: from, To: to, Reason: "test"})
	}
	require.NoError(t, point(0, 1))
	require.NoError(t, point(0, 1), "it points there already")
	require.ErrorIs(t, point(0, 2), registry.ErrConflict)
	require.NoError(t, point(1, 2))
	require.ErrorIs(t, point(2, 9), registry.ErrNotFound)

	champion, err := r.Get(t.Context(), "hurst", registry.Champion)
	require.NoError(t, err)
	require.Equal(t, 2, champion.Number)
	third, err := r.Get(t.Context(), "hurst", "3")
	require.NoError(t, err)
	require.Equal(t, artifact.DigestOf([]byte("c")), third.Bundle.Digest)
	_, err = r.Get(t.Context(), "hurst", "challenger")
	require.ErrorIs(t, err, registry.ErrNotFound)
	_, err = r.Get(t.Context(), "../runs", "1")
	require.ErrorIs(t, err, registry.ErrName)

	aliases, _, err := r.Aliases(t.Context(), "hurst")
	require.NoError(t, err)
	require.Len(t, aliases.Audit, 2)
	require.Equal(t, 1, aliases.Audit[1].From)
}
