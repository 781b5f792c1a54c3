package process_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

func TestSourceIsGolden(t *testing.T) {
	t.Parallel()
	require.Equal(t, []uint64{0x19cb285aaf1d4ae8, 0x577d010ed7573748, 0x61153d1210cb371b}, draws(7, "generate", 0), "a change here changes every dataset and model")
	require.Equal(t, draws(7, "generate", 3), draws(7, "generate", 3))
	seen := map[uint64]string{}
	for _, seed := range []uint64{0, 1, 1 << 32} {
		for _, stage := range []string{"", "a", "ab", "generate"} {
			for _, index := range []uint64{0, 1, 1 << 40} {
				first, name := draws(seed, stage, index)[0], fmt.Sprint(seed, stage, index)
				require.Empty(t, seen[first], name)
				seen[first] = name
			}
		}
	}
}

func draws(seed uint64, stage string, index uint64) []uint64 {
	rng := process.Source(seed, stage, index)
	return []uint64{rng.Uint64(), rng.Uint64(), rng.Uint64()}
}

func TestAutocovariance(t *testing.T) {
	t.Parallel()
	require.Equal(t, 1.0, process.Autocovariance(0.3, 0))
	require.InDelta(t, math.Pow(2, 0.4)-1, process.Autocovariance(0.7, 1), 1e-15)
	require.Equal(t, process.Autocovariance(0.8, 5), process.Autocovariance(0.8, -5))
	for _, h := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
		for _, k := range []int{1, 2, 15, 16, 17, 100, 10_000, 1_000_000} {
			want := exact(h, k)
			require.InDelta(t, want, process.Autocovariance(h, k), 1e-12*math.Abs(want)+1e-17, "h=%v k=%d", h, k)
		}
	}
}

// exact is the textbook form in 400 bits. 2h is a multiple of 1/10, so that x^2h is the tenth root,
// by Newton's method, of a whole power.
func exact(h float64, k int) float64 {
	power := func(x int) *big.Float {
		if x == 0 {
			return new(big.Float)
		}
		p := int64(math.Round(20 * h))
		whole := new(big.Float).SetPrec(400).SetInt(new(big.Int).Exp(big.NewInt(int64(x)), big.NewInt(p), nil))
		y := new(big.Float).SetPrec(400).SetFloat64(math.Pow(float64(x), 2*h))
		ten := new(big.Float).SetPrec(400).SetInt64(10)
		for range 8 {
			y9 := new(big.Float).SetPrec(400).SetInt64(1)
			for range 9 {
				y9.Mul(y9, y)
			}
			next := new(big.Float).SetPrec(400).Quo(whole, y9)
			nine := new(big.Float).SetPrec(400).Mul(y, new(big.Float).SetInt64(9))
			y = next.Add(next, nine).Quo(next, ten)
		}
		return y
	}
	sum := new(big.Float).SetPrec(400).Add(power(k+1), power(k-1))
	mid := power(k)
	sum.Sub(sum, mid).Sub(sum, mid)
	v, _ := sum.Float64()
	return v / 2
}

// The sample autocovariances (known mean) of 4,000 series are averages of independent values, so
// that a standardised deviation beyond 4.5 has probability 7e-6; over the 45 checks a right
// generator fails 3 times in 10,000 seeds, and this seed is fixed.
func TestFGNHasTheoreticalCovariance(t *testing.T) {
	t.Parallel()
	const series = 4000
	for _, n := range []int{2, 37, 200} {
		for _, h := range []float64{0.1, 0.5, 0.9} {
			g, x := process.NewFGN(n), make([]float64, n)
			lags := []int{0, 1, min(2, n-1), n / 2, n - 1}
			sum, square := make([]float64, len(lags)), make([]float64, len(lags))
			for i := range series {
				require.NoError(t, g.Generate(x, h, process.Source(11, fmt.Sprint(n, h), uint64(i))))
				for j, k := range lags {
					c := 0.0
					for s := range n - k {
						c += x[s] * x[s+k] / float64(n-k)
					}
					sum[j] += c / series
					square[j] += c * c / series
				}
			}
			for j, k := range lags {
				se := math.Sqrt((square[j] - sum[j]*sum[j]) / series)
				require.InDelta(t, process.Autocovariance(h, k), sum[j], 4.5*se, "n=%d h=%v lag=%d", n, h, k)
			}
		}
	}
}

func TestFGNIsGolden(t *testing.T) {
	t.Parallel()
	x := make([]float64, 500)
	g := process.NewFGN(len(x))
	require.NoError(t, g.Generate(x, 0.3, process.Source(1, "warm up", 0)))
	require.NoError(t, g.Generate(x, 0.7, process.Source(42, "golden", 0)))
	require.InDelta(t, 0.6053228804269946, x[0], 1e-12)
	require.InDelta(t, -0.2853067584980818, x[499], 1e-12)
	if runtime.GOARCH != "amd64" {
		return // other architectures may fuse multiply and add: the last digit differs
	}
	b := []byte{}
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	sum := sha256.Sum256(b)
	require.Equal(t, "b8e933b31dc463c8", hex.EncodeToString(sum[:8]), "a change here changes every dataset and model")
}

func TestFGNAtTheLimits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 64, 1009, 1_000_000} {
		g, x := process.NewFGN(n), make([]float64, n)
		for _, h := range []float64{0.0101, 0.5, 0.9899} {
			require.NoError(t, g.Generate(x, h, process.Source(1, "limits", 0)), "n=%d h=%v", n, h)
		}
	}
	g, x := process.NewFGN(8), make([]float64, 8)
	for _, h := range []float64{-1, 0, 0.01, 0.99, 1, math.NaN(), math.Inf(1)} {
		require.ErrorContains(t, g.Generate(x, h, process.Source(1, "", 0)), "hurst exponent")
	}
	require.Equal(t, make([]float64, 8), x)
	require.Panics(t, func() { process.NewFGN(1) })
	require.Panics(t, func() { process.NewFGN(1_000_001) })
}

func TestGenerateAllocatesNothing(t *testing.T) {
	g, x, rng := process.NewFGN(1000), make([]float64, 1000), process.Source(1, "", 0)
	h := 0.2
	require.Zero(t, testing.AllocsPerRun(10, func() { h += 0.01; _ = g.Generate(x, h, rng) }))
}

func TestFBM(t *testing.T) {
	t.Parallel()
	x := []float64{1, -2, 4}
	process.FBM(x)
	require.Equal(t, []float64{1, -1, 3}, x)
}

func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{256, 1024, 65536, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) { benchmarkFGN(b, n, 0) })
		b.Run(fmt.Sprintf("newH/n=%d", n), func(b *testing.B) { benchmarkFGN(b, n, 1e-9) })
	}
}

// benchmarkFGN makes series whose exponents are step apart.
func benchmarkFGN(b *testing.B, n int, step float64) {
	g, x, rng := process.NewFGN(n), make([]float64, n), process.Source(1, "bench", 0)
	h := 0.7
	b.ReportAllocs()
	for b.Loop() {
		h += step
		if err := g.Generate(x, h, rng); err != nil {
			b.Fatal(err)
		}
	}
}
