package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// patterns are float32 values of all signs, exponents and many mantissas, and the special ones.
func patterns() []float32 {
	inf := float32(math.Inf(1))
	all := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), 1, -1, math.SmallestNonzeroFloat32,
		-math.SmallestNonzeroFloat32, math.MaxFloat32, -math.MaxFloat32, 88.7228, 88.7229, -87.3365, -103.2789, -103.9721, -103.9723, -104, 9, -9, 10, -10}
	for bits := uint64(0); bits < 1<<32; bits += 40961 {
		all = append(all, math.Float32frombits(uint32(bits)))
	}
	for i := range 40000 { // the range that matters most
		all = append(all, float32(i-20000)/1500)
	}
	return all
}

// TestFunctions compares with math's functions on float64. The error is relative, or half a step of
// the denormal numbers where these come in.
func TestFunctions(t *testing.T) {
	t.Parallel()
	rounded := func(x float32) float64 { return float64(max(0, x) + float32(logOffset)) }
	for _, c := range []struct {
		name      string
		run       func(s Set, dst, x []float32)
		exact     func(x float32) float64
		tolerance func(x float64) float64 // relative
	}{
		{"Exp", Set.Exp, func(x float32) float64 { return math.Exp(float64(x)) }, flat(2e-7)},
		{"Sigmoid", Set.Sigmoid, func(x float32) float64 { return logistic(float64(x)) }, flat(3e-7)},
		{"Tanh", Set.Tanh, func(x float32) float64 { return math.Tanh(float64(x)) }, flat(4e-7)},
		{"Log", Set.Log, func(x float32) float64 { return math.Log(rounded(x)) }, flat(3e-7)},
		{"ReLU", Set.ReLU, func(x float32) float64 { return max(0, float64(x)) }, flat(0)},
		{"Square", Set.Square, func(x float32) float64 { return float64(x) * float64(x) }, flat(6e-8)},
		// The exponent is rounded, so that the error grows with it.
		{"GELU", Set.GELU, func(x float32) float64 {
			return float64(x) * logistic(float64(x)*(geluA+geluB*float64(x)*float64(x)))
		}, func(x float64) float64 { return 4e-7 + 2e-7*math.Abs(min(0, x)*(geluA+geluB*x*x)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := patterns()
			var vector []float32
			for _, s := range paths(t) {
				got := make([]float32, len(x))
				c.run(s, got, x)
				worst := 0.0
				for i, v := range got {
					want := c.exact(x[i])
					worst = max(worst, compare(t, s, c.name, x[i], v, want, c.tolerance(float64(x[i]))))
				}
				t.Logf("%s: greatest relative error %.2g", s.Path(), worst)
				if s.Path() == Portable {
					continue
				}
				if vector == nil {
					vector = got
				}
				for i := range got {
					if math.Float32bits(got[i]) != math.Float32bits(vector[i]) {
						t.Fatalf("%s(%v): AVX2 gives %x, AVX-512 %x", c.name, x[i], math.Float32bits(vector[i]), math.Float32bits(got[i]))
					}
				}
			}
		})
	}
}

func flat(tolerance float64) func(float64) float64 { return func(float64) float64 { return tolerance } }

// compare fails if v is not want, rounded to float32, and returns the relative error where numbers are
// normal.
func compare(t *testing.T, s Set, name string, x, v float32, want, tolerance float64) float64 {
	t.Helper()
	const smallest, normal = 1.401298464324817e-45, 1.1754943508222875e-38
	rounded := float64(float32(want))
	switch {
	case math.IsNaN(want) || math.IsInf(rounded, 0):
		if got := float64(v); !(math.IsNaN(want) && math.IsNaN(got)) && got != rounded && !(math.Abs(got) > 3.402823e38) {
			t.Fatalf("%s: %s(%v) = %v, want %v", s.Path(), name, x, v, want)
		}
		return 0
	case math.Abs(float64(v)-want) > tolerance*math.Abs(want)+0.51*smallest*steps(name, x) && float64(v) != rounded:
		t.Fatalf("%s: %s(%v) = %v, want %v", s.Path(), name, x, v, want)
	}
	if math.Abs(want) < normal {
		return 0
	}
	return math.Abs(float64(v)-want) / math.Abs(want)
}

// steps is how many times the rounding of a denormal number counts: GELU multiplies one by x.
func steps(name string, x float32) float64 {
	if name == "GELU" {
		return 1 + math.Abs(float64(x))
	}
	return 1
}

func TestGELUBackFarOut(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	for _, s := range paths(t) {
		x := []float32{-inf, -1e30, -11, 11, 1e30, inf, float32(math.NaN())}
		d := []float32{1, 1, 1, 1, 1, 1, 1}
		s.GELUBack(d, x)
		for i, want := range []float64{0, 0, 0, 1, 1, 1} {
			require.InDelta(t, want, float64(d[i]), 1e-7, "%s at %v", s.Path(), x[i])
		}
		require.True(t, math.IsNaN(float64(d[6])))
	}
}
