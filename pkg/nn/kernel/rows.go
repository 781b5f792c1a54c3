package kernel

// Rows are R rows of C contiguous channels. Sums over rows run in two or four interleaved chains for
// each channel, which are added at the end, in an order that only R decides.

// SumRows adds each channel's sum over the rows of x to sum.
func (s Set) SumRows(sum, x []float32, C int) {
	n := rows("SumRows", len(x), C)
	same("SumRows", C, len(sum))
	if s.path > Portable {
		vectorSumRows(s.wide(), first(sum), first(x), n, C)
		return
	}
	for ; len(x) > 0; x = x[C:] {
		for c, v := range x[:C] {
			sum[c] += v
		}
	}
}

// MomentRows adds each channel's sum over the rows of x to sum, and its sum of squares to squares.
func (s Set) MomentRows(sum, squares, x []float32, C int) {
	n := rows("MomentRows", len(x), C)
	same("MomentRows", C, len(sum))
	same("MomentRows", C, len(squares))
	if s.path > Portable {
		vectorMomentRows(s.wide(), first(sum), first(squares), first(x), n, C)
		return
	}
	for ; len(x) > 0; x = x[C:] {
		for c, v := range x[:C] {
			sum[c] += v
			squares[c] += float32(v * v)
		}
	}
}

// MeanRows sets dst to each channel's mean over the rows of x, NaN if there are none.
func (s Set) MeanRows(dst, x []float32, C int) {
	n := rows("MeanRows", len(x), C)
	clear(dst)
	s.SumRows(dst, x, C)
	s.Scale(dst, float32(1/float64(n)))
}

// AddRow adds bias to each row of x.
func (s Set) AddRow(x, bias []float32, C int) {
	n := rows("AddRow", len(x), C)
	same("AddRow", C, len(bias))
	if s.path > Portable {
		vectorAddRow(s.wide(), first(x), first(bias), n, C)
		return
	}
	for ; len(x) > 0; x = x[C:] {
		for c, v := range bias {
			x[c] += v
		}
	}
}

// SpreadRows sets each row of d to g.
func (s Set) SpreadRows(d, g []float32, C int) {
	n := rows("SpreadRows", len(d), C)
	same("SpreadRows", C, len(g))
	if s.path > Portable {
		vectorSpreadRows(s.wide(), first(d), first(g), n, C)
		return
	}
	for ; len(d) > 0; d = d[C:] {
		copy(d[:C], g)
	}
}

// ScaleShiftRows sets dst to x·scale + shift, channel by channel, and with relu to the positive part
// of that. dst may be x.
func (s Set) ScaleShiftRows(dst, x, scale, shift []float32, C int, relu bool) {
	n := rows("ScaleShiftRows", len(x), C)
	same("ScaleShiftRows", len(x), len(dst))
	same("ScaleShiftRows", C, len(scale))
	same("ScaleShiftRows", C, len(shift))
	switch {
	case s.path > Portable && relu:
		vectorScaleShiftReLU(s.wide(), first(dst), first(x), first(scale), first(shift), n, C)
		return
	case s.path > Portable:
		vectorScaleShift(s.wide(), first(dst), first(x), first(scale), first(shift), n, C)
		return
	}
	for ; len(x) > 0; dst, x = dst[C:], x[C:] {
		for c, v := range x[:C] {
			v = float32(v*scale[c]) + shift[c]
			if relu {
				v = max(0, v)
			}
			dst[c] = v
		}
	}
}

// ReLUBackSum sets d to zero where y is not positive and adds each channel's sum of what is left to
// sum: the backward pass of a bias with a ReLU.
func (s Set) ReLUBackSum(d, y, sum []float32, C int) {
	n := rows("ReLUBackSum", len(d), C)
	same("ReLUBackSum", len(d), len(y))
	same("ReLUBackSum", C, len(sum))
	if s.path > Portable {
		vectorReLUBackSum(s.wide(), first(sum), first(d), first(y), n, C)
		return
	}
	for ; len(d) > 0; d, y = d[C:], y[C:] {
		for c, v := range y[:C] {
			d[c] = gate(d[c], v)
			sum[c] += d[c]
		}
	}
}

// PoolBack sets each row of d to g where that row of y is positive, else to zero, and adds each
// channel's sum to sum: the backward pass of a mean pool behind a ReLU, with g the gradient of the
// mean over the number of rows.
func (s Set) PoolBack(d, y, g, sum []float32, C int) {
	n := rows("PoolBack", len(d), C)
	same("PoolBack", len(d), len(y))
	same("PoolBack", C, len(g))
	same("PoolBack", C, len(sum))
	if s.path > Portable {
		vectorPoolBack(s.wide(), first(sum), first(d), first(y), first(g), n, C)
		return
	}
	for ; len(d) > 0; d, y = d[C:], y[C:] {
		for c, v := range y[:C] {
			d[c] = gate(g[c], v)
			sum[c] += d[c]
		}
	}
}
