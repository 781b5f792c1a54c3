package mlp

import "math"

// activate adds the bias to each row of z and applies the activation in place. Where slope is not
// nil, it receives the derivative.
func activate(kind string, z, bias, slope []float32) {
	for at := 0; at < len(z); at += len(bias) {
		row := z[at:][:len(bias)]
		for j, b := range bias {
			row[j] += b
		}
	}
	if kind == "relu" {
		relu(z, slope)
		return
	}
	gelu(z, slope)
}

func relu(z, slope []float32) {
	for i, v := range z {
		d := float32(1)
		if v < 0 {
			z[i], d = 0, 0
		}
		if slope != nil {
			slope[i] = d
		}
	}
}

// gelu is x·Φ(x) in the form x·σ(2u), u = sqrt(2/π)(x + 0.044715 x³).
//
// D. Hendrycks, K. Gimpel, Gaussian error linear units, arXiv:1606.08415.
func gelu(z, slope []float32) {
	const a, b = 2 * 0.7978845608028654, 0.044715
	for i, v := range z {
		x := float64(v)
		square := float64(b * x * x)
		s := 1 / (1 + exp(-a*x*(1+square)))
		z[i] = float32(x * s)
		if slope != nil {
			curve := float64(s * (1 - s))
			slope[i] = float32(s + float64(x*curve*a*(1+3*square)))
		}
	}
}

// exp is e^x to ten digits, for |x| limited to 700. Unlike math.Exp it gives the same bits on every
// processor, and it costs half.
func exp(x float64) float64 {
	const log2e, ln2 = 1 / math.Ln2, math.Ln2
	x = max(-700, min(700, x))
	k := math.Floor(float64(x*log2e) + 0.5)
	r := x - float64(k*ln2) // |r| ≤ 0.347: the first term left out is below 1e-11
	p := 1 + float64(r*(1.0/9))
	p = 1 + float64(float64(r*p)*(1.0/8))
	p = 1 + float64(float64(r*p)*(1.0/7))
	p = 1 + float64(float64(r*p)*(1.0/6))
	p = 1 + float64(float64(r*p)*(1.0/5))
	p = 1 + float64(float64(r*p)*(1.0/4))
	p = 1 + float64(float64(r*p)*(1.0/3))
	p = 1 + float64(float64(r*p)*(1.0/2))
	p = 1 + float64(r*p)
	return float64(p * math.Float64frombits(uint64(int64(k)+1023)<<52))
}
