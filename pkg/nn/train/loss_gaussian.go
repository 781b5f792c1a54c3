package train

import "math"

// within returns the log variance that losses see. Beyond its ends the gradient with respect to it
// is kept only where it leads back: then an output that has strayed is not lost for good.
func within(s float64) float64 { return max(MinLogVariance, min(MaxLogVariance, s)) }

// inward returns that gradient.
func inward(s, gradient float64) float64 {
	if s <= MinLogVariance && gradient > 0 || s >= MaxLogVariance && gradient < 0 {
		return 0
	}
	return gradient
}

func gaussianNLL(grad, out []float32, y float64) float64 {
	raw := float64(out[1])
	s := within(raw)
	e, precision := y-float64(out[0]), math.Exp(-s)
	square := float64(e*e) * precision
	grad[0] = float32(-e * precision)
	grad[1] = float32(inward(raw, (1-square)/2))
	return (s + square) / 2
}

// gaussianCRPS is σ (z (2Φ(z) - 1) + 2φ(z) - 1/√π) with z = (y-μ)/σ. The derivative of what is in
// brackets with respect to z is 2Φ(z) - 1, so that with respect to σ the score's is 2φ(z) - 1/√π.
func gaussianCRPS(grad, out []float32, y float64) float64 {
	raw := float64(out[1])
	sigma := math.Exp(within(raw) / 2)
	z := (y - float64(out[0])) / sigma
	between := math.Erf(z / math.Sqrt2) // 2Φ(z) - 1
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	atSigma := 2*density - 1/math.Sqrt(math.Pi)
	grad[0] = float32(-between)
	grad[1] = float32(inward(raw, atSigma*sigma/2))
	return sigma * (float64(z*between) + atSigma)
}
