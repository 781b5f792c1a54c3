package mlp

// learner holds the buffers for the gradient of one batch.
type learner struct {
	spec   Spec
	layers []dense
	params []float32
	grad   []float32
	input  []float32   // batch · inputs
	acts   [][]float32 // outputs of each layer
	slopes [][]float32 // derivatives of each hidden layer's activation
	deltas [][]float32 // derivatives of the loss by each layer's sums
	ta, tb []float32   // transposed matrices
}

func newLearner(spec Spec, params []float32, batch int) *learner {
	l := &learner{spec: spec, layers: spec.layers(), params: params, grad: make([]float32, len(params))}
	l.input = make([]float32, batch*spec.Inputs)
	largest := 0
	for _, d := range l.layers {
		l.acts = append(l.acts, make([]float32, batch*d.out))
		l.slopes = append(l.slopes, make([]float32, batch*d.out))
		l.deltas = append(l.deltas, make([]float32, batch*d.out))
		largest = max(largest, batch*d.in, batch*d.out, d.in*d.out)
	}
	l.ta, l.tb = make([]float32, largest), make([]float32, largest)
	return l
}

// forward computes the outputs for the first rows of l.input.
func (l *learner) forward(rows int) []float32 {
	a := l.input
	for i, d := range l.layers {
		z := l.acts[i][:rows*d.out]
		w, b := l.params[d.weight:d.bias], l.params[d.bias:][:d.out]
		multiply(z, a, w, rows, d.out, d.in)
		if i == len(l.layers)-1 {
			for r := range z {
				z[r] += b[0]
			}
			return z
		}
		activate(l.spec.Activation, z, b, l.slopes[i][:len(z)])
		a = z
	}
	return nil // not reached: there is always an output layer
}

// backward computes the gradient of the loss into l.grad, given its derivatives by the outputs of
// the last forward pass in l.deltas of the last layer.
func (l *learner) backward(rows int) {
	for i := len(l.layers) - 1; i >= 0; i-- {
		d := l.layers[i]
		delta := l.deltas[i][:rows*d.out]
		below := l.input
		if i > 0 {
			below = l.acts[i-1]
		}
		ta, tb := l.ta[:d.out*rows], l.tb[:d.in*rows]
		transpose(ta, delta, rows, d.out)
		transpose(tb, below, rows, d.in)
		multiply(l.grad[d.weight:d.bias], ta, tb, d.out, d.in, rows)
		for j := range d.out {
			sum := float32(0)
			for _, v := range ta[j*rows:][:rows] {
				sum += v
			}
			l.grad[d.bias+j] = sum
		}
		if i == 0 {
			return
		}
		wt := l.tb[:d.in*d.out]
		transpose(wt, l.params[d.weight:d.bias], d.out, d.in)
		down := l.deltas[i-1][:rows*d.in]
		multiply(down, delta, wt, rows, d.in, d.out)
		slope := l.slopes[i-1][:len(down)]
		for j, s := range slope {
			down[j] *= s
		}
	}
}

// loss computes Huber's loss per row, averaged, and its derivatives into the last layer's deltas. It
// is half the square up to an error of one standard deviation of the targets and linear beyond, so
// that a few impossible series do not dominate. It returns the mean absolute error too.
//
// P. J. Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35 (1964)
// 73–101.
func (l *learner) loss(output, target []float32) (loss, mae float64) {
	delta := l.deltas[len(l.deltas)-1][:len(output)]
	per := 1 / float32(len(output))
	for r, o := range output {
		e := o - target[r]
		size := max(e, -e)
		if size <= 1 {
			loss += float64(e) * float64(e) / 2
		} else {
			loss += float64(size) - 0.5
		}
		mae += float64(size)
		delta[r] = max(-1, min(1, e)) * per
	}
	return loss / float64(len(output)), mae / float64(len(output))
}
