package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// scoresCase returns a problem whose slices have junk where nothing is to be read or kept.
func scoresCase(M, N, K int, size float64) Scores {
	rng := rand.New(rand.NewPCG(uint64(M), uint64(N*1000+K)))
	fill := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(size * rng.NormFloat64())
		}
		return x
	}
	p := Scores{
		M: M, N: N, K: K, ARow: K + 3, BRow: (N+15)&^15 + 16, CRow: (N+15)&^15 + 16, Scale: 0.3,
		Top: make([]float32, M), Sum: make([]float32, M),
	}
	p.A, p.B, p.C = fill(M*p.ARow), fill(K*p.BRow), fill(M*p.CRow)
	return p
}

// sets returns the implementations that this processor has.
func scoresSets() (all []Set) {
	for p := Portable; p <= Best().path; p++ {
		all = append(all, Set{p})
	}
	return all
}

// scoresExactly computes in double precision.
func scoresExactly(p *Scores) (c [][]float64, top, sum []float64) {
	for i := range p.M {
		row, most, total := make([]float64, p.N), math.Inf(-1), 0.0
		for j := range row {
			for k := range p.K {
				row[j] += float64(p.A[i*p.ARow+k]) * float64(p.B[k*p.BRow+j])
			}
			most = max(most, row[j])
		}
		for j := range row {
			row[j] = math.Exp(float64(p.Scale) * (row[j] - most))
			total += row[j]
		}
		c, top, sum = append(c, row), append(top, most), append(sum, total)
	}
	return c, top, sum
}

// TestScores compares with double precision. A score of up to 100 times 2⁻²⁴, and K roundings before,
// is what an exponential is off by, relatively: 3e-5 allows for it.
func TestScores(t *testing.T) {
	t.Parallel()
	for _, M := range []int{1, 3, 4, 8, 13} {
		for _, N := range []int{1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 65, 70, 500} {
			for _, K := range []int{1, 7, 16} {
				for _, s := range scoresSets() {
					p := scoresCase(M, N, K, 2)
					testScores(t, s, &p, fmt.Sprintf("%s %d×%d×%d", s.Path(), M, N, K))
				}
			}
		}
	}
}

func testScores(t *testing.T, s Set, p *Scores, name string) {
	want, top, sum := scoresExactly(p)
	before := append([]float32(nil), p.C...)
	s.Scores(p)
	logs := make([]float32, p.M)
	for i := range p.M {
		require.InDelta(t, top[i], p.Top[i], 3e-5, name)
		require.InEpsilon(t, sum[i], p.Sum[i], 3e-5, name)
		for j, v := range want[i] {
			require.InDelta(t, v, p.C[i*p.CRow+j], 3e-5*v+1e-37, "%s: row %d, column %d", name, i, j)
		}
		require.Equal(t, make([]float32, p.room()-p.N), p.C[i*p.CRow+p.N:][:p.room()-p.N], name)
		behind := i*p.CRow + p.room()
		require.Equal(t, before[behind:(i+1)*p.CRow], p.C[behind:(i+1)*p.CRow], name)
		logs[i] = p.Scale*p.Top[i] + float32(math.Log(float64(p.Sum[i])))
	}
	p.Logs, p.Top, p.Sum = logs, nil, nil
	s.Scores(p)
	for i := range p.M {
		for j, v := range want[i] {
			require.InDelta(t, v/sum[i], p.C[i*p.CRow+j], 3e-5*v/sum[i]+1e-37, "%s again: row %d, column %d", name, i, j)
		}
		require.Equal(t, make([]float32, p.room()-p.N), p.C[i*p.CRow+p.N:][:p.room()-p.N], name)
	}
}

// TestScoresPaths: AVX2 and AVX-512 give the same bits, of numbers that are not finite as well.
func TestScoresPaths(t *testing.T) {
	t.Parallel()
	if Best().path < AVX512 {
		t.Skip("this needs a processor with AVX-512")
	}
	bits := func(x []float32) (all []uint32) {
		for _, v := range x {
			if v != v {
				v = 0.5 // there is one NaN
			}
			all = append(all, math.Float32bits(v))
		}
		return all
	}
	for _, size := range []float64{0.1, 3, 30, 1e18} {
		for N := 1; N < 90; N++ {
			a := scoresCase(N%11+1, N, N%5+1, size)
			b := scoresCase(N%11+1, N, N%5+1, size)
			Set{AVX2}.Scores(&a)
			Set{AVX512}.Scores(&b)
			require.Equal(t, bits(a.C), bits(b.C))
			require.Equal(t, bits(a.Top), bits(b.Top))
			require.Equal(t, bits(a.Sum), bits(b.Sum))
			a.Logs, b.Logs = a.Top, b.Top
			Set{AVX2}.Scores(&a)
			Set{AVX512}.Scores(&b)
			require.Equal(t, bits(a.C), bits(b.C))
		}
	}
}

// TestScoresFar: scores that differ by thousands give one probability of 1 and zeros, and a NaN is not
// hidden.
func TestScoresFar(t *testing.T) {
	t.Parallel()
	for _, s := range scoresSets() {
		p := scoresCase(9, 40, 2, 200)
		s.Scores(&p)
		want, _, _ := scoresExactly(&p)
		for i := range p.M {
			require.GreaterOrEqual(t, p.Sum[i], float32(0.999))
			for j, v := range want[i] {
				require.InDelta(t, v, p.C[i*p.CRow+j], 1e-2, s.Path())
			}
		}
		p = scoresCase(9, 40, 2, 1)
		p.A[3*p.ARow+1] = float32(math.NaN())
		s.Scores(&p)
		require.True(t, math.IsNaN(float64(p.Sum[3])), s.Path())
		require.False(t, math.IsNaN(float64(p.Sum[2])), s.Path())
	}
}

func TestScoresRefuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Scores){
		"A": func(p *Scores) { p.A = p.A[:p.ARow] }, "B": func(p *Scores) { p.B = p.B[:10] },
		"C": func(p *Scores) { p.C = p.C[:20] }, "Top": func(p *Scores) { p.Top = nil },
		"Sum": func(p *Scores) { p.Sum = p.Sum[:1] }, "Logs": func(p *Scores) { p.Logs = p.Sum[:1] },
		"K": func(p *Scores) { p.K = 0 },
	} {
		p := scoresCase(3, 20, 4, 1)
		spoil(&p)
		require.PanicsWithValue(t, "kernel: Scores: a slice is too short", func() { Best().Scores(&p) }, name)
	}
	p := scoresCase(0, 20, 4, 1)
	Best().Scores(&p)
}

func BenchmarkScores(b *testing.B) {
	for _, s := range scoresSets() {
		for _, again := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/64x500x16/again=%v", s.Path(), again), func(b *testing.B) {
				p := scoresCase(64, 500, 16, 1)
				if again {
					p.Logs = make([]float32, 64)
				}
				for b.Loop() {
					s.Scores(&p)
				}
				b.ReportMetric(64*500*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gexp/s")
			})
		}
	}
}
