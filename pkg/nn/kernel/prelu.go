package kernel

// PReLU sets dst to x where it is positive, else to slope·x with one slope for each of C channels
// (He et al., ICCV 2015, equation 1). dst may be x.
func (s Set) PReLU(dst, x, slope []float32, C int) {
	n := rows("PReLU", len(x), C)
	same("PReLU", len(x), len(dst))
	same("PReLU", C, len(slope))
	if s.path > Portable {
		vectorPReLU(s.wide(), first(dst), first(x), first(slope), n, C)
		return
	}
	for len(x) > 0 {
		for c, v := range x[:C] {
			if !(v > 0) {
				v *= slope[c]
			}
			dst[c] = v
		}
		dst, x = dst[C:], x[C:]
	}
}

// PReLUBack multiplies d by the slope at x, and adds the gradient of each channel's slope, Σ d·x over
// the rows where x is not positive, to dslope.
func (s Set) PReLUBack(d, x, slope, dslope []float32, C int) {
	n := rows("PReLUBack", len(x), C)
	same("PReLUBack", len(x), len(d))
	same("PReLUBack", C, len(slope))
	same("PReLUBack", C, len(dslope))
	if s.path > Portable {
		vectorPReLUBack(s.wide(), first(dslope), first(d), first(x), first(slope), n, C)
		return
	}
	for len(x) > 0 {
		for c, v := range x[:C] {
			if !(v > 0) {
				dslope[c] += float32(d[c] * v)
				d[c] *= slope[c]
			}
		}
		d, x = d[C:], x[C:]
	}
}
