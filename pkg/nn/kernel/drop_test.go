package kernel

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDropMaskIsTheSameOnEveryPath(t *testing.T) {
	t.Parallel()
	for n := range 70 {
		for _, rate := range []float64{0, 0.2, 0.5, 0.95} {
			want := make([]float32, n)
			Set{Portable}.DropMask(want, rate, 0x123456789abcdef0+uint64(n))
			for path := AVX2; path <= Best().path; path++ {
				got := make([]float32, n+1)
				got[n] = -1 // not to be written
				Set{path}.DropMask(got[:n], rate, 0x123456789abcdef0+uint64(n))
				require.Equal(t, want, got[:n], "%s, %d values, rate %v", path, n, rate)
				require.Equal(t, float32(-1), got[n])
			}
		}
	}
}

// Shares, pairs of neighbours and pairs under neighbouring keys are as chance has them, within five
// standard errors each.
func TestDropMaskIsLikeChance(t *testing.T) {
	t.Parallel()
	const n, rate = 1 << 18, 0.2
	a, b := make([]float32, n), make([]float32, n)
	for key := range uint64(20) {
		Best().DropMask(a, rate, key)
		Best().DropMask(b, rate, key+1)
		dropped, neighbours, both := 0, 0, 0
		for i, v := range a {
			if v != 0 {
				require.Equal(t, float32(1.25), v)
				continue
			}
			dropped++
			if i+1 < n && a[i+1] == 0 {
				neighbours++
			}
			if b[i] == 0 {
				both++
			}
		}
		for _, c := range []struct {
			count int
			share float64
		}{{dropped, rate}, {neighbours, rate * rate}, {both, rate * rate}} {
			require.InDelta(t, c.share, float64(c.count)/n, 5*math.Sqrt(c.share*(1-c.share)/n), "key %d", key)
		}
	}
}

func BenchmarkDropMask(b *testing.B) {
	dst := make([]float32, 16_000)
	for path := Portable; path <= Best().path; path++ {
		b.Run(fmt.Sprintf("%s/%d", path, len(dst)), func(b *testing.B) {
			b.SetBytes(int64(4 * len(dst)))
			for b.Loop() {
				Set{path}.DropMask(dst, 0.2, 1)
			}
		})
	}
}
