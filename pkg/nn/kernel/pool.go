package kernel

import "fmt"

// Pools reduce kernel rows of C channels to one, every stride rows. Rows at the end that do not fill
// a window are left out.

// PoolRows returns how many rows a pool makes of n.
func PoolRows(n, kernel, stride int) int {
	if n < kernel {
		return 0
	}
	return (n-kernel)/stride + 1
}

// MaxPool sets dst to the greatest value of each window and channel of x.
func (s Set) MaxPool(dst, x []float32, C, kernel, stride int) {
	n := checkPool("MaxPool", dst, x, C, kernel, stride)
	if kernel == 2 && stride == 2 && s.path > Portable {
		vectorMaxPool2(s.wide(), first(dst), first(x), n, C)
		return
	}
	for i := range n {
		out := dst[i*C:][:C]
		copy(out, x[i*stride*C:])
		for k := 1; k < kernel; k++ {
			s.maxRow(out, x[(i*stride+k)*C:][:C])
		}
	}
}

// maxRow sets dst to the greater of dst and x.
func (s Set) maxRow(dst, x []float32) {
	if s.path > Portable {
		vectorMax(s.wide(), first(dst), first(x), 1, len(x))
		return
	}
	for c, v := range x {
		dst[c] = max(dst[c], v)
	}
}

// MaxPoolBack sets dx to the gradient with respect to x, given dy with respect to the output. Of
// equal values the first has the gradient.
func (s Set) MaxPoolBack(dx, dy, x []float32, C, kernel, stride int) {
	n := checkPool("MaxPoolBack", dy, x, C, kernel, stride)
	same("MaxPoolBack", len(x), len(dx))
	if kernel == 2 && stride == 2 && s.path > Portable {
		vectorMaxPool2Back(s.wide(), first(dy), first(dx), first(x), n, C)
		clear(dx[2*n*C:])
		return
	}
	clear(dx)
	for i := range n {
		for c := range C {
			first := i*stride*C + c
			best := first
			for at := first + C; at < first+kernel*C; at += C {
				if x[at] > x[best] {
					best = at
				}
			}
			dx[best] += dy[i*C+c]
		}
	}
}

// AvgPool sets dst to the mean of each window and channel of x.
func (s Set) AvgPool(dst, x []float32, C, kernel, stride int) {
	n := checkPool("AvgPool", dst, x, C, kernel, stride)
	clear(dst)
	for i := range n {
		s.SumRows(dst[i*C:][:C], x[i*stride*C:][:kernel*C], C)
	}
	s.Scale(dst, 1/float32(kernel))
}

// AvgPoolBack sets dx to the gradient with respect to x, given dy with respect to the output.
func (s Set) AvgPoolBack(dx, dy []float32, C, kernel, stride int) {
	n := checkPool("AvgPoolBack", dy, dx, C, kernel, stride)
	clear(dx)
	for i := range n {
		for k := range kernel {
			s.AddScaled(dx[(i*stride+k)*C:][:C], 1/float32(kernel), dy[i*C:][:C])
		}
	}
}

// checkPool returns the number of rows that come of a pool of x.
func checkPool(op string, out, x []float32, C, kernel, stride int) int {
	if kernel <= 0 || stride <= 0 {
		panic(fmt.Sprintf("kernel: %s: a window of %d rows every %d", op, kernel, stride))
	}
	n := PoolRows(rows(op, len(x), C), kernel, stride)
	same(op, n*C, len(out))
	return n
}
