package kernel

// A convolution's norm, ReLU and max pool of two rows, in one pass each way. With z = x·scale +
// shift, pooled row i is max(0, z of row 2i, z of row 2i+1); a last odd row is left out. Backwards, z
// is computed again rather than kept: d goes to the row with the greater z, to the first if they are
// equal, and nowhere if neither is positive.

// NormPool sets dst, of R/2 rows, to the pooled rows of x, of R rows.
func (s Set) NormPool(dst, x, scale, shift []float32, C int) {
	n := checkNormPool("NormPool", dst, x, C, scale, shift)
	if s.path > Portable {
		vectorNormPool(s.wide(), first(dst), first(x), first(scale), first(shift), n, C)
		return
	}
	for i := range n {
		a, b, out := x[2*i*C:][:C], x[(2*i+1)*C:][:C], dst[i*C:][:C]
		for c := range out {
			out[c] = max(0, float32(a[c]*scale[c])+shift[c], float32(b[c]*scale[c])+shift[c])
		}
	}
}

// NormPoolBackSums adds the sums of [Set.NormBackSums] for the gradient that d, of R/2 rows, gives
// at the norm's output.
func (s Set) NormPoolBackSums(sum, sumx, d, x, scale, shift, mean, inv []float32, C int) {
	n := checkNormPool("NormPoolBackSums", d, x, C, sum, sumx, scale, shift, mean, inv)
	if s.path > Portable {
		vectorNormPoolBackSums(s.wide(), first(sum), first(sumx), first(d), first(x), first(mean), first(inv), first(scale), first(shift), n, C)
		return
	}
	for i := range n {
		a, b := x[2*i*C:][:C], x[(2*i+1)*C:][:C]
		for c, v := range d[i*C:][:C] {
			da, db := routeBack(v, a[c], b[c], scale[c], shift[c])
			sum[c] += da + db
			sumx[c] += float32(da * float32((a[c]-mean[c])*inv[c]))
			sumx[c] += float32(db * float32((b[c]-mean[c])*inv[c]))
		}
	}
}

// NormPoolBack sets dx, of R rows, to p·e + q·x + r, where e is the gradient that d gives at the
// norm's output; see [Set.NormBack].
func (s Set) NormPoolBack(dx, d, x, scale, shift, p, q, r []float32, C int) {
	n := checkNormPool("NormPoolBack", d, x, C, scale, shift, p, q, r)
	same("NormPoolBack", len(x), len(dx))
	if s.path > Portable {
		vectorNormPoolBack(s.wide(), first(d), first(dx), first(x), first(p), first(q), first(r), first(scale), first(shift), n, C)
		clear(dx[2*n*C:])
		s.NormBack(dx[2*n*C:], x[2*n*C:], p, q, r, C) // a last odd row
		return
	}
	clear(dx)
	for i := range n {
		a, b := x[2*i*C:][:C], x[(2*i+1)*C:][:C]
		for c, v := range d[i*C:][:C] {
			dx[2*i*C+c], dx[(2*i+1)*C+c] = routeBack(v, a[c], b[c], scale[c], shift[c])
		}
	}
	s.NormBack(dx, x, p, q, r, C)
}

// routeBack returns the shares of d for two rows that are pooled.
func routeBack(d, a, b, scale, shift float32) (da, db float32) {
	za, zb := float32(a*scale)+shift, float32(b*scale)+shift
	if zb > za {
		return 0, gate(d, zb)
	}
	return gate(d, za), 0
}

// checkNormPool returns the number of pooled rows.
func checkNormPool(op string, pooled, x []float32, C int, channels ...[]float32) int {
	n := rows(op, len(x), C) / 2
	same(op, n*C, len(pooled))
	for _, v := range channels {
		same(op, C, len(v))
	}
	return n
}
