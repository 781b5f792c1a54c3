package estimator

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// timeReference is what testdata/time_reference.py wrote.
type timeReference struct {
	N        int       `json:"n"`
	ZFirst   []float64 `json:"z_first"`
	WhiteDFA []struct {
		Order, S int
		F2       float64
	} `json:"white_dfa"`
	DFA []struct {
		Order, S int
		F        float64
	}
	MFDFA []struct {
		S    int
		Q, F float64
	}
	RS, WhiteRS []struct {
		S  int
		RS float64
	}
	Length []struct {
		K      int
		Length float64
	}
	Increments []struct {
		K           int
		Abs, Square float64
	}
	DMA []struct {
		S int
		F float64
	}
}

// reference returns the values of the script, and the standardised series that they belong to.
func reference(t *testing.T) (r timeReference, z []float64) {
	t.Helper()
	data, err := os.ReadFile("testdata/time_reference.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &r))
	var white struct {
		RS []struct {
			S  int
			RS float64
		} `json:"white_rs"`
	}
	require.NoError(t, json.Unmarshal(data, &white))
	r.WhiteRS = white.RS
	z = make([]float64, r.N)
	for i := range z {
		v := math.Sin(12.9898*float64(i)+0.3) * 43758.5453
		z[i] = v - math.Floor(v) + 0.3*math.Sin(float64(i)/17)
	}
	require.NoError(t, Standardise(z, z))
	require.InDeltaSlice(t, r.ZFirst, z[:len(r.ZFirst)], 1e-8)
	return r, z
}

// The series itself is good to about 1e-11: its sines are multiplied by 43758. Python 3.11,
// numpy 2.4.6 and nolds 0.6.3: python3 testdata/time_reference.py.
func TestTimeDomainMatchesItsFormulas(t *testing.T) {
	t.Parallel()
	const tolerance = 1e-8
	r, z := reference(t)
	sums := make([]float64, r.N+1)
	profile(sums, z)
	for _, c := range r.DFA {
		d := newDetrenders(r.N, c.Order, []int{c.S})[0]
		require.InEpsilon(t, c.F, d.fluctuation(sums[1:]), tolerance, "DFA %+v", c)
	}
	for _, c := range r.MFDFA {
		d := newDetrenders(r.N, 1, []int{c.S})[0]
		var squares []float64
		for i := range d.count {
			at := windowStart(i, d.count, r.N, c.S)
			squares = append(squares, d.residual(sums[1+at:1+at+c.S])/float64(c.S))
		}
		require.InEpsilon(t, c.F, moments(squares)[int(2*c.Q)+momentsEach], tolerance, "MFDFA %+v", c)
	}
	for _, c := range r.RS {
		require.InEpsilon(t, c.RS, meanRS(z, c.S), tolerance, "R/S %+v", c)
	}
	for _, c := range r.WhiteRS {
		require.InEpsilon(t, c.RS, whiteRS(c.S), 1e-12, "R/S of white noise %+v", c)
	}
	for _, c := range r.Length {
		require.InEpsilon(t, c.Length, curveLength(sums[1:], c.K), tolerance, "Higuchi %+v", c)
	}
	for _, c := range r.Increments {
		require.InEpsilon(t, c.Abs, meanAbs(sums, c.K), tolerance, "increments %+v", c)
		require.InEpsilon(t, c.Square, meanSquare(sums, c.K), tolerance, "increments %+v", c)
	}
	double := make([]float64, r.N+1)
	profile(double, sums[1:])
	for _, c := range r.DMA {
		require.InEpsilon(t, c.F, aboutAverage(sums[1:], double, c.S), tolerance, "DMA %+v", c)
	}
	require.Len(t, r.DFA, 25)
	require.Len(t, r.WhiteRS, 4)
}

// The exact mean of F²(s) for white noise is c (s - (m+1)²/s), c = (m+1)/(2(2m+1)(2m+3)), which
// numpy confirms as the trace of the residuals' covariance; and what is divided by is its root.
func TestWhiteNoiseFactorOfDFA(t *testing.T) {
	t.Parallel()
	r, _ := reference(t)
	for _, c := range r.WhiteDFA {
		m := float64(c.Order)
		d := newDetrenders(r.N, c.Order, []int{c.S})[0]
		grows := (m + 1) / (2 * (2*m + 1) * (2*m + 3)) * float64(c.S)
		require.InEpsilon(t, c.F2, grows*d.white*d.white, 1e-10, "%+v", c)
	}
	require.Len(t, r.WhiteDFA, 15)
}

// Polynomials of the order that is removed leave nothing, and no rounding that is taken for something.
func TestPolynomialsLeaveNothing(t *testing.T) {
	t.Parallel()
	for order := 1; order <= maxOrder; order++ {
		for _, s := range []int{order + 2, 50, 333} {
			y := make([]float64, s)
			for i := range y {
				x := float64(i)/float64(s) - 0.3
				for range order {
					y[i] = (y[i] + 1) * x
				}
			}
			d := newDetrenders(s, order, []int{s})[0]
			require.Zero(t, d.residual(y), "order %d, %d values", order, s)
			y[s/2] += 1e-3
			require.Positive(t, d.residual(y), "order %d, %d values", order, s)
		}
	}
}

func TestWindowsCoverTheSeries(t *testing.T) {
	t.Parallel()
	for n := 60; n < 70; n++ {
		for s := 3; s <= n; s++ {
			count, end := windowCount(n, s), 0
			for i := range count {
				at := windowStart(i, count, n, s)
				require.LessOrEqual(t, at, end, "n=%d s=%d: a gap", n, s)
				require.LessOrEqual(t, at+s, n)
				end = at + s
			}
			require.Equal(t, n, end, "n=%d s=%d", n, s)
			require.LessOrEqual(t, count, 2*n/s+1)
		}
	}
}

func TestGeometric(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{1, 2, 3, 4, 5, 6}, geometric(1, 6, 3))
	require.Equal(t, []int{8, 10, 13, 16, 20, 25, 32}, geometric(8, 32, 3))
	require.Empty(t, geometric(8, 7, 3))
}

func TestLogLogIsTheWeightedLine(t *testing.T) {
	t.Parallel()
	// numpy 2.4.6: np.polyfit([0, 1, 2], np.log2([1, 3, 5]), 1, w=np.sqrt([1, 1/2, 1/4]))
	l := newLogLog("", "", []int{1, 2, 4}, 1)
	for i, v := range []float64{1, 3, 5} {
		require.NoError(t, l.put(i, v))
	}
	require.InDelta(t, 1.25880984, l.solve(), 1e-6)
	require.InDelta(t, 0.06523053, l.fit.Intercept, 1e-6)
	require.ErrorIs(t, l.put(1, 0), ErrNoFit)
	require.ErrorContains(t, l.put(1, math.NaN()), "scale 2")
	require.ErrorIs(t, l.put(2, math.Inf(1)), ErrNoFit)
}

// The variances of block sums of fGn about the series' mean follow the demeaned line exactly.
func TestDemeanedLineIsExact(t *testing.T) {
	t.Parallel()
	const n = 512
	scales := []int{1, 2, 4, 8, 16, 32}
	for _, h := range []float64{0.1, 0.5, 0.7, 0.9, 0.95} {
		d := newDemeaned(newLogLog("", "", scales, 1), scales, n, 2, 0)
		for i, k := range scales {
			r := float64(k) / n
			require.NoError(t, d.put(i, math.Pow(float64(k), 2*h)*(1-math.Pow(r, 2-2*h))))
		}
		require.InDelta(t, h, d.solve(), 1e-6)
		require.InDelta(t, 2*h, d.fit.Slope, 1e-6)
	}
}
