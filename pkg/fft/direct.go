package fft

// direct transforms a real sequence of short odd length by the definition.
type direct struct {
	unit []complex128 // exp(-2πi·t/n)
	sum  []float64    // x[l] + x[n-l], l = 1 … n/2
	diff []float64
}

// maxDirect is the largest prime length that the definition is quickest for.
const maxDirect = 23

func newDirect(n int) *direct {
	p := &direct{unit: make([]complex128, n), sum: make([]float64, n/2), diff: make([]float64, n/2)}
	for t := range p.unit {
		p.unit[t] = root(t, n)
	}
	return p
}

func (p *direct) coefficients(dst []complex128, x []float64) {
	total := x[0]
	for l := range p.sum {
		a, b := x[l+1], x[len(x)-1-l]
		p.sum[l], p.diff[l] = a+b, a-b
		total += p.sum[l]
	}
	dst[0] = complex(total, 0)
	for j := 1; j < len(dst); j++ {
		re, im := p.turned(j, p.sum, p.diff)
		dst[j] = complex(x[0]+re, im)
	}
}

// turned returns Σ even[l]·cos and -Σ odd[l]·sin at the angles 2πjl/n, l = 1 … n/2.
func (p *direct) turned(j int, even, odd []float64) (re, im float64) {
	odd = odd[:len(even)]
	t := 0
	for l, e := range even {
		if t += j; t >= len(p.unit) {
			t -= len(p.unit)
		}
		w := p.unit[t]
		re += real(w) * e
		im += imag(w) * odd[l]
	}
	return re, im
}

func (p *direct) sequence(dst []float64, c []complex128) {
	first := real(c[0])
	total := first
	for l := range p.sum {
		p.sum[l], p.diff[l] = 2*real(c[l+1]), 2*imag(c[l+1])
		total += p.sum[l]
	}
	dst[0] = total
	for t := 1; 2*t < len(dst); t++ {
		re, im := p.turned(t, p.sum, p.diff)
		dst[t], dst[len(dst)-t] = first+re+im, first+re-im
	}
}
