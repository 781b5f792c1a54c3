package kernel

import "math"

// Of GELU's tanh form, x/2 (1 + tanh(u)) = x σ(2u) with 2u = geluA x + geluB x³.
const (
	geluA = 1.5957691216057307 // 2 √(2/π)
	geluB = geluA * 0.044715
	// geluEnd is where the slope is 0 or 1 to all digits, so that x³ need not be followed to infinity.
	geluEnd = 10
)

// GELU sets dst to x Φ(x) in its tanh form, x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and
// Gimpel, arXiv:1606.08415, section 2). The relative error grows from 3e-7 near zero with the
// exponent: for x below zero it is that of exp(1.6x + 0.07x³).
func (s Set) GELU(dst, x []float32) {
	same("GELU", len(dst), len(x))
	if s.path > Portable {
		vectorGELU(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		w := float64(v)
		dst[i] = float32(w / (1 + math.Exp(-w*(geluA+geluB*w*w))))
	}
}

// GELUBack multiplies d by the slope of [Set.GELU] at x.
func (s Set) GELUBack(d, x []float32) {
	same("GELUBack", len(d), len(x))
	if s.path > Portable {
		vectorGELUBack(s.wide(), first(d), first(x), len(d))
		return
	}
	for i, v := range x {
		w := min(max(float64(v), -geluEnd), geluEnd)
		up := 1 / (1 + math.Exp(-w*(geluA+geluB*w*w)))
		d[i] *= float32(up + up*(1-up)*w*(geluA+3*geluB*w*w))
	}
}
