package feature

import "math"

// haar writes the logarithm of the variance of Haar's wavelet coefficients at the scales 1, 2, 4 …, taken
// at every position, and returns the rest of dst. It grows by (2H-1)·log 2 an octave.
func (s *scales) haar(dst []float64) []float64 {
	slope := 0.0
	for j := range scaleOctaves {
		w := 1 << j
		predicted := 0.0
		if j > 0 {
			predicted = dst[j-1] + slope
		}
		dst[j] = predicted
		if 2*w > s.n {
			continue
		}
		a := s.sums[:s.n+1-2*w]
		m, b := s.sums[w:][:len(a)], s.sums[2*w:][:len(a)]
		sum := 0.0
		for i, v := range a {
			d := v - 2*m[i] + b[i]
			sum += d * d
		}
		// Neighbours overlap: so many independent coefficients tell as much about white noise's variance.
		count := float64(len(a)) / (2*float64(w)/3 + 5/(6*float64(w)))
		dst[j] = logPower(sum/float64(len(a))/float64(2*w), count)
		if j > 0 {
			dst[j] = shrink(dst[j], predicted, count/8)
			slope += (dst[j] - dst[j-1] - slope) / float64(j)
		}
	}
	return dst[scaleOctaves:]
}

// daubechies writes the logarithm of the variance of the wavelet coefficients of an orthonormal
// transform with three vanishing moments (I. Daubechies, Ten lectures on wavelets, SIAM 1992, table
// 6.1), those that the ends touch left out, and returns the rest of dst. No quadratic trend changes
// it. It grows by (2H-1)·log 2 an octave.
func (s *scales) daubechies(dst, z []float64) []float64 {
	const (
		h0, h1, h2 = 0.3326705529509569, 0.8068915093133388, 0.4598775021193313
		h3, h4, h5 = -0.13501102001039084, -0.08544127388224149, 0.035226291882100656
	)
	a := s.db[:copy(s.db, z)]
	slope := 0.0
	for j := range dbOctaves {
		count := (len(a) - 4) / 2
		predicted := 0.0
		if j > 0 {
			predicted = dst[j-1] + slope
		}
		dst[j] = predicted
		if count < 1 {
			continue
		}
		sum := 0.0
		for i := range count {
			x := a[2*i : 2*i+6]
			d := h5*x[0] - h4*x[1] + h3*x[2] - h2*x[3] + h1*x[4] - h0*x[5]
			a[i] = h0*x[0] + h1*x[1] + h2*x[2] + h3*x[3] + h4*x[4] + h5*x[5]
			sum += d * d
		}
		a = a[:count]
		dst[j] = logPower(sum/float64(count), float64(count))
		if j > 0 {
			dst[j] = shrink(dst[j], predicted, float64(count)/4)
			slope += (dst[j] - dst[j-1] - slope) / float64(j)
		}
	}
	return dst[dbOctaves:]
}

// autocorrelations writes them on the scale where their variance is about the same for all (Fisher's),
// and returns the rest of dst.
func autocorrelations(dst, z []float64) []float64 {
	for j, k := range scaleLags {
		a, b := z[:len(z)-k], z[k:]
		b = b[:len(a)]
		sum := 0.0
		for i, v := range a {
			sum += v * b[i]
		}
		dst[j] = math.Atanh(max(-0.995, min(0.995, sum/float64(len(z)))))
	}
	return dst[len(scaleLags):]
}

// window is the moments of the sums in a window, relative to the first of them: Σy, Σty, Σy² with t from
// 0. Relative, so that the sums of a long series lose no digits.
type window struct{ first, y, ty, yy float64 }

// dfa writes the logarithm of the mean square that a straight line leaves of the sums in windows of 4, 8,
// … points, as detrended fluctuation analysis of order 1 has it, relative to that of white noise, and
// returns the rest of dst. It grows by (2H-1)·log 2 a doubling. Each window's moments follow from
// those of its halves.
//
// C.-K. Peng et al., Mosaic organization of DNA nucleotides, Physical Review E 49 (1994) 1685–1689.
func (s *scales) dfa(dst []float64) []float64 {
	w := s.windows
	for i := range w {
		y := s.sums[4*i+1 : 4*i+5]
		a, b, c := y[1]-y[0], y[2]-y[0], y[3]-y[0]
		w[i] = window{y[0], a + b + c, a + 2*b + 3*c, a*a + b*b + c*c}
	}
	slope := 0.0
	for j := range dfaScales {
		size := float64(int(4) << j)
		predicted := 0.0
		if j > 0 {
			predicted = dst[j-1] + slope
			w = merge(w, size/2)
		}
		dst[j] = predicted
		if len(w) == 0 {
			continue
		}
		sum := 0.0
		for i := range w {
			sum += max(0, w[i].residual(size))
		}
		count := float64(len(w))
		white := (size*size - 4) / (15 * size) // of white noise: Kantelhardt et al. 2001, for small windows as well
		dst[j] = logPower(sum/(count*size)/white, 6*count)
		if j > 0 {
			dst[j] = shrink(dst[j], predicted, count)
			slope += (dst[j] - dst[j-1] - slope) / float64(j)
		}
	}
	return dst[dfaScales:]
}

// residual returns the sum of squares that the best straight line leaves.
func (w *window) residual(size float64) float64 {
	mean := w.y / size
	ty := w.ty - (size-1)/2*w.y
	return w.yy - w.y*mean - ty*ty/(size*(size*size-1)/12)
}

// merge joins windows of half a size in pairs, in place.
func merge(w []window, half float64) []window {
	w = w[:len(w)/2*2]
	t := half * (half - 1) / 2 // Σ t over a half
	for i := 0; i < len(w); i += 2 {
		l, r := w[i], w[i+1]
		d := r.first - l.first
		y := r.y + half*d
		w[i/2] = window{l.first, l.y + y, l.ty + r.ty + half*r.y + d*(t+half*half), l.yy + r.yy + d*(2*r.y+half*d)}
	}
	return w[:len(w)/2]
}

// blocks writes the logarithm of the variance of means over blocks of 4, 8, 16, …, taken at every
// position, relative to that of white noise; it returns the rest of dst. It grows by (2H-1)·log 2 a
// doubling.
func (s *scales) blocks(dst []float64) []float64 {
	slope := 0.0
	for j := range blockScales {
		size := 4 << j
		predicted := 0.0
		if j > 0 {
			predicted = dst[j-1] + slope
		}
		dst[j] = predicted
		a := s.sums[:s.n+1-size]
		if 2*size > s.n {
			continue
		}
		b := s.sums[size:][:len(a)]
		sum := 0.0
		for i, v := range a {
			d := b[i] - v
			sum += d * d
		}
		// The removed mean has taken its part of the variance.
		white := float64(size) * (1 - float64(size)/float64(s.n))
		count := 1.5 * float64(len(a)) / float64(size) // as for Haar's coefficients
		dst[j] = logPower(sum/float64(len(a))/white, count)
		if j > 0 {
			dst[j] = shrink(dst[j], predicted, count/2)
			slope += (dst[j] - dst[j-1] - slope) / float64(j)
		}
	}
	return dst[blockScales:]
}

// moves writes the logarithms of the mean absolute increments over 1, 2, 4, … points, of the series,
// relative to those of white Gaussian noise, and of its sums; it returns the rest of dst. The second grow
// by (H-1/2)·log 2 a doubling. Absolute values feel outliers less than squares do.
func (s *scales) moves(dst, z []float64) []float64 {
	for j := range moveScales {
		dst[j] = math.Log(max(meanMove(z, 1<<j)*math.Sqrt(math.Pi)/2, 1e-30))
		lag := 2 << j
		white := math.Sqrt(2 / math.Pi * float64(lag) * (1 - float64(lag)/float64(len(z)))) // the mean was removed
		dst[moveScales+j] = math.Log(max(meanMove(s.sums, lag)/white, 1e-30))
	}
	return dst[2*moveScales:]
}

// meanMove returns the mean of |x[i+lag] - x[i]|.
func meanMove(x []float64, lag int) float64 {
	a := x[:len(x)-lag]
	b := x[lag:][:len(a)]
	sum := 0.0
	for i, v := range a {
		sum += math.Abs(b[i] - v)
	}
	return sum / float64(len(a))
}

// ranges writes the logarithm of the mean rescaled range in blocks of 16, 32, … points, relative to that
// of white noise (A. A. Anis, E. H. Lloyd, The expected value of the adjusted rescaled Hurst range of
// independent normal summands, Biometrika 63 (1976) 111–116). It grows by (H-1/2)·log 2 a doubling.
func (s *scales) ranges(dst []float64) {
	for j := range rangeScales {
		size := 16 << j
		if size > s.n {
			dst[j] = 2*dst[j-1] - dst[j-2]
			continue
		}
		sum, count := 0.0, 0
		for at := 0; at+size <= s.n; at += size {
			if r, ok := rescaledRange(s.sums[at : at+size+1]); ok {
				sum += r
				count++
			}
		}
		dst[j] = math.Log(max(sum/float64(max(count, 1))/expectedRange[j], 1e-30))
	}
}

// rescaledRange returns the range of the sums in a block, adjusted for the block's mean, over the block's
// standard deviation. It is not ok in a constant block.
func rescaledRange(sums []float64) (r float64, ok bool) {
	size := float64(len(sums) - 1)
	mean := (sums[len(sums)-1] - sums[0]) / size
	lo, hi, square, line := 0.0, 0.0, 0.0, sums[0]
	last := sums[0]
	for _, v := range sums[1:] {
		line += mean
		d := v - line
		lo, hi = min(lo, d), max(hi, d)
		step := v - last - mean
		square += step * step
		last = v
	}
	if !(square > 1e-18) {
		return 0, false
	}
	return (hi - lo) / math.Sqrt(square/size), true
}

// expectedRange is the expectation for white Gaussian noise in blocks of 16, 32, 64 and 128:
// Γ((n-1)/2) / (√π Γ(n/2)) Σ_{r<n} √((n-r)/r).
var expectedRange = [rangeScales]float64{4.035530681292, 6.065490500665, 8.965567522184, 13.090666440771}
