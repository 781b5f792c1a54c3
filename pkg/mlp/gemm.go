package mlp

// multiply computes c = a·bᵀ for a of m rows and b of n rows, of k contiguous values each; c has m
// rows of n. Each element is summed from first to last in one accumulator, whatever block it falls
// into, so that a row's result does not depend on its neighbours. The conversions of products keep
// a compiler from fusing them with the addition.
func multiply(c, a, b []float32, m, n, k int) {
	i := 0
	for ; i+4 <= m; i += 4 {
		a0, a1 := a[i*k:][:k], a[(i+1)*k:][:k]
		a2, a3 := a[(i+2)*k:][:k], a[(i+3)*k:][:k]
		c0, c1 := c[i*n:][:n], c[(i+1)*n:][:n]
		c2, c3 := c[(i+2)*n:][:n], c[(i+3)*n:][:n]
		j := 0
		for ; j+2 <= n; j += 2 {
			b0, b1 := b[j*k:][:k], b[(j+1)*k:][:k]
			c0[j], c0[j+1], c1[j], c1[j+1], c2[j], c2[j+1], c3[j], c3[j+1] = dot4x2(a0, a1, a2, a3, b0, b1)
		}
		if j < n {
			b0 := b[j*k:][:k]
			c0[j], c1[j], c2[j], c3[j] = dot(a0, b0), dot(a1, b0), dot(a2, b0), dot(a3, b0)
		}
	}
	for ; i < m; i++ {
		row := a[i*k:][:k]
		for j := range n {
			c[i*n+j] = dot(row, b[j*k:][:k])
		}
	}
}

// dot4x2 computes eight dot products at once: six loads serve eight multiplications.
func dot4x2(a0, a1, a2, a3, b0, b1 []float32) (s00, s01, s10, s11, s20, s21, s30, s31 float32) {
	k := len(a0)
	a1, a2, a3, b0, b1 = a1[:k], a2[:k], a3[:k], b0[:k], b1[:k]
	for p, x := range a0 {
		y, z := b0[p], b1[p]
		s00 += float32(x * y)
		s01 += float32(x * z)
		x = a1[p]
		s10 += float32(x * y)
		s11 += float32(x * z)
		x = a2[p]
		s20 += float32(x * y)
		s21 += float32(x * z)
		x = a3[p]
		s30 += float32(x * y)
		s31 += float32(x * z)
	}
	return
}

func dot(a, b []float32) (s float32) {
	b = b[:len(a)]
	for p, x := range a {
		s += float32(x * b[p])
	}
	return s
}

// transpose writes the m by n matrix a to t as n by m.
func transpose(t, a []float32, m, n int) {
	for i := range m {
		row := a[i*n:][:n]
		for j, v := range row {
			t[j*m+i] = v
		}
	}
}
