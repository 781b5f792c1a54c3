package datagen

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/dataset"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/process"
)

// Conditions take turns by their shares once each length has had its turn, and rows say what they are.
func TestMix(t *testing.T) {
	t.Parallel()
	p := params()
	p.Count = 3 * 4 * 25 // lengths, shares, rounds
	p.Mix = []pipeline.Condition{
		{Process: process.Spec{Kind: "fgn"}, Share: 2},
		{Process: process.Spec{Kind: "fbm"}, Share: 1},
		{Process: process.Spec{Kind: "arfima", Params: map[string][]float64{"ar": {0.5}}}, Share: 1, Contaminate: []process.Spec{
			{Kind: "trend", Params: map[string][]float64{"size": {3}}}, {Kind: "missing", Params: map[string][]float64{"interpolate": {0}}},
		}},
	}
	_, rows := shard(t, 5, p)
	count := map[string]int{}
	for i, r := range rows {
		count[r.Process]++
		require.Equal(t, p.Lengths[i%3], r.N)
		switch r.Process {
		case "fgn":
			require.Equal(t, []string{dataset.Noise, ""}, []string{r.Class, r.Contamination})
			require.Contains(t, []int{0, 1}, i/3%4)
		case "fbm":
			require.Equal(t, dataset.Walk, r.Class)
		default:
			require.Equal(t, "trend(size=3) + missing(interpolate=0)", r.Contamination)
		}
		for _, v := range r.Values {
			require.False(t, math.IsNaN(float64(v)), "gaps are filled")
		}
	}
	require.Equal(t, map[string]int{"fgn": 150, "fbm": 75, "arfima(ar=0.5)": 75}, count)
}

// A contamination changes what it is for, and not the series beneath: the same seed and index give the
// same clean series.
func TestContaminationIsOnTopOfTheSameSeries(t *testing.T) {
	t.Parallel()
	p := params()
	_, clean := shard(t, 5, p)
	p.Mix[0].Contaminate = []process.Spec{{Kind: "trend", Params: map[string][]float64{"size": {2}}}}
	_, spoilt := shard(t, 5, p)
	for i, c := range clean {
		s := spoilt[i]
		require.Equal(t, c.H, s.H)
		mean, square := 0.0, 0.0
		for _, v := range c.Values {
			mean += float64(v) / float64(c.N)
		}
		for _, v := range c.Values {
			square += (float64(v) - mean) * (float64(v) - mean) / float64(c.N)
		}
		rise := float64(s.Values[c.N-1]-c.Values[c.N-1]) - float64(s.Values[0]-c.Values[0])
		require.InDelta(t, 2*math.Sqrt(square), rise, 1e-5)
	}
}

func TestUnknownContaminationIsRefused(t *testing.T) {
	t.Parallel()
	p := params()
	p.Mix[0].Contaminate = []process.Spec{{Kind: "rust"}}
	_, err := do(t.Context(), t, 1, p)
	require.ErrorContains(t, err, `no contamination "rust"`)
}
