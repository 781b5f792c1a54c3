package kernel

// Conv3WeightsLen returns how many values the transformed weights of a Conv3 are.
func Conv3WeightsLen(in, out int) int { return 6 * in * out }

// Conv3Weights writes to dst, of Conv3WeightsLen values, the weights w(k, in, out), k = 0, 1, 2, in the
// form of [Conv3.W].
func (s Set) Conv3Weights(dst, w []float32, in, out int) {
	n := in * out
	checkLengths(len(dst) >= 6*n && len(w) >= 3*n, "Conv3Weights")
	t := transform{in: w, inRow: n, out: dst, outRow: n, n: n, tiles: 1}
	t.run(s, winogradWeights)
}

// Conv3WeightsBack writes to dst the weights of the convolution that takes the gradients of y to
// those of x: with T the points of y, In and Out exchanged, and a padding of 2 - Padding.
func (s Set) Conv3WeightsBack(dst, w []float32, in, out int) {
	n := in * out
	checkLengths(len(dst) >= 6*n && len(w) >= 3*n, "Conv3WeightsBack")
	turned := dst[3*n:][:3*n]
	for k := range 3 {
		s.Transpose(turned[(2-k)*n:][:n], w[k*n:][:n], in, out)
	}
	// The weights are read before the rows that replace them are written, column by column.
	t := transform{in: turned, inRow: n, out: dst, outRow: n, n: n, tiles: 1}
	t.run(s, winogradWeights)
}

func checkLengths(ok bool, what string) {
	if !ok {
		panic("kernel: " + what + ": a slice is too short")
	}
}
