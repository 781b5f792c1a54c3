package fft

import "math"

// Smooth returns the smallest number ≥ n whose prime factors are 2, 3 and 5: these lengths are the
// quickest. Where the length may be chosen, as when embedding, choose this.
func Smooth(n int) int {
	n = max(n, 1)
	best := 1
	for best < n {
		best *= 2
	}
	for five := 1; five < best; five *= 5 {
		for three := five; three < best; three *= 3 {
			m := three
			for m < n {
				m *= 2
			}
			best = min(best, m)
		}
	}
	return best
}

// quickest returns the length ≥ n of least estimated cost among those of factors 2, 3 and 5: often
// a larger one than Smooth's is quicker, for more of its factors are 4.
func quickest(n int) int {
	best, least := 0, math.Inf(1)
	limit := 2 * n
	for five := 1; five <= limit; five *= 5 {
		for three := five; three <= limit; three *= 3 {
			for m := three; m <= limit; m *= 2 {
				if c := cost(m); m >= n && c < least {
					best, least = m, c
				}
			}
		}
	}
	return best
}

// cost estimates the nanoseconds of a complex transform of length n, from what passes took on one
// machine. The last pass is cheaper than the others, for it has no factors.
func cost(n int) float64 {
	sum := 0.0
	rs := radices(n)
	for i, r := range rs {
		c := 5 + 0.2*float64(r)
		switch r {
		case 2:
			c = 0.4
		case 3:
			c = 1.3
		case 4:
			c = 1.1
		case 5:
			c = 1.6
		case 8:
			c = 0.95
		}
		if i == len(rs)-1 && r > 2 && r < 6 {
			c *= 0.55
		}
		sum += c
	}
	return sum * float64(n)
}

// smallestFactor returns the smallest prime factor of n, and n if n is prime or 1.
func smallestFactor(n int) int {
	for f := 2; f*f <= n; f++ {
		if n%f == 0 {
			return f
		}
	}
	return n
}

// root returns exp(-2πi·k/n) for k ≥ 0, each part exact to about one rounding: the angle is brought
// into the first eighth of the circle in whole numbers.
func root(k, n int) complex128 {
	a := 8 * (k % n)
	var below, left, steep bool
	if a > 4*n {
		a, below = 8*n-a, true
	}
	if a > 2*n {
		a, left = 4*n-a, true
	}
	if a > n {
		a, steep = 2*n-a, true
	}
	s, c := math.Sincos(math.Pi / 4 * (float64(a) / float64(n)))
	if steep {
		s, c = c, s
	}
	if left {
		c = -c
	}
	if !below {
		s = -s
	}
	return complex(c, s)
}

func conj(z complex128) complex128 { return complex(real(z), -imag(z)) }
