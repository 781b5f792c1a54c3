package contamination

import (
	_ "embed"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed testdata/quantiles.json
var quantiles []byte

type row struct {
	distribution string
	parameter    float64
	z, x         float64
}

// rows are quantiles by scipy 1.17.1 and mpmath 1.3.0: testdata/reference.py.
func rows(t *testing.T) []row {
	t.Helper()
	var raw [][]any
	require.NoError(t, json.Unmarshal(quantiles, &raw))
	out := make([]row, len(raw))
	for i, r := range raw {
		out[i] = row{r[0].(string), r[1].(float64), r[2].(float64), r[3].(float64)}
	}
	return out
}

func distribution(r row) quantiler {
	if r.distribution == "student" {
		return student{df: r.parameter}
	}
	return newStable(r.parameter)
}

func TestQuantilesMatchReference(t *testing.T) {
	t.Parallel()
	for _, r := range rows(t) {
		// Near the middle a tail of 16 digits tells little of x; far out the trapezoidal rule has 11 digits.
		require.InDelta(t, r.x, (&inverse{of: distribution(r)}).at(r.z), 1e-10+1e-10*r.x, "%+v", r)
	}
}

// filled returns one copula for each distribution of the reference, with its table.
func filled(t *testing.T) map[quantileKey]*copula {
	t.Helper()
	out := map[quantileKey]*copula{}
	for _, r := range rows(t) {
		k := quantileKey{r.distribution, r.parameter}
		if out[k] == nil {
			out[k] = &copula{of: func() quantiler { return distribution(r) }}
			out[k].fill()
		}
	}
	return out
}

type quantileKey struct {
	distribution string
	parameter    float64
}

// What lies between the points of the table is as good as a cubic can make it.
func TestTableMatchesQuantiles(t *testing.T) {
	t.Parallel()
	tables := filled(t)
	for _, r := range rows(t) {
		c := tables[quantileKey{r.distribution, r.parameter}]
		if r.z > lastSD {
			continue
		}
		q := inverse{of: distribution(r)}
		require.InEpsilon(t, r.x*quartile/q.at(quartile), c.at(r.z), 1e-7, "%+v", r)
		require.Equal(t, -c.at(r.z), c.at(-r.z))
	}
}

func TestStableOfTwoIsNormal(t *testing.T) {
	t.Parallel()
	s := inverse{of: newStable(2)}
	for z := 0.001; z < 8; z += 0.1 {
		require.InDelta(t, z*math.Sqrt2, s.at(z), 1e-13+1e-11*z)
	}
}

func TestQuantilesRise(t *testing.T) {
	t.Parallel()
	for k, c := range filled(t) {
		last := 0.0
		for z := 1.0 / 512; z <= lastSD; z += 1.0 / 512 {
			require.Greater(t, c.at(z), last, "%v at %v", k, z)
			last = c.at(z)
		}
		require.Zero(t, c.at(0))
		require.Equal(t, c.at(lastSD), c.at(100))
	}
}

func BenchmarkTable(b *testing.B) {
	b.Run("student", func(b *testing.B) {
		for b.Loop() {
			(&copula{of: func() quantiler { return student{df: 3} }}).fill()
		}
	})
	b.Run("stable", func(b *testing.B) {
		for b.Loop() {
			(&copula{of: func() quantiler { return newStable(1.7) }}).fill()
		}
	})
	b.Run("stable1.1", func(b *testing.B) {
		for b.Loop() {
			(&copula{of: func() quantiler { return newStable(1.1) }}).fill()
		}
	})
}
