package mlp

import "fmt"

// Predictor computes a network's outputs. It holds buffers of its own: for concurrent use, make one
// for each goroutine.
type Predictor struct {
	net    *Network
	layers []dense
	a, b   []float32 // activations of one block, in turn
}

// blockRows is how many rows a predictor computes at once: enough to use each weight well, few
// enough to stay in the cache.
const blockRows = 64

// NewPredictor returns a predictor for the network, which must be valid and must not change. It
// panics where [Network.Validate] would fail.
func (n *Network) NewPredictor() *Predictor {
	if err := n.Validate(); err != nil {
		panic("mlp: " + err.Error())
	}
	widest := n.Spec.Inputs
	for _, w := range n.Spec.Hidden {
		widest = max(widest, w)
	}
	return &Predictor{
		net: n, layers: n.Spec.layers(),
		a: make([]float32, blockRows*widest), b: make([]float32, blockRows*widest),
	}
}

// Predict writes the outputs for rows of inputs, stored one after the other in x, to dst. A row's
// output depends on that row alone. It allocates nothing, and panics if a length does not match.
func (p *Predictor) Predict(dst, x []float64, rows int) {
	in := p.net.Spec.Inputs
	if len(dst) != rows || len(x) != rows*in {
		panic(fmt.Sprintf("mlp: %d values and %d inputs for %d rows of %d", len(dst), len(x), rows, in))
	}
	for at := 0; at < rows; at += blockRows {
		n := min(blockRows, rows-at)
		p.block(dst[at:at+n], x[at*in:(at+n)*in])
	}
}

func (p *Predictor) block(dst, x []float64) {
	rows, a, b := len(dst), p.a, p.b
	standardise(a, x, p.net.Mean, p.net.Scale)
	last := len(p.layers) - 1
	for i, d := range p.layers {
		w, bias := p.net.Weights[2*i].Data, p.net.Weights[2*i+1].Data
		out := b[:rows*d.out]
		multiply(out, a, w, rows, d.out, d.in)
		if i < last {
			activate(p.net.Spec.Activation, out, bias, nil)
			a, b = b, a
			continue
		}
		for r, v := range out {
			dst[r] = float64(v) + float64(bias[0])
		}
	}
}

// bound keeps inputs that are far outside the training data from drowning all others.
const bound = 10

// standardise writes (x - mean) / scale, within ±bound, to dst. What is not a number becomes 0.
func standardise(dst []float32, x, mean, scale []float64) {
	for at := 0; at < len(x); at += len(mean) {
		row, out := x[at:][:len(mean)], dst[at:][:len(mean)]
		for j, v := range row {
			z := (v - mean[j]) / scale[j]
			if z != z {
				z = 0
			}
			out[j] = float32(max(-bound, min(bound, z)))
		}
	}
}
