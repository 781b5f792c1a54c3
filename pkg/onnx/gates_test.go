package onnx_test

import "math"

// recurrent computes LSTM and GRU as the operators' specification has them, from X (T × N × in), W, R
// and B to Y (T × directions × N × units).
func (n node) recurrent(in []tensor) tensor {
	x, H := in[0], n.integers["hidden_size"]
	T, N, directions := x.dims[0], x.dims[1], 1
	if n.texts["direction"] == "bidirectional" {
		directions = 2
	}
	y := tensor{x.kind, []int{T, directions, N, H}, make([]float64, T*directions*N*H)}
	for d := range directions {
		for row := range N {
			h, c := make([]float64, H), make([]float64, H)
			for i := range T {
				t := i
				if d == 1 {
					t = T - 1 - i
				}
				h, c = n.step(in, d, x.data[(t*N+row)*x.dims[2]:][:x.dims[2]], h, c)
				copy(y.data[((t*directions+d)*N+row)*H:], h)
			}
		}
	}
	return y
}

// step gives the next state. What gate g sees of the input and of the state are sums on their own.
func (n node) step(in []tensor, d int, x, h, c []float64) (nextH, nextC []float64) {
	H := len(h)
	rows := in[1].dims[1]
	sees := func(weights tensor, bias, gate, unit int, v []float64) float64 {
		row := gate*H + unit
		sum := in[3].data[(2*d+bias)*rows+row]
		for k, value := range v {
			sum += weights.data[(d*rows+row)*len(v)+k] * value
		}
		return sum
	}
	nextH, nextC = make([]float64, H), make([]float64, H)
	for j := range H {
		fromX := func(gate int) float64 { return sees(in[1], 0, gate, j, x) }
		fromH := func(gate int) float64 { return sees(in[2], 1, gate, j, h) }
		both := func(gate int) float64 { return fromX(gate) + fromH(gate) }
		if n.op == "LSTM" { // i, o, f, c
			nextC[j] = logistic(both(2))*c[j] + logistic(both(0))*math.Tanh(both(3))
			nextH[j] = logistic(both(1)) * math.Tanh(nextC[j])
			continue
		}
		z, r := logistic(both(0)), logistic(both(1)) // z, r, h
		candidate := math.Tanh(fromX(2) + r*fromH(2))
		if n.integers["linear_before_reset"] != 1 {
			panic("the other form of GRU")
		}
		nextH[j] = (1-z)*candidate + z*h[j]
	}
	return nextH, nextC
}
