package kernel

import "math"

// AdamStep are the coefficients of a step of Adam.
type AdamStep struct {
	Rate         float32 // the learning rate
	Beta1, Beta2 float32 // what the moments keep, such as 0.9 and 0.999
	Eps          float32 // such as 1e-8
	// Decay is AdamW's: each weight first loses Rate·Decay of itself. Zero: none.
	Decay float32
	// Correct1 and Correct2 are 1/(1-Beta1ᵗ) and 1/(1-Beta2ᵗ) at step t = 1, 2, ….
	Correct1, Correct2 float32
	// Clip multiplies the gradient. Zero: 1.
	Clip float32
}

// Adam moves weights w against the gradient g, and their moments m and v:
//
//	m = β₁m + (1-β₁)g,  v = β₂v + (1-β₂)g²
//	w = w - rate·decay·w - rate·m·correct₁/(√(v·correct₂) + eps)
//
// (Kingma and Ba, ICLR 2015, algorithm 1; Loshchilov and Hutter, ICLR 2019, algorithm 2).
func (s Set) Adam(w, m, v, g []float32, step AdamStep) {
	same("Adam", len(w), len(m))
	same("Adam", len(w), len(v))
	same("Adam", len(w), len(g))
	if step.Clip == 0 {
		step.Clip = 1
	}
	keep := 1 - float32(step.Rate*step.Decay)
	rate := step.Rate * step.Correct1
	if s.path > Portable {
		vectorAdam(s.wide(), first(w), first(m), first(v), first(g), len(g), step.Clip, step.Beta1, 1-step.Beta1,
			step.Beta2, 1-step.Beta2, step.Correct2, step.Eps, keep, rate)
		return
	}
	for i, d := range g {
		d *= step.Clip
		m[i] = float32(step.Beta1*m[i]) + float32((1-step.Beta1)*d)
		v[i] = float32(step.Beta2*v[i]) + float32((1-step.Beta2)*float32(d*d))
		root := float32(math.Sqrt(float64(v[i]*step.Correct2))) + step.Eps
		w[i] = float32(w[i]*keep) - float32(rate*m[i])/root
	}
}

// EMA moves dst, an exponential moving average of weights w, by one step: dst + (1-keep)·(w - dst).
func (s Set) EMA(dst, w []float32, keep float32) {
	same("EMA", len(dst), len(w))
	share := 1 - keep
	if s.path > Portable {
		vectorEMA(s.wide(), first(dst), first(w), len(w), share)
		return
	}
	for i, v := range w {
		dst[i] += float32(share * (v - dst[i]))
	}
}
