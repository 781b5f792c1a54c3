package estimator_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/estimator"
)

// decode reads a series of up to 200 values: a byte that says how, then the values. Arbitrary bits
// are mostly huge and tiny numbers; small integers repeat, tie and cancel, as real data does.
func decode(data []byte) []float64 {
	if len(data) == 0 {
		return nil
	}
	how, data := data[0], data[1:]
	var x []float64
	for len(data) > 0 && len(x) < 200 {
		switch how % 4 {
		case 0: // eight bytes a value
			var word [8]byte
			data = data[copy(word[:], data):]
			x = append(x, math.Float64frombits(binary.LittleEndian.Uint64(word[:])))
			continue
		case 1:
			x = append(x, float64(int8(data[0])))
		case 2: // a walk
			last := 0.0
			if len(x) > 0 {
				last = x[len(x)-1]
			}
			x = append(x, last+float64(int8(data[0])))
		case 3: // a few values that are hard
			hard := []float64{0, 1, -1, 1e308, -1e308, 5e-324, -5e-324, 1e-300, math.NaN(), math.Inf(1), math.Inf(-1), 1 + 1e-16, math.MaxFloat64, 0.1, 3, 1e16}
			x = append(x, hard[int(data[0])%len(hard)])
		}
		data = data[1:]
	}
	return x
}

// holds checks what every estimate promises.
func holds(t *testing.T, m estimator.Method, class string, x []float64) {
	t.Helper()
	e, err := m.New(estimator.Settings{Class: class}).Estimate(x)
	if err != nil {
		require.NotEmpty(t, err.Error())
		return
	}
	require.GreaterOrEqual(t, len(x), estimator.MinLength, m.Name)
	// A comparison with NaN is false.
	require.True(t, e.H >= 0.001 && e.H <= 0.999, "%s: H = %v", m.Name, e.H)
	require.True(t, e.SE >= 0 && !math.IsInf(e.SE, 0), "%s: SE = %v", m.Name, e.SE)
	require.True(t, 0 <= e.Lower && e.Lower <= e.Upper && e.Upper <= 1, "%s: %v to %v", m.Name, e.Lower, e.Upper)
	if e.Fit == nil {
		return
	}
	for i, y := range e.Fit.Y {
		require.False(t, math.IsNaN(y) || math.IsInf(y, 0), "%s: point %d is %v", m.Name, i, y)
	}
	for _, v := range []float64{e.Fit.Slope, e.Fit.Intercept, e.Fit.R2} {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s: fit %v", m.Name, v)
	}
}

func FuzzMethods(f *testing.F) {
	text := func(how byte, n int, value func(i int) byte) []byte {
		b := []byte{how}
		for i := range n {
			b = append(b, value(i))
		}
		return b
	}
	f.Add([]byte{})
	for _, n := range []int{1, 63, 64, 65, 200} {
		f.Add(text(1, n, func(int) byte { return 7 }))
		f.Add(text(1, n, func(i int) byte { return byte(i % 2) }))
		f.Add(text(1, n, func(i int) byte { return byte(i) }))
		f.Add(text(1, n, func(i int) byte { return byte(i * i * 37) }))
		f.Add(text(2, n, func(i int) byte { return byte(i * i * 37) }))
		f.Add(text(2, n, func(i int) byte { return byte(i / 50) }))
		f.Add(text(3, n, func(i int) byte { return byte(i * i * 37) }))
		f.Add(text(3, n, func(i int) byte { return 3 + byte(i%2) }))
		f.Add(text(3, n, func(i int) byte { return 5 + byte(i%3/2) }))
		f.Add(text(3, n, func(i int) byte { return 11 - byte(10*(i%64/63)) }))
		f.Add(text(0, 8*n, func(i int) byte { return byte(i * i * 37) }))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x := decode(data)
		for _, m := range estimator.Methods() {
			for _, class := range []string{"", estimator.Noise, estimator.Walk} {
				holds(t, m, class, x)
			}
		}
	})
}

// H(c·x + b) = H(x), but for rounding: at b = 1000 and c = 1e-12 as at any other.
func TestNoMethodDependsOnScaleOrShift(t *testing.T) {
	t.Parallel()
	x := noise(t, 300, 0.7, 0)
	y := make([]float64, len(x))
	for _, m := range estimator.Methods() {
		want, err := m.New(estimator.Settings{}).Estimate(x)
		require.NoError(t, err, m.Name)
		for _, c := range []float64{1e-12, 1e-6, -1, 1e6, 1e12} {
			for _, b := range []float64{0, 1000} {
				for i, v := range x {
					y[i] = c*v + c*b
				}
				got, err := m.New(estimator.Settings{}).Estimate(y)
				require.NoError(t, err, m.Name)
				require.InDelta(t, want.H, got.H, 2e-5, "%s: c=%v b=%v", m.Name, c, b)
				require.InDelta(t, want.SE, got.SE, 2e-5, "%s: c=%v b=%v", m.Name, c, b)
			}
		}
	}
}

func TestMethodsAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range estimator.Methods() {
		require.Regexp(t, `^[a-z][a-z0-9.-]*$`, m.Name)
		require.False(t, seen[m.Name], "%s twice", m.Name)
		seen[m.Name] = true
		require.NotEmpty(t, m.Title, m.Name)
		require.NotEmpty(t, m.Family, m.Name)
		require.NotEmpty(t, m.Source, m.Name)
		require.Contains(t, []string{estimator.Hurst, estimator.Memory}, m.Estimand, m.Name)
		e, err := m.New(estimator.Settings{}).Estimate(noise(t, 128, 0.6, 1))
		require.NoError(t, err, m.Name)
		require.Equal(t, m.Estimand, e.Estimand, m.Name)
		got, err := estimator.Lookup(m.Name)
		require.NoError(t, err)
		require.Equal(t, m.Title, got.Title)
	}
	_, err := estimator.Lookup("nothing")
	require.ErrorContains(t, err, `there is no estimator "nothing"`)
}
