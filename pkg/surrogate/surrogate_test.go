package surrogate_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/cmplx"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fft"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/surrogate"
)

// series returns fractional Gaussian noise bent into skewed values.
func series(t testing.TB, n int) []float64 {
	t.Helper()
	x := make([]float64, n)
	require.NoError(t, process.NewFGN(n).Generate(x, 0.8, process.Source(1, "series", uint64(n))))
	for i, v := range x {
		x[i] = 5 + math.Exp(v/2)
	}
	return x
}

func maker(t testing.TB, x []float64) *surrogate.Maker {
	t.Helper()
	m, err := surrogate.New(x)
	require.NoError(t, err)
	return m
}

func amplitudes(x []float64) []float64 {
	var a []float64
	for _, c := range fft.NewReal(len(x)).Coefficients(nil, x) {
		a = append(a, cmplx.Abs(c))
	}
	return a
}

func sorted(x []float64) []float64 {
	y := slices.Clone(x)
	slices.Sort(y)
	return y
}

func TestPhaseKeepsSpectrum(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 4, 5, 64, 97, 500, 1001} {
		x, rng := series(t, n), process.Source(1, "phase", 0)
		m, want := maker(t, x), amplitudes(x)
		dst := make([]float64, n)
		for range 3 {
			m.Phase(dst, rng)
			for j, a := range amplitudes(dst) {
				require.InDelta(t, want[j], a, 1e-12*float64(n), "n=%d j=%d", n, j)
			}
			if n > 2 {
				require.NotEqual(t, x, dst)
			}
		}
	}
}

// Each phase is uniform: the mean of exp(i·phase) over surrogates is 0 within 5.3 deviations.
func TestPhasesAreUniform(t *testing.T) {
	t.Parallel()
	const many = 2000
	x, rng := series(t, 16), process.Source(2, "phase", 0)
	m, dst, plan := maker(t, x), make([]float64, 16), fft.NewReal(16)
	sum := make([]complex128, 9)
	for range many {
		m.Phase(dst, rng)
		for j, c := range plan.Coefficients(nil, dst) {
			sum[j] += c / complex(cmplx.Abs(c), 0) / many
		}
	}
	require.InDelta(t, 1, cmplx.Abs(sum[0]), 1e-9)
	for j := 1; j < 8; j++ {
		require.Less(t, cmplx.Abs(sum[j]), 5.3/math.Sqrt(many), "j=%d", j)
	}
}

func TestShuffleKeepsValues(t *testing.T) {
	t.Parallel()
	x, rng := series(t, 5), process.Source(1, "shuffle", 0)
	m, dst, first := maker(t, x), make([]float64, 5), [5]int{}
	for range 5000 {
		m.Shuffle(dst, rng)
		require.Equal(t, sorted(x), sorted(dst))
		first[slices.Index(dst, x[0])]++
	}
	for _, n := range first {
		require.InDelta(t, 1000, n, 5.3*math.Sqrt(800), "every place is as likely; false alarms 5e-7")
	}
}

func TestIAAFTKeepsValuesAndNearlySpectrum(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 16, 97, 500, 1024} {
		x, rng := series(t, n), process.Source(1, "iaaft", 0)
		m, dst, want := maker(t, x), make([]float64, n), amplitudes(x)
		for range 3 {
			match := m.IAAFT(dst, 0, rng)
			require.Equal(t, sorted(x), sorted(dst), "exactly")
			require.InDelta(t, mismatch(want, amplitudes(dst), n), match.Mismatch, 1e-9)
			require.LessOrEqual(t, match.Iterations, surrogate.MaxIterations)
			if n >= 500 {
				require.Less(t, match.Mismatch, 0.05, "n=%d", n)
				require.NotEqual(t, x, dst)
			}
		}
	}
}

func mismatch(want, got []float64, n int) float64 {
	sum, power := 0.0, 0.0
	for j := 1; j < len(want); j++ {
		w := 2.0
		if 2*j == n {
			w = 1
		}
		sum += w * (want[j] - got[j]) * (want[j] - got[j])
		power += w * want[j] * want[j]
	}
	return math.Sqrt(sum / power)
}

func TestIAAFTImprovesWithIterations(t *testing.T) {
	t.Parallel()
	x := series(t, 512)
	m, dst := maker(t, x), make([]float64, 512)
	last := math.Inf(1)
	for _, iterations := range []int{1, 3, 10, 1000} {
		match := m.IAAFT(dst, iterations, process.Source(1, "iaaft", 1))
		require.Less(t, match.Mismatch, last)
		last = match.Mismatch
		require.Equal(t, iterations == 1000, match.Settled)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	_, err := surrogate.New([]float64{1})
	require.ErrorIs(t, err, surrogate.ErrTooShort)
	for _, bad := range []float64{math.NaN(), math.Inf(1), -1e301} {
		_, err := surrogate.New([]float64{1, bad, 3})
		require.ErrorIs(t, err, surrogate.ErrValue)
		require.ErrorContains(t, err, "value 1 is")
	}
	m := maker(t, []float64{1, 2, 3})
	require.ErrorContains(t, m.Generate("magic", make([]float64, 3), process.Source(1, "", 0)), "there are: shuffle, phase, iaaft, ar")
	for _, method := range surrogate.Methods() {
		require.Panics(t, func() { _ = m.Generate(method.Name, make([]float64, 4), process.Source(1, "", 0)) })
		require.NotEmpty(t, method.Title+method.Keeps+method.Null+method.Source)
	}
	x := []float64{1, 2, 3}
	m = maker(t, x)
	x[0] = 9
	dst := make([]float64, 3)
	m.Shuffle(dst, process.Source(1, "", 0))
	require.Equal(t, []float64{1, 2, 3}, sorted(dst), "the series was copied")
}

func TestSeedDecides(t *testing.T) {
	t.Parallel()
	for _, method := range surrogate.Methods() {
		x := series(t, 200)
		m, a, b := maker(t, x), make([]float64, 200), make([]float64, 200)
		require.NoError(t, m.Generate(method.Name, b, process.Source(8, method.Name, 0)))
		require.NoError(t, m.Generate(method.Name, a, process.Source(7, method.Name, 0)))
		require.NotEqual(t, a, b)
		require.NoError(t, maker(t, x).Generate(method.Name, b, process.Source(7, method.Name, 0)))
		require.Equal(t, a, b)
	}
}

// What does not hang on the Fourier transform's bits.
func TestGolden(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may round the last bit otherwise: run on amd64")
	}
	x := make([]float64, 100)
	process.Source(7, "series", 0).Normals(x)
	digest, m := sha256.New(), maker(t, x)
	for _, name := range []string{surrogate.Shuffle, surrogate.Autoregressive} {
		require.NoError(t, m.Generate(name, x, process.Source(7, name, 0)))
		require.NoError(t, binary.Write(digest, binary.LittleEndian, x))
	}
	require.Equal(t, "34a7e0be551b0475eb34a7216562b80efa0bedd8e272d7de0e54c3e16c151811", hex.EncodeToString(digest.Sum(nil)))
}

func TestSurrogatesAllocateNothing(t *testing.T) {
	for _, n := range []int{500, 97} {
		x, rng := series(t, n), process.Source(1, "", 0)
		m, dst := maker(t, x), make([]float64, n)
		for _, method := range surrogate.Methods() {
			require.NoError(t, m.Generate(method.Name, dst, rng))
		}
		require.Zero(t, testing.AllocsPerRun(3, func() {
			for _, name := range []string{surrogate.Shuffle, surrogate.Phase, surrogate.IAAFT, surrogate.Autoregressive} {
				_ = m.Generate(name, dst, rng)
			}
		}))
	}
}

func FuzzSurrogates(f *testing.F) {
	f.Add([]byte{}, uint64(1))
	f.Add([]byte{0, 0, 0, 0}, uint64(1))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 9, 10}, uint64(1))
	f.Add([]byte{5, 5, 10, 5, 5}, uint64(2))
	f.Add([]byte{7, 1}, uint64(2))
	pool := []float64{0, 1, -1, 1e300, -1e300, 5e-324, 3, 1e-200, 1e16, 1e16 + 2, 1e-310, 1e308, math.NaN(), math.Inf(1)}
	f.Fuzz(func(t *testing.T, which []byte, seed uint64) {
		x := make([]float64, min(len(which), 64))
		for i := range x {
			x[i] = pool[int(which[i])%len(pool)]
		}
		m, err := surrogate.New(x)
		if err != nil {
			return
		}
		dst := make([]float64, len(x))
		for _, method := range surrogate.Methods() {
			require.NoError(t, m.Generate(method.Name, dst, process.Source(seed, "fuzz", 0)))
			for _, v := range dst {
				require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s of %v", method.Name, x)
			}
			if method.Name == surrogate.IAAFT || method.Name == surrogate.Shuffle {
				require.Equal(t, sorted(x), sorted(dst))
			}
		}
	})
}

func BenchmarkGenerate(b *testing.B) {
	for _, method := range surrogate.Methods() {
		for _, n := range []int{512, 1000, 8192} {
			b.Run(fmt.Sprintf("%s/n=%d", method.Name, n), func(b *testing.B) {
				m, dst, rng := maker(b, series(b, n)), make([]float64, n), process.Source(1, "", 0)
				b.ReportAllocs()
				for b.Loop() {
					_ = m.Generate(method.Name, dst, rng)
				}
			})
		}
	}
}
