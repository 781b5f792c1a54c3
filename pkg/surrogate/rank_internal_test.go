package surrogate

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

func TestRankSorts(t *testing.T) {
	t.Parallel()
	rng := process.Source(1, "rank", 0)
	for n := 1; n < 200; n++ {
		r := newRanker(n)
		for kind, value := range []func() float64{
			rng.NormFloat64,
			func() float64 { return float64(rng.IntN(4)) },
			func() float64 { return math.Exp(20 * rng.NormFloat64()) },
			func() float64 { return -7 },
			func() float64 { return 5e-324 * float64(rng.IntN(3)) },
		} {
			x := make([]float64, n)
			for i := range x {
				x[i] = value()
			}
			want := make([]ranked, n)
			for i, v := range x {
				want[i] = ranked{v, i}
			}
			slices.SortStableFunc(want, compare)
			r.rank(x)
			require.Equal(t, want, r.ranks, "n=%d kind=%d", n, kind)
		}
	}
}
