package mixture

import "math"

// Loss returns how badly the posterior foretold h,
//
//	10 CRPS - 0.1 log P(the cell of h),   CRPS = Σ (F(H) - 1{H ≥ h})² · 0.005.
//
// T. Gneiting, A. E. Raftery, Strictly proper scoring rules, prediction, and estimation, Journal of
// the American Statistical Association 102 (2007) 359–378.
func (g *Gate) Loss(h float64) float64 {
	at, sum, crps := cell(h), 0.0, 0.0
	for i, p := range g.mix {
		sum += p
		e := sum
		if i >= at {
			e--
		}
		crps += e * e
	}
	return crpsWeight*fineStep*crps - nllWeight*math.Log(max(g.mix[at], smallestDensity))
}

// cell returns the place in the grid nearest to h.
func cell(h float64) int {
	return max(0, min(fine-1, int(math.Round((h-lowest)/fineStep))))
}

// Backward writes the gradient of Loss(h) with respect to the outputs last loaded, of [GateOutputs].
func (g *Gate) Backward(gradient []float32, h float64) {
	g.places(h)
	whole := 0.0 // Σ w_k worth_k
	for k, w := range g.share {
		sum := 0.0
		for i, p := range g.density[k] {
			sum += g.gain[i] * float64(p)
		}
		g.worth[k] = sum
		whole += w * sum
	}
	for k, w := range g.share {
		gradient[k] = float32(w * (g.worth[k] - whole))
	}
	for k := range experts {
		gradient[components+k] = float32(g.temperGradient(k))
	}
	mean, width := g.freeGradient()
	gradient[components+experts], gradient[components+experts+1] = float32(mean), float32(width)
}

// places computes the gradient of the loss with respect to the posterior at each place.
func (g *Gate) places(h float64) {
	at, sum := cell(h), 0.0
	for i, p := range g.mix {
		sum += p
		g.gain[i] = sum
		if i >= at {
			g.gain[i]--
		}
	}
	later := 0.0
	for i := fine - 1; i >= 0; i-- {
		later += g.gain[i]
		g.gain[i] = 2 * crpsWeight * fineStep * later
	}
	if g.mix[at] > smallestDensity {
		g.gain[at] -= nllWeight / g.mix[at]
	}
}

// temperGradient returns the derivative by an expert's temper's output. By the logarithm u of its
// density before it is normalised the derivative is w p (gain - worth), and u = t ℓ.
func (g *Gate) temperGradient(k int) float64 {
	if g.share[k] == 0 {
		return 0
	}
	sum := 0.0
	for i, v := range g.fine[k*fine : (k+1)*fine] {
		p := float64(g.density[k][i])
		if p > 0 {
			sum += float64(v) * p * (g.gain[i] - g.worth[k])
		}
	}
	return g.share[k] * sum * g.slope[k]
}

// freeGradient returns the derivatives by the outputs that place the free component.
func (g *Gate) freeGradient() (mean, width float64) {
	for i, v := range g.density[experts] {
		z := (lowest + float64(i)*fineStep - g.mean) / g.width
		d := float64(v) * (g.gain[i] - g.worth[experts])
		mean += d * z / g.width
		width += d * z * z
	}
	w := g.share[experts]
	return w * mean * g.moves[0], w * width * g.moves[1]
}
