package wavelet_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/wavelet"
)

// reference is what PyWavelets 1.8.0 and numpy say: python3 testdata/reference.py.
type reference struct {
	Filters  map[string][]float64
	Levels   [][3]any
	Discrete []struct {
		Wavelet, Mode string
		N, Levels     int
		Sizes         []int
		Coefficients  []float64
	}
	Stationary []struct {
		Wavelet string
		N       int
		Details [][]float64
	}
	Continuous []struct {
		Mother string
		N      int
		Scale  float64
		Re, Im []float64
	}
}

func load(t *testing.T) reference {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	require.NoError(t, err)
	var r reference
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

func named(t testing.TB, name string) wavelet.Wavelet {
	t.Helper()
	w, err := wavelet.New(name)
	require.NoError(t, err)
	return w
}

// series is that of reference.py.
func series(n int) []float64 {
	x := make([]float64, n)
	for t := range x {
		x[t] = math.Sin(float64(t*t)/7) + float64(t)/10
	}
	return x
}

// PyWavelets has the Daubechies filters to the last digit, its symlets to 4e-12.
func TestFiltersMatchPyWavelets(t *testing.T) {
	t.Parallel()
	want := load(t).Filters
	require.Len(t, wavelet.Names(), len(want))
	for _, name := range wavelet.Names() {
		tolerance := 2e-16
		if name[0] == 's' {
			tolerance = 5e-12
		}
		require.InDeltaSlice(t, want[name], named(t, name).Low(), tolerance, name)
	}
}

// What defines the filters, to rounding: orthonormality to even shifts, and vanishing moments (whose
// terms reach 19^9 for db10, so that they are held against the sum of their sizes).
func TestFiltersAreOrthonormal(t *testing.T) {
	t.Parallel()
	for _, name := range wavelet.Names() {
		w := named(t, name)
		low, high := w.Low(), w.High()
		for shift := 0; shift < w.Len(); shift += 2 {
			ll, hh, lh := 0.0, 0.0, 0.0
			for i := shift; i < w.Len(); i++ {
				ll += low[i] * low[i-shift]
				hh += high[i] * high[i-shift]
				lh += low[i] * high[i-shift]
			}
			want := 0.0
			if shift == 0 {
				want = 1
			}
			require.InDelta(t, want, ll, 2e-15, "%s by %d", name, shift)
			require.InDelta(t, want, hh, 2e-15, "%s by %d", name, shift)
			require.InDelta(t, 0, lh, 2e-15, "%s by %d", name, shift)
		}
		for p := range w.Moments() {
			sum, size := 0.0, 0.0
			for i, g := range high {
				term := g * math.Pow(float64(i), float64(p))
				sum += term
				size += math.Abs(term)
			}
			require.InDelta(t, 0, sum/size, 1e-15, "%s: moment %d", name, p)
		}
	}
}

func TestMaxLevelsMatchPyWavelets(t *testing.T) {
	t.Parallel()
	for _, c := range load(t).Levels {
		n, name := int(c[0].(float64)), c[1].(string)
		require.Equal(t, int(c[2].(float64)), named(t, name).MaxLevels(n), "%s n=%d", name, n)
	}
}

func modeOf(t *testing.T, name string) wavelet.Mode {
	t.Helper()
	for m := wavelet.Periodic; m <= wavelet.Interior; m++ {
		if m.String() == name {
			return m
		}
	}
	t.Fatalf("no mode %s", name)
	return 0
}

// The tolerance is that of PyWavelets' symlets.
func TestTransformMatchesPyWavelets(t *testing.T) {
	t.Parallel()
	for _, c := range load(t).Discrete {
		name := fmt.Sprintf("%s %s n=%d", c.Wavelet, c.Mode, c.N)
		p, err := wavelet.NewPlan(named(t, c.Wavelet), modeOf(t, c.Mode), c.N, c.Levels)
		require.NoError(t, err)
		got := p.Transform(nil, series(c.N))
		require.InDeltaSlice(t, c.Coefficients, got, 1e-10, name)
		require.Len(t, p.Approximation(got), c.Sizes[0], name)
		for j := 1; j <= c.Levels; j++ {
			require.Len(t, p.Detail(got, j), c.Sizes[len(c.Sizes)-j], name)
		}
	}
}

func TestInverseGivesTheSeriesBack(t *testing.T) {
	t.Parallel()
	for _, name := range wavelet.Names() {
		for _, n := range []int{2, 3, 5, 19, 20, 38, 64, 77, 200, 1001} {
			w := named(t, name)
			for levels := 1; levels <= w.MaxLevels(n); levels++ {
				for m := wavelet.Periodic; m < wavelet.Interior; m++ {
					p, err := wavelet.NewPlan(w, m, n, levels)
					require.NoError(t, err)
					x := series(n)
					back := p.Inverse(nil, p.Transform(nil, x))
					require.InDeltaSlice(t, x, back, 1e-11, "%s %v n=%d levels=%d", name, m, n, levels)
				}
			}
		}
	}
}

// Changing what lies outside, which the modes do, changes no coefficient inside, and the values
// themselves reach each of them.
func TestInsideDoesNotTouchTheBoundary(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"haar", "db2", "db3", "db5", "sym8"} {
		for _, n := range []int{64, 77, 200} {
			w := named(t, name)
			levels := w.MaxLevels(n)
			symmetric, err := wavelet.NewPlan(w, wavelet.Symmetric, n, levels)
			require.NoError(t, err)
			zero, err := wavelet.NewPlan(w, wavelet.Zero, n, levels)
			require.NoError(t, err)
			interior, err := wavelet.NewPlan(w, wavelet.Interior, n, levels)
			require.NoError(t, err)
			x := series(n)
			a, b, c := symmetric.Transform(nil, x), zero.Transform(nil, x), interior.Transform(nil, x)
			for j := 1; j <= levels; j++ {
				from, to := symmetric.Inside(j)
				require.InDeltaSlice(t, symmetric.Detail(a, j)[from:to], zero.Detail(b, j)[from:to], 1e-12)
				if from > 0 {
					require.Greater(t, math.Abs(symmetric.Detail(a, j)[from-1]-zero.Detail(b, j)[from-1]), 1e-9, "%s n=%d level %d", name, n, j)
				}
				from, to = interior.Inside(j)
				require.Equal(t, 0, from)
				require.Equal(t, to, len(interior.Detail(c, j)))
				require.Positive(t, to, "%s n=%d level %d", name, n, j)
			}
			from, to := symmetric.Inside(1) // the first level's places are the same in both modes
			require.InDeltaSlice(t, symmetric.Detail(a, 1)[from:to], interior.Detail(c, 1), 1e-12)
		}
	}
}

// A wavelet of m vanishing moments does not see a polynomial of degree m-1.
func TestPolynomialsHaveNoDetails(t *testing.T) {
	t.Parallel()
	const n = 128
	for _, name := range []string{"haar", "db2", "db4", "sym6"} {
		w := named(t, name)
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Pow(float64(i)/n-0.3, float64(w.Moments()-1))
		}
		p, err := wavelet.NewPlan(w, wavelet.Interior, n, w.MaxLevels(n))
		require.NoError(t, err)
		c := p.Transform(nil, x)
		for _, v := range c[len(p.Approximation(c)):] {
			require.InDelta(t, 0, v, 1e-12, name)
		}
	}
}

func TestOverlapMatchesNumpy(t *testing.T) {
	t.Parallel()
	for _, c := range load(t).Stationary {
		o, err := wavelet.NewOverlap(named(t, c.Wavelet), c.N, len(c.Details))
		require.NoError(t, err)
		o.Start(series(c.N))
		for j, want := range c.Details {
			got := o.Next()
			require.Len(t, got, o.Count(j+1))
			require.InDeltaSlice(t, want, got, 1e-12)
		}
		require.Nil(t, o.Next())
	}
}

// The decimated details are every 2^j-th of the others.
func TestOverlapHoldsTheDecimated(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"haar", "db2", "db3", "sym5", "db10"} {
		const n = 333
		w := named(t, name)
		p, err := wavelet.NewPlan(w, wavelet.Interior, n, w.MaxLevels(n))
		require.NoError(t, err)
		o, err := wavelet.NewOverlap(w, n, w.MaxLevels(n))
		require.NoError(t, err)
		c, variances := p.Transform(nil, series(n)), o.Variances(nil, series(n))
		o.Start(series(n))
		for j := 1; j <= p.Levels(); j++ {
			all := o.Next()
			for k, v := range p.Detail(c, j) {
				require.InDelta(t, v, all[k<<j], 1e-11)
			}
			square := 0.0
			for _, v := range all {
				square += v * v / float64(len(all))
			}
			require.InEpsilon(t, square, variances[j-1], 1e-12)
		}
	}
}

// The reference sums sampled wavelets; the plan has theirs without what lies above the Nyquist
// frequency: less than 1e-7 of a Ricker wavelet of scale 2, and 1e-16 of larger ones.
func TestContinuousMatchesTheSum(t *testing.T) {
	t.Parallel()
	for _, c := range load(t).Continuous {
		m := wavelet.Ricker
		if c.Mother == "morlet" {
			m = wavelet.Morlet
		}
		p, err := wavelet.NewContinuous(m, c.N, []float64{c.Scale})
		require.NoError(t, err)
		p.Start(series(c.N))
		power := p.Power(nil, 0)
		for i, v := range p.Coefficients(nil, 0) {
			require.InDelta(t, c.Re[i], real(v), 1e-5, "%s %v at %d", c.Mother, c.Scale, i)
			require.InDelta(t, c.Im[i], imag(v), 1e-5, "%s %v at %d", c.Mother, c.Scale, i)
			require.InDelta(t, c.Re[i]*c.Re[i]+c.Im[i]*c.Im[i], power[i], 1e-4)
		}
	}
}

func TestErrorsSayWhatIsAllowed(t *testing.T) {
	t.Parallel()
	_, err := wavelet.New("db11")
	require.ErrorContains(t, err, `no wavelet "db11"; there are: haar, db1,`)
	_, err = wavelet.NewPlan(named(t, "db4"), wavelet.Periodic, 128, 9)
	require.EqualError(t, err, "9 levels of db4 for 128 values; allowed are 1 to 4")
	_, err = wavelet.NewPlan(named(t, "db4"), wavelet.Periodic, 13, 1)
	require.EqualError(t, err, "13 values are too few for db4; it takes at least 14")
	_, err = wavelet.NewPlan(named(t, "db4"), 7, 128, 1)
	require.ErrorContains(t, err, "mode 7 is unknown")
	_, err = wavelet.NewPlan(wavelet.Wavelet{}, wavelet.Zero, 128, 1)
	require.ErrorContains(t, err, "a wavelet is needed")
	_, err = wavelet.NewOverlap(named(t, "haar"), 64, 0)
	require.ErrorContains(t, err, "allowed are 1 to 6")
	_, err = wavelet.NewContinuous(wavelet.Ricker, 64, []float64{2, math.NaN()})
	require.ErrorContains(t, err, "scale 1 is NaN; allowed: 1 to 64")
	_, err = wavelet.NewContinuous(5, 64, []float64{2})
	require.ErrorContains(t, err, "mother wavelet 5")
	_, err = wavelet.NewContinuous(wavelet.Ricker, 0, nil)
	require.ErrorContains(t, err, "at least one")
	p, err := wavelet.NewPlan(named(t, "db2"), wavelet.Interior, 64, 2)
	require.NoError(t, err)
	c := make([]float64, p.Size())
	require.PanicsWithValue(t, "wavelet: 63 values for a plan of 64", func() { p.Transform(nil, make([]float64, 63)) })
	require.PanicsWithValue(t, "wavelet: the interior coefficients have no inverse", func() { p.Inverse(nil, c) })
	require.Panics(t, func() { p.Detail(c[1:], 1) })
}

func TestTransformsAllocateNothing(t *testing.T) {
	x := series(500)
	w := named(t, "db4")
	p, err := wavelet.NewPlan(w, wavelet.Symmetric, len(x), 4)
	require.NoError(t, err)
	c := make([]float64, p.Size())
	o, err := wavelet.NewOverlap(w, len(x), 4)
	require.NoError(t, err)
	variances := make([]float64, 4)
	m, err := wavelet.NewContinuous(wavelet.Morlet, len(x), []float64{4, 8})
	require.NoError(t, err)
	power := make([]float64, len(x))
	require.Zero(t, testing.AllocsPerRun(20, func() {
		p.Inverse(x, p.Transform(c, x))
		o.Variances(variances, x)
		m.Start(x)
		m.Power(power, 1)
	}))
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(uint8(0), uint8(0), uint8(1), []byte{1, 2})
	f.Add(uint8(3), uint8(1), uint8(2), []byte("a series of some letters, no more"))
	f.Add(uint8(12), uint8(2), uint8(9), make([]byte, 65))
	f.Fuzz(func(t *testing.T, name, mode, levels uint8, data []byte) {
		w := named(t, wavelet.Names()[int(name)%len(wavelet.Names())])
		x := make([]float64, min(len(data), 300))
		for i := range x {
			x[i] = float64(data[i]) - 128
		}
		p, err := wavelet.NewPlan(w, wavelet.Mode(mode%3), len(x), int(levels))
		if err != nil {
			require.True(t, int(levels) < 1 || int(levels) > w.MaxLevels(len(x)), err)
			return
		}
		require.InDeltaSlice(t, x, p.Inverse(nil, p.Transform(nil, x)), 1e-9)
	})
}

func BenchmarkTransform(b *testing.B) {
	for _, name := range []string{"haar", "db2", "db4", "sym8"} {
		for _, n := range []int{1024, 8192} {
			b.Run(fmt.Sprintf("%s/n=%d", name, n), func(b *testing.B) {
				w, x := named(b, name), series(n)
				p, err := wavelet.NewPlan(w, wavelet.Periodic, n, w.MaxLevels(n))
				require.NoError(b, err)
				c := make([]float64, p.Size())
				for b.Loop() {
					p.Transform(c, x)
				}
			})
		}
	}
}

func BenchmarkOverlap(b *testing.B) {
	for _, name := range []string{"haar", "db2"} {
		b.Run(name+"/n=1024", func(b *testing.B) {
			w, x := named(b, name), series(1024)
			o, err := wavelet.NewOverlap(w, 1024, w.MaxLevels(1024))
			require.NoError(b, err)
			v := make([]float64, o.Levels())
			for b.Loop() {
				o.Variances(v, x)
			}
		})
	}
}
