package mixture

import (
	"math"

	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// bands is a periodogram's frequencies in bands: the lowest 512 by themselves, the higher ones in
// bands of 1/128 of their frequency, in which densities hardly change. So a likelihood costs the same
// for all long series.
type bands struct {
	n    int
	from []int // the first frequency of a band, k = 1 … n/2; one more at the end
}

func newBands(n int) *bands {
	const single, width = 512, 128
	b := &bands{n: n}
	for k := 1; k <= n/2; {
		b.from = append(b.from, k)
		if k <= single {
			k++
		} else {
			k += k / width
		}
	}
	b.from = append(b.from, n/2+1)
	return b
}

func (b *bands) len() int { return len(b.from) - 1 }

// sums writes to dst what each band contributes to x'y, in single precision, given the coefficients of
// x and y.
func (b *bands) sums(dst []float64, x, y []complex128) {
	for i := range dst {
		sum := 0.0
		for k := b.from[i]; k < b.from[i+1]; k++ {
			p := real(x[k])*real(y[k]) + imag(x[k])*imag(y[k])
			if 2*k == b.n {
				p /= 2
			}
			sum += p
		}
		dst[i] = float64(float32(sum * 2 / float64(b.n)))
	}
}

// means returns the mean of 1/f in each band, rounded to single precision, given 1/f at 2πk/n.
func (b *bands) means(inverse []float64) []float64 {
	out := make([]float64, b.len())
	for i := range out {
		for k := b.from[i]; k < b.from[i+1]; k++ {
			out[i] += inverse[k]
		}
		out[i] = float64(float32(out[i] / float64(b.from[i+1]-b.from[i])))
	}
	return out
}

// family is a set of densities with their likelihoods: those of a series of which the mean is not
// known, the scale is integrated out, and the periodogram is all that counts.
type family struct {
	set  kernel.Set
	half float64     // how many values there are, by two
	rows [][]float64 // 1/f by band
	logs []float64   // Σ log f
}

// add appends a density, which it changes. The lowest frequencies, skip of them, are left out.
func (f *family) add(b *bands, density []float64, skip int) {
	for k := 1; k <= skip; k++ {
		density[k] = 1
	}
	f.logs = append(f.logs, invert(density, b.n))
	for k := 1; k <= skip; k++ {
		density[k] = 0
	}
	f.rows = append(f.rows, b.means(density))
	f.half = float64(b.n-1)/2 - float64(skip)
}

// read writes the log likelihood of each density, given the sums over bands.
func (f *family) read(dst, sums []float64) {
	for i, row := range f.rows {
		dst[i] = -f.logs[i]/2 - f.half*math.Log(max(f.set.DotDouble(sums, row), 1e-300))
	}
}

// sweep is a family of two parameters, H and another, that is averaged over.
type sweep struct {
	family
	places int         // nodes of the other parameter
	matrix []float32   // from nodes of the other to finer ones
	finer  int         // how many
	prior  [][]float32 // by part, the logarithms of weights of the finer ones; -Inf: not in that part
	levels []float64   // H by other
	coarse []float32
	dense  []float32
	terms  []float32
	at     []float64 // finer values of the other
}

// newSweep returns a sweep for values of the other parameter, evenly spaced on the scale of u from lo
// to hi, with each step divided by so many.
func newSweep(places, divided int, b *bands, density func(f []float64, h, u float64), lo, hi float64) *sweep {
	s := &sweep{places: places, finer: (places-1)*divided + 1}
	s.set = kernel.Best()
	f := make([]float64, b.n/2+1)
	for _, h := range Nodes() {
		for i := range places {
			density(f, h, lo+(hi-lo)*float64(i)/float64(places-1))
			s.add(b, f, 0)
		}
	}
	s.matrix = single(interpolation(even(0, 1, places), even(0, 1/float64(divided), s.finer)))
	for i := range s.finer {
		s.at = append(s.at, lo+(hi-lo)*float64(i)/float64(s.finer-1))
	}
	s.levels, s.coarse = make([]float64, nodes*places), make([]float32, nodes*places)
	s.dense, s.terms = make([]float32, nodes*s.finer), make([]float32, s.finer)
	return s
}

// part adds a part of the finer values, from lo to hi, with the weights of a density.
func (s *sweep) part(lo, hi float64, weight func(u float64) float64) {
	logs, total := make([]float32, s.finer), 0.0
	for _, u := range s.at {
		if u >= lo-1e-9 && u <= hi+1e-9 {
			total += weight(u)
		}
	}
	for i, u := range s.at {
		logs[i] = float32(math.Inf(-1))
		if u >= lo-1e-9 && u <= hi+1e-9 {
			logs[i] = float32(math.Log(weight(u) / total))
		}
	}
	s.prior = append(s.prior, logs)
}

// load computes the likelihoods at the finer places, given the sums over bands, and returns their
// largest, which is left out of dense.
func (s *sweep) load(sums []float64) (top float64) {
	s.family.read(s.levels, sums)
	top = highest(s.levels)
	for i, v := range s.levels {
		s.coarse[i] = float32(v - top)
	}
	s.set.MatMul(&kernel.MatMul{
		M: nodes, N: s.finer, K: s.places, A: s.coarse, ARow: s.places, ACol: 1,
		B: s.matrix, BRow: s.finer, C: s.dense, CRow: s.finer,
	})
	return top
}

// average writes the logarithm of the mean likelihood over a part of the other parameter, by H.
func (s *sweep) average(dst []float64, part int, top float64) {
	for g := range dst {
		row := s.dense[g*s.finer : (g+1)*s.finer]
		peak := float32(math.Inf(-1))
		for i, v := range row {
			s.terms[i] = v + s.prior[part][i]
			peak = max(peak, s.terms[i])
		}
		for i := range s.terms {
			s.terms[i] = max(s.terms[i]-peak, -80)
		}
		s.set.Exp(s.terms, s.terms)
		dst[g] = top + float64(peak) + math.Log(float64(s.set.Sum(s.terms)))
	}
}

// best returns the value of the other parameter where the likelihood is largest.
func (s *sweep) best() float64 {
	at := 0
	for i, v := range s.dense {
		if v > s.dense[at] {
			at = i
		}
	}
	return s.at[at%s.finer]
}
