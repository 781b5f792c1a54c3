package fft_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/dsp/fourier"

	"github.com/longmemory/hurst/pkg/fft"
)

func naive(x []complex128, sign float64) []complex128 {
	n := len(x)
	out := make([]complex128, n)
	for j := range out {
		for t, v := range x {
			s, c := math.Sincos(sign * 2 * math.Pi * float64(j*t%n) / float64(n))
			out[j] += v * complex(c, s)
		}
	}
	return out
}

func random(n int) []complex128 {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	x := make([]complex128, n)
	for i := range x {
		x[i] = complex(rng.NormFloat64(), rng.NormFloat64())
	}
	return x
}

func distance(a, b []complex128) float64 {
	var d, s float64
	for i := range a {
		d = max(d, cmplx.Abs(a[i]-b[i]))
		s = max(s, cmplx.Abs(b[i]))
	}
	return d / max(s, 1e-300)
}

func lengths() []int {
	var ns []int
	for n := 1; n <= 130; n++ {
		ns = append(ns, n)
	}
	return append(ns, 243, 250, 256, 500, 625, 663, 997, 1000, 1009, 1024, 1023, 1458, 2048)
}

func TestComplexMatchesNaiveTransform(t *testing.T) {
	t.Parallel()
	for _, n := range lengths() {
		x := random(n)
		p := fft.NewComplex(n)
		require.Less(t, distance(p.Forward(nil, x), naive(x, -1)), 1e-13, "forward n=%d", n)
		require.Less(t, distance(p.Inverse(nil, x), naive(x, 1)), 1e-13, "inverse n=%d", n)
		inPlace := append([]complex128(nil), x...)
		p.Forward(inPlace, inPlace)
		require.Equal(t, p.Forward(nil, x), inPlace, "in place n=%d", n)
	}
}

func TestRealMatchesNaiveTransform(t *testing.T) {
	t.Parallel()
	for _, n := range lengths() {
		z := random(n)
		x := make([]float64, n)
		for i := range x {
			x[i] = real(z[i])
			z[i] = complex(x[i], 0)
		}
		p := fft.NewReal(n)
		c := p.Coefficients(nil, x)
		require.Less(t, distance(c, naive(z, -1)[:n/2+1]), 1e-13, "n=%d", n)
		for i, v := range p.Sequence(nil, c) {
			require.InDelta(t, x[i], v/float64(n), 1e-12, "n=%d", n)
		}
	}
}

// A large prime, at some of its frequencies: all would take a while.
func TestLargePrimeMatchesNaiveTransform(t *testing.T) {
	t.Parallel()
	const n = 9973
	x := random(n)
	got := fft.NewComplex(n).Forward(nil, x)
	for j := 3; j < n; j += 331 {
		var want complex128
		for i, v := range x {
			s, c := math.Sincos(-2 * math.Pi * float64(j*i%n) / n)
			want += v * complex(c, s)
		}
		require.Less(t, cmplx.Abs(got[j]-want), 1e-13*math.Sqrt(n), "j=%d", j)
	}
}

// gonum.org/v1/gonum v0.17.0, dsp/fourier. Not at large primes, where gonum's recurrence for the
// twiddle factors is off by 6e-10 at 9973.
func TestRealMatchesGonum(t *testing.T) {
	t.Parallel()
	for _, n := range []int{64, 500, 1023, 4096, 10000, 30000} {
		rng := rand.New(rand.NewPCG(uint64(n), 2))
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		want := fourier.NewFFT(n).Coefficients(nil, x)
		require.Less(t, distance(fft.NewReal(n).Coefficients(nil, x), want), 1e-10, "n=%d", n)
	}
}

func TestSmooth(t *testing.T) {
	t.Parallel()
	for n := 1; n < 3000; n++ {
		m := n
		for ; ; m++ {
			r := m
			for _, f := range []int{2, 3, 5} {
				for r%f == 0 {
					r /= f
				}
			}
			if r == 1 {
				break
			}
		}
		require.Equal(t, m, fft.Smooth(n), "n=%d", n)
	}
}

func TestTransformsAllocateNothing(t *testing.T) {
	for _, n := range []int{23, 1000, 997, 999, 1021 * 2, 103 * 107} { // one for each way
		p, x, c := fft.NewReal(n), make([]float64, n), make([]complex128, n/2+1)
		require.Zero(t, testing.AllocsPerRun(5, func() { p.Coefficients(c, x); p.Sequence(x, c) }), "n=%d", n)
		q, z := fft.NewComplex(n), make([]complex128, n)
		require.Zero(t, testing.AllocsPerRun(5, func() { q.Forward(z, z); q.Inverse(z, z) }), "n=%d", n)
		e, s := fft.NewEven(n-1), make([]float64, n)
		require.Zero(t, testing.AllocsPerRun(5, func() { e.Spectrum(s, s) }), "m=%d", n-1)
	}
}

// A source is left as it was: callers keep series and spectra for later.
func TestSourcesAreKept(t *testing.T) {
	t.Parallel()
	for _, n := range lengths() {
		z := random(n)
		x := make([]float64, n)
		for i := range x {
			x[i] = real(z[i])
		}
		c, keptX, keptC := z[:n/2+1], append([]float64(nil), x...), append([]complex128(nil), z...)
		p := fft.NewReal(n)
		first := p.Coefficients(nil, x)
		require.Equal(t, keptX, x, "n=%d", n)
		p.Sequence(nil, c)
		require.Equal(t, keptC, z, "n=%d", n)
		fft.NewComplex(n).Inverse(nil, z)
		require.Equal(t, keptC, z, "n=%d", n)
		require.Equal(t, first, p.Coefficients(nil, x), "the same bits again, n=%d", n)
	}
}

func TestWrongLengthPanics(t *testing.T) {
	t.Parallel()
	require.Panics(t, func() { fft.NewReal(0) })
	require.Panics(t, func() { fft.NewReal(8).Coefficients(nil, make([]float64, 7)) })
	require.Panics(t, func() { fft.NewComplex(8).Forward(make([]complex128, 7), make([]complex128, 8)) })
}

// FuzzReal holds that no values make a transform panic or hang, and that finite ones of moderate
// size come back.
func FuzzReal(f *testing.F) {
	f.Add([]byte{})
	for _, values := range [][]float64{
		{0}, {math.NaN(), 1}, {math.Inf(1), math.Inf(-1), 0}, {1e308, 1e308, 1e308, 1e308},
		{5e-324, 0, 5e-324, 1e-310, 3}, {1, 2, 3, 4, 5, 6, 7}, make([]float64, 64),
	} {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, moderate := []float64{}, true
		for ; len(b) >= 8 && len(x) < 512; b = b[8:] {
			v := math.Float64frombits(binary.LittleEndian.Uint64(b))
			moderate = moderate && math.Abs(v) < 1e300
			x = append(x, v)
		}
		if len(x) == 0 {
			return
		}
		p, size := fft.NewReal(len(x)), 0.0
		for i, v := range p.Sequence(nil, p.Coefficients(nil, x)) {
			size = max(size, math.Abs(x[i]))
			if moderate && i == len(x)-1 {
				require.InDelta(t, x[i], v/float64(len(x)), 1e-13*size*math.Sqrt(float64(len(x)))+1e-300)
			}
		}
	})
}

func BenchmarkRealCoefficients(b *testing.B) {
	for _, n := range []int{500, 1024, 2048, 8192, 9973, 9999, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			p, x, c := fft.NewReal(n), ramp(n), make([]complex128, n/2+1)
			b.ReportAllocs()
			for b.Loop() {
				p.Coefficients(c, x)
			}
		})
	}
}

func BenchmarkRealSequence(b *testing.B) {
	for _, n := range []int{500, 1024, 2048, 9973} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			p, x := fft.NewReal(n), ramp(n)
			c := p.Coefficients(nil, x)
			b.ReportAllocs()
			for b.Loop() {
				p.Sequence(x, c)
			}
		})
	}
}

func ramp(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i % 7)
	}
	return x
}
