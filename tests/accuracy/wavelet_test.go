//go:build accuracy

package accuracy

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/process"
)

// classicalWavelet is the MAE of Abry and Veitch's regression on clean series, H ~ U(0.1, 0.9), by
// process and length, as an independent implementation in Python measured it.
var classicalWavelet = map[string]map[string]map[int]float64{
	"wavelet-haar": {
		"fgn":    {128: 0.1155, 256: 0.0695, 500: 0.0503, 512: 0.0451, 1024: 0.0299, 2048: 0.0198},
		"arfima": {128: 0.1255, 256: 0.0792, 500: 0.0611, 512: 0.0544, 1024: 0.0407, 2048: 0.0343},
	},
	"wavelet-db2": {
		"fgn":    {128: 0.1570, 256: 0.0896, 500: 0.0637, 512: 0.0594, 1024: 0.0428, 2048: 0.0331},
		"arfima": {128: 0.1633, 256: 0.0929, 500: 0.0578, 512: 0.0537, 1024: 0.0352, 2048: 0.0244},
	},
	"wavelet-db3": {
		"fgn":    {128: 0.1001, 256: 0.0643, 500: 0.0522, 512: 0.0474, 1024: 0.0385, 2048: 0.0328},
		"arfima": {128: 0.1061, 256: 0.0693, 500: 0.0500, 512: 0.0471, 1024: 0.0357, 2048: 0.0308},
	},
}

// The methods of the table are held to 1.05 times its figures, and all of the family to 93 to 97 %
// coverage of 95 % intervals under fractional Gaussian noise, from which the intervals are; over 4,000
// series a coverage scatters by 0.0035. ARFIMA's coverage is only printed: its spectrum far from zero
// is another one.
func TestWaveletsAreAsAccurateAsTheirReference(t *testing.T) {
	for _, m := range estimator.Methods() {
		if m.Family != estimator.FamilyWavelet {
			continue
		}
		for _, kind := range []string{"fgn", "arfima"} {
			for _, n := range []int{128, 256, 500, 512, 1024, 2048} {
				t.Run(m.Name+"/"+kind+"/"+strconv.Itoa(n), func(t *testing.T) {
					t.Parallel()
					mae, bias, coverage := waveletCell(t, m, kind, n)
					want, listed := classicalWavelet[m.Name][kind][n]
					t.Logf("%-15s %-6s n=%-5d MAE %.4f  bias %+.4f  95 %% coverage %.3f", m.Name, kind, n, mae, bias, coverage)
					if listed {
						t.Logf("%-15s %-6s n=%-5d %.3f of the reference's %.4f", m.Name, kind, n, mae/want, want)
						require.LessOrEqual(t, mae, 1.05*want)
					}
					if kind == "fgn" {
						require.InDelta(t, 0.95, coverage, 0.02)
					}
				})
			}
		}
	}
}

// waveletCell scores a method on series that are known to be noise.
func waveletCell(t *testing.T, m estimator.Method, kind string, n int) (mae, bias, coverage float64) {
	t.Helper()
	g, err := process.New(process.Spec{Kind: kind}, n)
	require.NoError(t, err)
	p, x := m.New(estimator.Settings{Class: estimator.Noise}).Prepare(n), make([]float64, n)
	for i := range cell {
		rng := process.Source(testSeed, "accuracy/wavelet/"+kind+"/"+strconv.Itoa(n), uint64(i))
		h := 0.1 + 0.8*rng.Float64()
		require.NoError(t, g.Generate(x, h, rng))
		e, err := p.Estimate(x)
		require.NoError(t, err)
		mae += math.Abs(e.H-h) / cell
		bias += (e.H - h) / cell
		if e.Lower <= h && h <= e.Upper {
			coverage += 1.0 / cell
		}
	}
	return mae, bias, coverage
}
