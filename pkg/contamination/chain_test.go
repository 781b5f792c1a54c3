package contamination_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
)

// Every kind, alone and at the ends of its parameters.
func corners() []process.Spec {
	var specs []process.Spec
	for _, k := range contamination.Kinds() {
		specs = append(specs, process.Spec{Kind: k.Name})
		for _, p := range k.Params {
			for _, v := range []float64{p.Min, p.Max} {
				specs = append(specs, process.Spec{Kind: k.Name, Params: map[string][]float64{p.Name: {v}}})
			}
		}
	}
	return specs
}

func TestKindsAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	presets := 0
	for _, k := range contamination.Kinds() {
		require.False(t, seen[k.Name], k.Name)
		seen[k.Name] = true
		require.NotEmpty(t, k.Title, k.Name)
		require.NotEmpty(t, k.Why, k.Name)
		if k.Domain != "" {
			presets++
		}
		for _, p := range k.Params {
			require.NotEmpty(t, p.Text, k.Name)
			require.Less(t, p.Min, p.Max, k.Name)
			if p.Most == 0 {
				require.True(t, p.Default >= p.Min && p.Default <= p.Max, "%s %s", k.Name, p.Name)
			}
		}
		_, err := contamination.New([]process.Spec{{Kind: k.Name}})
		require.NoError(t, err)
	}
	require.Equal(t, 26, presets, "the domain scenarios of the reference")
	require.Len(t, contamination.Presets(), presets)
}

func TestPresetsAtEveryIntensity(t *testing.T) {
	t.Parallel()
	x := clean(t, 2000, 0.7)
	for _, p := range contamination.Presets() {
		for _, size := range []float64{0, 1e-9, 0.1, 0.5, 1, 2, contamination.MaxIntensity} {
			specs, err := p.Specs(size)
			require.NoError(t, err)
			c, err := contamination.New(specs)
			require.NoError(t, err, "%s at %v", p.Name, size)
			named, err := contamination.New([]process.Spec{{Kind: p.Name, Params: map[string][]float64{"size": {size}}}})
			require.NoError(t, err)
			require.Equal(t, c.KeepsH() || size == 0, named.KeepsH() || size == 0, p.Name)

			y, z := slices.Clone(x), slices.Clone(x)
			require.NoError(t, c.Apply(y, process.Source(1, p.Name, 0)))
			require.NoError(t, named.Apply(z, process.Source(1, p.Name, 0)))
			require.Equal(t, y, z, "by name and by specs")
			if size == 0 || size >= 1 {
				require.Equal(t, size == 0, slices.Equal(x, y), "%s at %v", p.Name, size)
			}
		}
		_, err := p.Specs(math.NaN())
		require.Error(t, err)
	}
	p, err := contamination.LookupPreset("eeg-mains")
	require.NoError(t, err)
	require.Equal(t, "EEG", p.Domain)
	_, err = contamination.LookupPreset("trend")
	require.ErrorContains(t, err, "there are: finance-crash")
}

func TestChainSaysWhatItIs(t *testing.T) {
	t.Parallel()
	c := chain(t, `[{"kind": "trend", "size": 1}, {"kind": "outliers", "rate": 0.01, "size": 7}, "student"]`)
	require.Equal(t, "trend(size=1) + outliers(rate=0.01, size=7) + student", c.String())
	require.True(t, c.KeepsH())
	require.Empty(t, chain(t, `[]`).String())
	require.True(t, chain(t, `[]`).KeepsH())
	require.False(t, chain(t, `["trend", "drift"]`).KeepsH())
	require.False(t, chain(t, `["eeg-drift"]`).KeepsH())
}

func TestBadSpecs(t *testing.T) {
	t.Parallel()
	one := func(kind, param string, value float64) []process.Spec {
		return []process.Spec{{Kind: kind, Params: map[string][]float64{param: {value}}}}
	}
	for want, specs := range map[string][]process.Spec{
		`there is no contamination "wobble"; there are: trend, polynomial`:   {{Kind: "wobble"}},
		"contamination trend: size is NaN; allowed: -1000 to 1000":           one("trend", "size", math.NaN()),
		`contamination trend: there is no parameter "rate"; there are: size`: one("trend", "rate", 1),
		"contamination shift: count is 1.5; it is a whole number":            one("shift", "count", 1.5),
		"contamination outliers: min is 5 and max 1":                         one("outliers", "max", 1),
		"contamination missing: interpolate is 0.5":                          one("missing", "interpolate", 0.5),
		"contamination eeg-drift: size is 5; allowed: 0 to 4":                one("eeg-drift", "size", 5),
		"17 contaminations; allowed are 16":                                  slices.Repeat([]process.Spec{{Kind: "trend"}}, 17),
	} {
		_, err := contamination.New(specs)
		require.ErrorContains(t, err, want)
	}
}

func TestAnySeries(t *testing.T) {
	t.Parallel()
	for _, s := range corners() {
		c, err := contamination.New([]process.Spec{s, {Kind: "clipping"}})
		if s.Kind == "outliers" && err != nil {
			continue // its least above its most
		}
		require.NoError(t, err, "%s", s)
		for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 16, 33, 64} {
			x := make([]float64, n)
			for i := range x {
				x[i] = []float64{-1e100, 1e100, 5e-324, 0}[i%4]
			}
			checkFinite(t, c, x, s)
			for i := range x {
				x[i] = []float64{5e-324, 0, 1e-310}[i%3]
			}
			checkFinite(t, c, x, s)
			for i := range x {
				x[i] = 0.1
			}
			checkFinite(t, c, x, s)
			if s.Kind != "missing" {
				require.Zero(t, countNot(x, 0.1), "%s changes a constant of %d", s, n)
			}
		}
	}
}

func checkFinite(t *testing.T, c *contamination.Chain, x []float64, s process.Spec) {
	t.Helper()
	require.NoError(t, c.Apply(x, process.Source(1, "any", uint64(len(x)))))
	gaps := s.Kind == "missing" && len(s.Params["interpolate"]) > 0
	for _, v := range x {
		require.True(t, gaps || !math.IsNaN(v) && !math.IsInf(v, 0), "%s of %d: %v", s, len(x), v)
	}
}

func TestBadValues(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{math.NaN(), math.Inf(-1), 1.1e100} {
		x := []float64{1, 2, bad, 4}
		err := chain(t, `["trend"]`).Apply(x, process.Source(1, "", 0))
		require.ErrorIs(t, err, contamination.ErrValue)
		require.ErrorContains(t, err, "value 2 is")
		require.Equal(t, 2.0, x[1])
	}
}

func TestSeedDecides(t *testing.T) {
	t.Parallel()
	for _, k := range contamination.Kinds() {
		c, err := contamination.New([]process.Spec{{Kind: k.Name}})
		require.NoError(t, err)
		fresh, err := contamination.New([]process.Spec{{Kind: k.Name}})
		require.NoError(t, err)
		x := clean(t, 300, 0.6)
		y, other := slices.Clone(x), clean(t, 77, 0.6)
		require.NoError(t, c.Apply(x, process.Source(5, k.Name, 1)))
		require.NoError(t, c.Apply(other, process.Source(5, k.Name, 2)), "another length between")
		z := clean(t, 300, 0.6)
		require.NoError(t, c.Apply(z, process.Source(5, k.Name, 1)))
		require.NoError(t, fresh.Apply(y, process.Source(5, k.Name, 1)))
		require.Equal(t, x, z, k.Name)
		require.Equal(t, x, y, k.Name)
	}
}

// A change here changes every contaminated dataset.
func TestGolden(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may round the last bit otherwise: run on amd64")
	}
	digest := sha256.New()
	for _, k := range contamination.Kinds() {
		if k.Name == "coloured" {
			continue // whose bits are the Fourier transform's
		}
		x := make([]float64, 128)
		process.Source(7, "clean", 0).Normals(x)
		c, err := contamination.New([]process.Spec{{Kind: k.Name}})
		require.NoError(t, err)
		require.NoError(t, c.Apply(x, process.Source(7, k.Name, 0)))
		for _, v := range x {
			require.NoError(t, binary.Write(digest, binary.LittleEndian, v))
		}
	}
	require.Equal(t, "95dd34b7bb03a35e6c067de0ac23f12ea7e4e3a713ccee18377c0bae5fd05411", hex.EncodeToString(digest.Sum(nil)))
}

func TestApplyAllocatesNothing(t *testing.T) {
	for _, k := range contamination.Kinds() {
		c, err := contamination.New([]process.Spec{{Kind: k.Name}})
		require.NoError(t, err)
		x, rng := clean(t, 500, 0.6), process.Source(1, "", 0)
		y := slices.Clone(x)
		require.NoError(t, c.Apply(y, rng))
		require.Zero(t, testing.AllocsPerRun(5, func() { copy(y, x); _ = c.Apply(y, rng) }), k.Name)
	}
}

func BenchmarkApply(b *testing.B) {
	for _, k := range contamination.Kinds() {
		b.Run(fmt.Sprintf("%s/n=1024", k.Name), func(b *testing.B) {
			c, err := contamination.New([]process.Spec{{Kind: k.Name}})
			require.NoError(b, err)
			x, rng := clean(b, 1024, 0.6), process.Source(1, "", 0)
			y := slices.Clone(x)
			for b.Loop() {
				copy(y, x)
				_ = c.Apply(y, rng)
			}
		})
	}
}
