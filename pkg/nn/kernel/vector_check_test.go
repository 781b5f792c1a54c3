package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// trial is a kernel with its definition in float64: both read and write the same slices.
type trial struct {
	name  string
	sizes func(rows, C int) []int
	run   func(s Set, x [][]float32, rows, C int)
	exact func(x [][]float64, rows, C int)
	// tolerance is relative to 1 + |value|, for inputs of about 1; see each table for why.
	tolerance float64
	positive  []int // slices whose values are positive
	inside    []int // slices whose values lie between 0 and 1
}

// each value of n slices, in rows of C.
func whole(n int) func(rows, C int) []int {
	return func(rows, C int) []int {
		sizes := make([]int, n)
		for i := range sizes {
			sizes[i] = rows * C
		}
		return sizes
	}
}

// rowsAnd gives n slices of rows and m of one value for each channel.
func rowsAnd(n, m int) func(rows, C int) []int {
	return func(rows, C int) []int {
		sizes := whole(n)(rows, C)
		for range m {
			sizes = append(sizes, C)
		}
		return sizes
	}
}

// guard is a NaN that no arithmetic makes: it surrounds slices, so that a kernel that reads beyond
// one gives NaN, and one that writes there is found out.
const (
	guard = 0x7fabcdef
	fence = 40
)

func (k trial) inputs(rng *rand.Rand, rows, C int) [][]float32 {
	var all [][]float32
	for i, n := range k.sizes(rows, C) {
		x := make([]float32, n+2*fence)
		for j := range x {
			x[j] = math.Float32frombits(guard)
		}
		for j := range n {
			v := rng.NormFloat64()
			for _, p := range k.positive {
				if p == i {
					v = math.Abs(v) + 0.1
				}
			}
			for _, p := range k.inside {
				if p == i {
					v = rng.Float64()
				}
			}
			x[fence+j] = float32(v)
		}
		all = append(all, x)
	}
	return all
}

// check runs the kernel on every path, compares it with its definition, and the vector paths with
// one another, bit for bit.
func (k trial) check(t *testing.T, rng *rand.Rand, rows, C int) {
	t.Helper()
	in := k.inputs(rng, rows, C)
	want := make([][]float64, len(in))
	for i, x := range in {
		for _, v := range x[fence : len(x)-fence] {
			want[i] = append(want[i], float64(v))
		}
	}
	k.exact(want, rows, C)
	var vector [][]float32
	for _, s := range paths(t) {
		got, inner := k.apply(s, in, rows, C)
		where := fmt.Sprintf("%s %s %d×%d", k.name, s.Path(), rows, C)
		for i, x := range got {
			for j := range fence {
				if math.Float32bits(x[j]) != guard || math.Float32bits(x[len(x)-1-j]) != guard {
					t.Fatalf("%s: written beyond slice %d", where, i)
				}
			}
			for j, v := range inner[i] {
				if e := math.Abs(float64(v) - want[i][j]); !(e <= k.tolerance*(1+math.Abs(want[i][j]))) {
					require.InDelta(t, want[i][j], float64(v), k.tolerance*(1+math.Abs(want[i][j])), "%s: slice %d, value %d", where, i, j)
				}
			}
		}
		if s.Path() == Portable {
			continue
		}
		if vector == nil {
			vector = inner
			continue
		}
		for i := range inner {
			for j, v := range inner[i] {
				if math.Float32bits(vector[i][j]) != math.Float32bits(v) {
					require.Equal(t, vector[i][j], v, "%s: slice %d, value %d: AVX2 and AVX-512", where, i, j)
				}
			}
		}
	}
}

func (k trial) apply(s Set, in [][]float32, rows, C int) (got, inner [][]float32) {
	for _, x := range in {
		x = append([]float32(nil), x...)
		got = append(got, x)
		inner = append(inner, x[fence:len(x)-fence:len(x)-fence])
	}
	k.run(s, inner, rows, C)
	return got, inner
}

func checkAll(t *testing.T, trials []trial, seed uint64) {
	t.Helper()
	for _, k := range trials {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 1))
			for C := 1; C <= 70; C++ {
				k.check(t, rng, C%8, C)
			}
			for _, C := range []int{1, 16, 32, 64, 100, 128} {
				k.check(t, rng, 33+rng.IntN(4), C)
			}
		})
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func bool01(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
