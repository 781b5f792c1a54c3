package kernel

import "math"

// LayerNormRows sets each row of dst to gain·(x - mean)/√(variance + eps) + bias, with the mean and
// the biased variance of that row of x (Ba, Kiros and Hinton, arXiv:1607.06450, equation 4), and
// writes the mean and 1/√(variance + eps) of each row to mean and inv. dst may be x.
func (s Set) LayerNormRows(dst, x, gain, bias, mean, inv []float32, C int, eps float32) {
	n := rows("LayerNormRows", len(x), C)
	same("LayerNormRows", len(x), len(dst))
	checkLayerNorm("LayerNormRows", n, C, mean, inv, gain, bias)
	if s.path > Portable {
		vectorLayerNorm(s.wide(), first(dst), first(x), first(gain), first(bias), first(mean), first(inv), n, C, 1/float32(C), eps)
		return
	}
	for i := range n {
		from, to := x[i*C:][:C], dst[i*C:][:C]
		m, v := moments(from)
		scale := float32(1 / math.Sqrt(v+float64(eps)))
		mean[i], inv[i] = float32(m), scale
		for c, value := range from {
			to[c] = float32(float32((value-mean[i])*scale)*gain[c]) + bias[c]
		}
	}
}

// moments returns the mean and the biased variance, in two passes: the difference of squares would
// lose digits where the mean is large.
func moments(x []float32) (mean, variance float64) {
	for _, v := range x {
		mean += float64(v)
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, variance / float64(len(x))
}

// LayerNormBack sets dx to the gradient with respect to x, given d with respect to the output and
// the moments that [Set.LayerNormRows] wrote, and adds those of gain and bias to dgain and dbias. dx
// may be d.
func (s Set) LayerNormBack(dx, dgain, dbias, d, x, mean, inv, gain []float32, C int) {
	n := rows("LayerNormBack", len(x), C)
	same("LayerNormBack", len(x), len(d))
	same("LayerNormBack", len(x), len(dx))
	checkLayerNorm("LayerNormBack", n, C, mean, inv, gain, dgain, dbias)
	if s.path > Portable {
		vectorLayerNormBack(s.wide(), first(dx), first(dgain), first(dbias), first(d), first(x), first(mean), first(inv), first(gain), n, C, 1/float32(C))
		return
	}
	for i := range n {
		g, from, to := d[i*C:][:C], x[i*C:][:C], dx[i*C:][:C]
		var sum, sumx float64
		for c, v := range g {
			h := float32((from[c] - mean[i]) * inv[i])
			dbias[c] += v
			dgain[c] += float32(v * h)
			sum += float64(float32(v * gain[c]))
			sumx += float64(float32(v*gain[c])) * float64(h)
		}
		a, b := float32(sum/float64(C)), float32(sumx/float64(C))
		for c, v := range g {
			h := float32((from[c] - mean[i]) * inv[i])
			to[c] = inv[i] * (float32(v*gain[c]) - a - float32(h*b))
		}
	}
}

func checkLayerNorm(op string, n, C int, mean, inv []float32, channels ...[]float32) {
	same(op, n, len(mean))
	same(op, n, len(inv))
	for _, v := range channels {
		same(op, C, len(v))
	}
}
