package kernel

// Batch norm gives y = gain·x̂ + bias with x̂ = (x - mean)·inv. With s = Σd and t = Σd·x̂ over the N
// points of a channel, the gradient with respect to x is
//
//	gain·inv·(d - s/N - x̂·t/N) = p·d + q·x + r,
//	p = gain·inv, q = -p·inv·t/N, r = -p·s/N - q·mean
//
// (Ioffe and Szegedy, ICML 2015, section 3): one pass for the sums, one with p, q and r.

// NormBackSums adds, for each channel, Σ d to sum and Σ d·(x-mean)·inv to sumx. Unless y is nil, d is
// first set to zero where y, the output of a ReLU behind the norm, is not positive.
func (s Set) NormBackSums(sum, sumx, d, y, x, mean, inv []float32, C int) {
	n := rows("NormBackSums", len(d), C)
	same("NormBackSums", len(d), len(x))
	if y != nil {
		same("NormBackSums", len(d), len(y))
	}
	for _, v := range [...][]float32{sum, sumx, mean, inv} {
		same("NormBackSums", C, len(v))
	}
	switch {
	case s.path > Portable && y != nil:
		vectorNormReLUBackSums(s.wide(), first(sum), first(sumx), first(d), first(x), first(y), first(mean), first(inv), n, C)
		return
	case s.path > Portable:
		vectorNormBackSums(s.wide(), first(sum), first(sumx), first(d), first(x), first(mean), first(inv), n, C)
		return
	}
	for ; len(d) > 0; d, x = d[C:], x[C:] {
		if y != nil {
			s.ReLUBack(d[:C], y[:C])
			y = y[C:]
		}
		for c, v := range d[:C] {
			sum[c] += v
			sumx[c] += float32(v * float32((x[c]-mean[c])*inv[c]))
		}
	}
}

// NormBack sets d to p·d + q·x + r, channel by channel.
func (s Set) NormBack(d, x, p, q, r []float32, C int) {
	n := rows("NormBack", len(d), C)
	same("NormBack", len(d), len(x))
	for _, v := range [...][]float32{p, q, r} {
		same("NormBack", C, len(v))
	}
	if s.path > Portable {
		vectorNormBack(s.wide(), first(d), first(x), first(p), first(q), first(r), n, C)
		return
	}
	for ; len(d) > 0; d, x = d[C:], x[C:] {
		for c, v := range x[:C] {
			d[c] = float32(p[c]*d[c]) + (float32(q[c]*v) + r[c])
		}
	}
}
