package gram_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/gram"
)

func normals(seed uint64, n int) []float32 {
	rng, x := rand.New(rand.NewPCG(seed, 1)), make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

func functions() []gram.Function {
	return []gram.Function{
		{Kernel: gram.RBF, Gamma: 0.1, Degree: 1},
		{Kernel: gram.Linear, Gamma: 1, Degree: 1},
		{Kernel: gram.Polynomial, Gamma: 0.2, Coef0: 0.5, Degree: 1},
		{Kernel: gram.Polynomial, Gamma: 0.2, Coef0: -0.5, Degree: 4},
		{Kernel: gram.Sigmoid, Gamma: 0.05, Coef0: -1, Degree: 1},
	}
}

// definition is a kernel as its formula says, in double precision.
func definition(f gram.Function, x, z []float32) float64 {
	dot, distance := 0.0, 0.0
	for j, v := range x {
		dot += float64(v) * float64(z[j])
		distance += (float64(v) - float64(z[j])) * (float64(v) - float64(z[j]))
	}
	switch f.Kernel {
	case gram.RBF:
		return math.Exp(-f.Gamma * distance)
	case gram.Polynomial:
		return math.Pow(f.Gamma*dot+f.Coef0, float64(f.Degree))
	case gram.Sigmoid:
		return math.Tanh(f.Gamma*dot + f.Coef0)
	}
	return dot
}

func values(r *gram.Rows, x []float32, m, d int) []float32 {
	queries, out := make([]float32, m*r.Width()), make([]float32, m*r.Len())
	for i := range m {
		r.Query(queries[i*r.Width():][:r.Width()], x[i*d:][:d])
	}
	r.Values(out, queries, m)
	return out
}

// Single precision: sums of ten products of size 1 lose some 1e-6, which a fourth power multiplies.
func TestValuesFollowTheirDefinition(t *testing.T) {
	t.Parallel()
	const n, m, d = 67, 9, 10
	x, z := normals(1, n*d), normals(2, m*d)
	for _, f := range functions() {
		require.NoError(t, f.Check())
		r := gram.NewRows(f, x, n, d)
		got := values(r, z, m, d)
		for i := range m {
			for j := range n {
				want := definition(f, z[i*d:][:d], x[j*d:][:d])
				require.InDelta(t, want, got[i*n+j], 3e-6*max(1, math.Abs(want)), "%s: %d, %d", f.Kernel, i, j)
			}
		}
		for j := range n {
			want := definition(f, x[j*d:][:d], x[j*d:][:d])
			require.InDelta(t, want, r.Self(j), 3e-6*max(1, math.Abs(want)), f.Kernel)
		}
	}
}

// Fits that leave rows out, and predictions in batches, rely on it.
func TestBitsDoNotDependOnWhatIsBeside(t *testing.T) {
	t.Parallel()
	const n, m, d = 133, 7, 5
	x, z := normals(3, n*d), normals(4, m*d)
	for _, f := range functions() {
		r := gram.NewRows(f, x, n, d)
		all := values(r, z, m, d)
		for i := range m {
			require.Equal(t, all[i*n:][:n], values(r, z[i*d:], 1, d), f.Kernel)
		}
		picked := []int32{0, 3, 4, 64, 65, 70, 132}
		some := values(r.Pick(picked), z, m, d)
		for i := range m {
			for k, j := range picked {
				require.Equal(t, all[i*n+int(j)], some[i*len(picked)+k], f.Kernel)
			}
		}
	}
}

func TestRowsAreKept(t *testing.T) {
	t.Parallel()
	r := gram.NewRows(functions()[0], []float32{1, 2, 3, 4, 5, 6}, 3, 2)
	row := make([]float32, 2)
	r.Row(row, 1)
	require.Equal(t, []float32{3, 4}, row)
	r.Pick([]int32{2, 0}).Row(row, 0)
	require.Equal(t, []float32{5, 6}, row)
	require.Equal(t, 61.0, r.LargestSquare())
	require.Equal(t, 3, r.Len())
	require.Equal(t, functions()[0], r.Function())
	none := gram.NewRows(functions()[0], nil, 0, 2)
	require.Empty(t, values(none, row, 1, 2))
	require.Zero(t, none.LargestSquare())
}

func TestValuesTakeNoMemory(t *testing.T) {
	x := normals(1, 500)
	for _, f := range functions() {
		r := gram.NewRows(f, x, 100, 5)
		query, out := make([]float32, 6), make([]float32, 100)
		require.Zero(t, testing.AllocsPerRun(5, func() {
			r.Query(query, x[:5])
			r.Values(out, query, 1)
		}))
	}
}

func TestStandardise(t *testing.T) {
	t.Parallel()
	x := []float64{1e6, 7, 1e6 + 2, 7, 1e6 + 4, 7}
	mean, scale, err := gram.Moments(x, 3, 2)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{1e6 + 2, 7}, mean, 1e-9)
	require.InDeltaSlice(t, []float64{math.Sqrt(8.0 / 3), 1}, scale, 1e-9)
	z := make([]float32, 4)
	gram.Standardise(z, []float64{math.Inf(1), math.NaN(), -1e300, 8}, mean, scale)
	require.InDeltaSlice(t, []float32{10, 0, -10, 1}, z, 1e-6)
	_, _, err = gram.Moments([]float64{0, 0, 0, math.NaN()}, 2, 2)
	require.ErrorContains(t, err, "input 1 of row 1 is NaN")
}

func TestBadFunctionsAreNamed(t *testing.T) {
	t.Parallel()
	good := functions()[3]
	for text, change := range map[string]func(*gram.Function){
		"kernel: \"cosine\"":   func(f *gram.Function) { f.Kernel = "cosine" },
		"gamma: 0: want":       func(f *gram.Function) { f.Gamma = 0 },
		"coef0: NaN: want":     func(f *gram.Function) { f.Coef0 = math.NaN() },
		"degree: 11: want 1 t": func(f *gram.Function) { f.Degree = 11 },
	} {
		f := good
		change(&f)
		require.ErrorContains(t, f.Check(), text)
	}
	require.NoError(t, good.CheckRange(7000))
	require.ErrorContains(t, good.CheckRange(1e5), "reach 1.6e+17")
	require.ErrorContains(t, gram.Function{Kernel: gram.RBF, Gamma: 1e30}.CheckRange(1), "a smaller gamma")
	require.Panics(t, func() { gram.NewRows(good, nil, 1, 1) })
	require.Panics(t, func() { gram.NewRows(good, nil, 0, 1).Query(nil, nil) })
	require.Panics(t, func() { gram.Standardise(nil, nil, nil, nil) })
}

func BenchmarkValues(b *testing.B) {
	const n, d = 2000, 70
	x := normals(1, n*d)
	for _, m := range []int{1, 64} {
		for _, f := range functions() {
			b.Run(fmt.Sprintf("%s/degree=%d/queries=%d/rows=%d/inputs=%d", f.Kernel, f.Degree, m, n, d), func(b *testing.B) {
				r := gram.NewRows(f, x, n, d)
				queries, out := make([]float32, m*r.Width()), make([]float32, m*n)
				for i := range m {
					r.Query(queries[i*r.Width():][:r.Width()], x[i*d:][:d])
				}
				for b.Loop() {
					r.Values(out, queries, m)
				}
				b.ReportMetric(float64(m)*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gvalues/s")
			})
		}
	}
}
