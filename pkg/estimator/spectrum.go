package estimator

import "math"

// noiseSpectrum evaluates, for one H, the part of the spectral density of fractional Gaussian noise
// that depends on H in another way than by a constant factor. With s = 2H+1 the density is
//
//	f(λ) ∝ (2 - 2 cos λ) · B(λ),   B(λ) = Σ_{j∈ℤ} |λ + 2πj|^-s,   0 < λ ≤ π.
//
// The term j = 0 is computed as it stands. The others are, together, analytic for |λ| < 2π:
//
//	Σ_{j≥1} (2πj+λ)^-s + (2πj-λ)^-s = 2 (2π)^-s Σ_{k≥0} C(s+2k-1, 2k) ζ(s+2k) (λ/2π)^2k.
//
// Up to λ = π the k-th term falls like k^(s-1) 4^-k, so that the terms kept leave a relative error
// below 1e-9: better than cutting the sum over j and correcting for its tail (V. Paxson, Fast,
// approximate synthesis of fractional Gaussian noise, Computer Communication Review 27 (1997)
// 5–18), and a polynomial is cheaper than powers.
type noiseSpectrum struct {
	exponent float64
	c        [20]float64 // in (λ/2π)²
}

func newNoiseSpectrum(h float64) noiseSpectrum {
	s := 2*h + 1
	f := noiseSpectrum{exponent: -s}
	factor := 2 * math.Pow(2*math.Pi, -s)
	zeta := newZeta(s)
	for k := range f.c {
		f.c[k] = factor * zeta.next()
		i := s + 2*float64(k)
		d := float64(2 * k)
		factor *= i / (d + 1) * (i + 1) / (d + 2)
	}
	return f
}

// at returns B(λ), given log λ and u = (λ/2π)².
func (f *noiseSpectrum) at(loglambda, u float64) float64 {
	// Even and odd terms apart: two chains that the processor runs side by side.
	c, v := &f.c, u*u
	even := c[10] + v*(c[12]+v*(c[14]+v*(c[16]+v*c[18])))
	even = c[0] + v*(c[2]+v*(c[4]+v*(c[6]+v*(c[8]+v*even))))
	odd := c[11] + v*(c[13]+v*(c[15]+v*(c[17]+v*c[19])))
	odd = c[1] + v*(c[3]+v*(c[5]+v*(c[7]+v*(c[9]+v*odd))))
	return math.Exp(f.exponent*loglambda) + even + u*odd
}

// zeta yields Riemann's ζ at s, s+2, s+4, …, s > 1, by Euler and Maclaurin's formula: the first
// terms, and the integral of the rest with its corrections.
type zeta struct {
	s     float64
	terms [zetaTerms]float64 // j^-s, j = 1 …
}

const zetaTerms = 10

func newZeta(s float64) zeta {
	z := zeta{s: s}
	for j := range z.terms {
		z.terms[j] = math.Pow(float64(j+1), -s)
	}
	return z
}

func (z *zeta) next() float64 {
	const n = zetaTerms
	s, last := z.s, z.terms[n-1]
	sum := last * (n/(s-1) - 0.5) // the last term counts half
	step := last * s / (12 * n)
	sum += step
	step *= -(s + 1) * (s + 2) / (60 * n * n)
	sum += step
	step *= -(s + 3) * (s + 4) / (42 * n * n)
	sum += step
	for j := n - 1; j >= 0; j-- {
		sum += z.terms[j]
		z.terms[j] /= float64((j + 1) * (j + 1))
	}
	z.s += 2
	return sum
}
