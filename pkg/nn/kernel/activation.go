package kernel

import "math"

// Activations write to dst and may work in place (dst = x). Their backward passes multiply d, the
// gradient with respect to the output, by the slope at each value: from the output y where it
// suffices, else from the input x. NaN passes through.

// ReLU sets dst to max(0, x).
func (s Set) ReLU(dst, x []float32) {
	same("ReLU", len(dst), len(x))
	if s.path > Portable {
		vectorReLU(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] = max(0, v)
	}
}

// ReLUBack sets d to zero where y is not positive.
func (s Set) ReLUBack(d, y []float32) {
	same("ReLUBack", len(d), len(y))
	if s.path > Portable {
		vectorReLUBack(s.wide(), first(d), first(y), len(d))
		return
	}
	for i, v := range y {
		d[i] = gate(d[i], v)
	}
}

// gate returns d where v is positive, else zero.
func gate(d, v float32) float32 {
	if v > 0 {
		return d
	}
	return 0
}

// Square sets dst to x².
func (s Set) Square(dst, x []float32) {
	same("Square", len(dst), len(x))
	if s.path > Portable {
		vectorSquare(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] = v * v
	}
}

// SquareBack multiplies d by 2x.
func (s Set) SquareBack(d, x []float32) {
	same("SquareBack", len(d), len(x))
	if s.path > Portable {
		vectorSquareBack(s.wide(), first(d), first(x), len(d))
		return
	}
	for i, v := range x {
		d[i] *= 2 * v
	}
}

// Exp sets dst to exp(x), with a relative error below 2e-7, or half a step of the smallest number
// where the result is denormal.
func (s Set) Exp(dst, x []float32) {
	same("Exp", len(dst), len(x))
	if s.path > Portable {
		vectorExp(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] = float32(math.Exp(float64(v)))
	}
}

// logOffset keeps [Set.Log] finite at zero.
const logOffset = 1e-6

// Log sets dst to log(max(x, 0) + 1e-6). The sum is rounded; the logarithm of it has a relative
// error below 3e-7.
func (s Set) Log(dst, x []float32) {
	same("Log", len(dst), len(x))
	if s.path > Portable {
		vectorLog(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] = float32(math.Log(float64(max(0, v) + logOffset)))
	}
}

// LogBack multiplies d by 1/(x + 1e-6) where x is positive, else sets it to zero.
func (s Set) LogBack(d, x []float32) {
	same("LogBack", len(d), len(x))
	if s.path > Portable {
		vectorLogBack(s.wide(), first(d), first(x), len(d))
		return
	}
	for i, v := range x {
		d[i] = gate(d[i]/(v+logOffset), v)
	}
}

// Sigmoid sets dst to 1/(1 + exp(-x)), with a relative error below 3e-7.
func (s Set) Sigmoid(dst, x []float32) {
	same("Sigmoid", len(dst), len(x))
	if s.path > Portable {
		vectorSigmoid(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] = sigmoid(v)
	}
}

func sigmoid(v float32) float32 { return float32(1 / (1 + math.Exp(-float64(v)))) }

// SigmoidBack multiplies d by y (1-y).
func (s Set) SigmoidBack(d, y []float32) {
	same("SigmoidBack", len(d), len(y))
	if s.path > Portable {
		vectorSigmoidBack(s.wide(), first(d), first(y), len(d))
		return
	}
	for i, v := range y {
		d[i] *= float32(v * (1 - v))
	}
}

// Tanh sets dst to tanh(x), with a relative error below 4e-7.
func (s Set) Tanh(dst, x []float32) {
	same("Tanh", len(dst), len(x))
	if s.path > Portable {
		vectorTanh(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] = tanh(v)
	}
}

func tanh(v float32) float32 { return float32(math.Tanh(float64(v))) }

// TanhBack multiplies d by 1-y².
func (s Set) TanhBack(d, y []float32) {
	same("TanhBack", len(d), len(y))
	if s.path > Portable {
		vectorTanhBack(s.wide(), first(d), first(y), len(d))
		return
	}
	for i, v := range y {
		d[i] *= 1 - float32(v*v)
	}
}
