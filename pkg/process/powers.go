package process

import "math"

// powers computes k^e for all k of a range, of which only primes need a logarithm and an exponential:
// the powers of other numbers are products of theirs. At most 19 factors up to a million keep the
// error below 1e-14 of the value.
type powers struct {
	split [][2]int32 // for each k: two divisors with product k; the first is 0 for a prime
	logs  []float64  // logarithms of the primes in their order
}

// newPowers prepares powers of the numbers to n, and to seriesFrom at least.
func newPowers(n int) *powers {
	n = max(n, seriesFrom)
	p := &powers{split: make([][2]int32, n+1)}
	for k := 2; k <= n; k++ {
		if p.split[k][0] != 0 {
			continue
		}
		p.logs = append(p.logs, math.Log(float64(k)))
		for i := k; i <= n/k; i++ {
			if p.split[i*k][0] == 0 {
				p.split[i*k] = [2]int32{int32(k), int32(i)}
			}
		}
	}
	return p
}

// fill puts k^e into dst[k], for k from 1 on; dst[0] is left alone.
func (p *powers) fill(dst []float64, e float64) {
	if len(dst) > 1 {
		dst[1] = 1
	}
	prime := 0
	for k := 2; k < len(dst); k++ {
		s := p.split[k]
		if s[0] == 0 {
			dst[k] = math.Exp(e * p.logs[prime])
			prime++
			continue
		}
		dst[k] = dst[s[0]] * dst[s[1]]
	}
}
