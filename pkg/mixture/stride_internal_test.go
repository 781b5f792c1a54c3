package mixture

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// What deleting does to a likelihood is not computed at every node. An error e of one node moves the top
// by about e·sd²/0.04, sd being about 0.6/√n: at the tolerance here by 1/15 of sd.
func TestLikelihoodsOfDeletionsAreSmooth(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 500, 2048} {
		r, x := New(n), make([]float64, n)
		for i, h := range []float64{0.1, 0.3, 0.5, 0.7, 0.9} {
			require.NoError(t, process.NewFGN(n).Generate(x, h, process.Source(1, "stride", uint64(i))))
			for k := 3; k < n; k += 9 + k%3 {
				x[k] = math.NaN()
			}
			_, err := r.Read(x)
			require.NoError(t, err)
			d, full := r.deletion, newDeleted()
			for g := range nodes {
				d.gather(g, r.series)
				d.whiten(g)
				d.levels(g, full)
			}
			for k, pair := range [][2][]float64{{full.alone, r.deleted.alone}, {full.line, r.deleted.line}, {full.parabola, r.deleted.parabola}, {full.shift, r.deleted.shift}} {
				top := highest(pair[0])
				for g, want := range pair[0] {
					if want > top-8 {
						require.InDelta(t, want, pair[1][g], math.Sqrt(float64(n))/225, "n=%d h=%v kind %d node %d", n, h, k, g)
					}
				}
			}
		}
	}
}
