package process

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// testdata/arfima.json is by testdata/reference.py. The quadrature is good to 1e-12; the recursion's
// error grows with the root of the lag, and with what the autoregression amplifies.
func TestARFIMAAutocovariance(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/arfima.json")
	require.NoError(t, err)
	var cases []struct {
		D      float64
		AR, MA []float64
		Lags   []int
		Want   []float64
	}
	require.NoError(t, json.Unmarshal(data, &cases))
	require.Len(t, cases, 15)
	for _, c := range cases {
		for _, more := range []int{1, 100} {
			got := make([]float64, c.Lags[len(c.Lags)-1]+more)
			require.NoError(t, ARFIMAAutocovariance(got, c.D, c.AR, c.MA))
			require.Equal(t, 1.0, got[0])
			for i, k := range c.Lags {
				require.InDelta(t, c.Want[i], got[k], 1e-12, "d=%v ar=%v ma=%v lag=%d", c.D, c.AR, c.MA, k)
			}
			if len(c.AR)+len(c.MA) == 0 {
				require.InEpsilon(t, c.Want[len(c.Want)-1], got[c.Lags[len(c.Lags)-1]], 1e-12, "d=%v", c.D)
			}
		}
	}
}

func TestARFIMARefuses(t *testing.T) {
	t.Parallel()
	long := make([]float64, 9)
	for _, c := range []struct {
		d      float64
		ar, ma []float64
		text   string
	}{
		{0.5, nil, nil, "d is 0.5; allowed: between -0.5 and 0.5"},
		{math.NaN(), nil, nil, "d is NaN"},
		{0.1, []float64{1.25}, nil, "with ar [1.25] it is not stationary: its polynomial has a root of modulus 0.8;"},
		{0.1, []float64{1}, nil, "modulus 1; allowed: more than 1.0001"},
		{0.1, []float64{0.99995}, nil, "modulus 1.00005"},
		{0.1, []float64{0.5, 0.5}, nil, "modulus 1;"},
		{0.1, []float64{0, -1.44}, nil, "modulus 0.833333;"},
		{0.1, nil, []float64{-2}, "with ma [-2] it is not invertible: its polynomial has a root of modulus 0.5;"},
		{0.1, nil, []float64{1}, "not invertible"},
		{0.1, nil, []float64{math.Inf(1)}, "ma is +Inf"},
		{0.1, []float64{0, math.NaN()}, nil, "ar is NaN"},
		{0.1, long, nil, "ar has 9 values; allowed are 8"},
		{0.1, nil, long, "ma has 9 values"},
		{0.1, []float64{2 * 0.9998, -0.9998 * 0.9998}, nil, "amplifies a shock"},
	} {
		require.ErrorContains(t, ARFIMAAutocovariance(make([]float64, 4), c.d, c.ar, c.ma), c.text, "%+v", c)
	}
	require.NoError(t, ARFIMAAutocovariance(nil, 0.1, []float64{0.5}, nil))
	_, err := New(Spec{Kind: "arfima", Params: map[string][]float64{"ar": {1.25}}}, 10)
	require.ErrorContains(t, err, "not stationary")
	_, err = New(Spec{Kind: "arfima", Params: map[string][]float64{"ar": long}}, 10)
	require.ErrorContains(t, err, "ar has 9 values")
	_, err = New(Spec{Kind: "arfima", Params: map[string][]float64{"d": {0.1}}}, 10)
	require.ErrorContains(t, err, `no parameter "d"; there are: ar, ma`)
}

// Roots by construction, complex ones and two at one place among them: a double root is known to half
// of the digits.
func TestSmallestRoot(t *testing.T) {
	t.Parallel()
	for want, factors := range map[float64][][]float64{
		1.25:  {{-0.8}},
		1.5:   {{1 / 1.5}, {1. / 3}},
		1.02:  {{-2 * math.Cos(1) / 1.02, 1 / (1.02 * 1.02)}, {0.5}, {-0.1}},
		0.5:   {{2}, {0.3}, {0.3}},
		1.125: {{1 / 1.125}, {1 / 1.125}, {0.2}},
	} {
		c := []float64{1}
		for _, f := range factors {
			c = product(c, append([]float64{1}, f...))
		}
		require.InDelta(t, want, smallestRoot(c[1:], 1), 1e-5)
		for i := range c {
			c[i] = -c[i]
		}
		require.InDelta(t, want, smallestRoot(c[1:], -1), 1e-5)
	}
	require.Equal(t, 1024.0, smallestRoot(nil, 1))
	require.Equal(t, 1024.0, smallestRoot([]float64{0, 0, 1e-300}, 1))
}

func product(a, b []float64) []float64 {
	c := make([]float64, len(a)+len(b)-1)
	for i, v := range a {
		for j, w := range b {
			c[i+j] += v * w
		}
	}
	return c
}

func TestARFIMAOfLargeOrder(t *testing.T) {
	t.Parallel()
	g, err := New(Spec{Kind: "arfima", Params: map[string][]float64{"ar": {0.9998}, "ma": {0.9998}}}, 30_000)
	require.NoError(t, err)
	x := make([]float64, 30_000)
	for _, h := range []float64{0.011, 0.989} {
		require.NoError(t, g.Generate(x, h, Source(1, "large", 0)))
	}
	require.ErrorContains(t, g.Generate(x, 1.5, Source(1, "", 0)), "hurst exponent 1.5 is outside 0.01 to 0.99")
}

func FuzzARFIMA(f *testing.F) {
	f.Add(0.1, 0.5, -0.3, 0.2, 0.1, uint8(20))
	f.Add(-0.49, 1.9, -0.95, -0.9, 0.0, uint8(3))
	f.Add(math.NaN(), math.Inf(1), 1e308, 5e-324, -1.0, uint8(0))
	f.Add(0.3, 1.9996, -0.9998, 0.0, 0.0, uint8(64))
	f.Fuzz(func(t *testing.T, d, a, b, c, e float64, n uint8) {
		dst := make([]float64, n)
		if ARFIMAAutocovariance(dst, d, []float64{a, b}, []float64{c, e}) != nil {
			return
		}
		for k, v := range dst {
			require.LessOrEqual(t, math.Abs(v), 1+1e-9, "lag %d", k)
		}
		if n < MinLength {
			return
		}
		g, err := newARFIMA(int(n), []float64{a, b}, []float64{c, e})
		require.NoError(t, err)
		x := make([]float64, n)
		if g.Generate(x, d+0.5, Source(1, "fuzz", 0)) != nil {
			return
		}
		for _, v := range x {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
		}
	})
}
