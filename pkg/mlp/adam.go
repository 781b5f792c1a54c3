package mlp

import "math"

// adam is AdamW: Adam with weight decay apart from the gradient.
//
// D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015; I. Loshchilov, F.
// Hutter, Decoupled weight decay regularization, ICLR 2019.
type adam struct {
	step   int
	first  []float32 // mean of the gradient
	second []float32 // mean of its square
	decays []bool    // weights decay, biases do not
}

func newAdam(layers []dense, size int) *adam {
	a := &adam{first: make([]float32, size), second: make([]float32, size), decays: make([]bool, size)}
	for _, d := range layers {
		for i := d.weight; i < d.bias; i++ {
			a.decays[i] = true
		}
	}
	return a
}

func (a *adam) update(params, grad []float32, rate, decay float64) {
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	a.step++
	// The two corrections for the moments' start at zero, as one factor each.
	c1 := float32(rate / (1 - math.Pow(beta1, float64(a.step))))
	c2 := float32(1 / (1 - math.Pow(beta2, float64(a.step))))
	shrink := float32(1 - rate*decay)
	first, second, decays := a.first[:len(params)], a.second[:len(params)], a.decays[:len(params)]
	for i, g := range grad[:len(params)] {
		m := float32(beta1*first[i]) + float32((1-beta1)*g)
		v := float32(beta2*second[i]) + float32(float32((1-beta2)*g)*g)
		first[i], second[i] = m, v
		w := params[i]
		if decays[i] {
			w = float32(w * shrink)
		}
		root := float32(math.Sqrt(float64(float32(v * c2))))
		params[i] = w - float32(c1*m)/(root+epsilon)
	}
}

// cosine returns the learning rate's factor at a step: from 1 down to 0 along half a cosine.
func cosine(step, steps int) float64 {
	return (1 + math.Cos(math.Pi*float64(step)/float64(steps))) / 2
}
