package kernel

import "fmt"

// Add adds x to dst, value by value.
func (s Set) Add(dst, x []float32) {
	same("Add", len(dst), len(x))
	if s.path > Portable {
		vectorAdd(s.wide(), first(dst), first(x), len(x))
		return
	}
	for i, v := range x {
		dst[i] += v
	}
}

// AddScaled adds a·x to dst.
func (s Set) AddScaled(dst []float32, a float32, x []float32) {
	same("AddScaled", len(dst), len(x))
	if s.path > Portable {
		vectorAddScaled(s.wide(), first(dst), first(x), len(x), a)
		return
	}
	for i, v := range x {
		dst[i] += float32(a * v)
	}
}

// Scale multiplies dst by a.
func (s Set) Scale(dst []float32, a float32) {
	if s.path > Portable {
		vectorScale(s.wide(), first(dst), len(dst), a)
		return
	}
	for i := range dst {
		dst[i] *= a
	}
}

// Fill sets all of dst to a.
func (s Set) Fill(dst []float32, a float32) {
	if s.path > Portable {
		vectorFill(s.wide(), first(dst), len(dst), a)
		return
	}
	for i := range dst {
		dst[i] = a
	}
}

// Mul sets dst to x·y, value by value: of dropout, y is the mask. dst may be x or y.
func (s Set) Mul(dst, x, y []float32) {
	same("Mul", len(dst), len(x))
	same("Mul", len(dst), len(y))
	if s.path > Portable {
		vectorMul(s.wide(), first(dst), first(x), first(y), len(x))
		return
	}
	for i, v := range x {
		dst[i] = v * y[i]
	}
}

// MulAdd adds x·y to dst, value by value.
func (s Set) MulAdd(dst, x, y []float32) {
	same("MulAdd", len(dst), len(x))
	same("MulAdd", len(dst), len(y))
	if s.path > Portable {
		vectorMulAdd(s.wide(), first(dst), first(x), first(y), len(x))
		return
	}
	for i, v := range x {
		dst[i] += float32(v * y[i])
	}
}

// wide tells which of the two vector implementations is meant where it is not the portable one.
func (s Set) wide() bool { return s.path == AVX512 }

// first returns where a slice begins, nil if it is empty: then nothing is read or written.
func first(x []float32) *float32 {
	if len(x) == 0 {
		return nil
	}
	return &x[0]
}

// same panics unless a slice has the length that another one asks for.
func same(op string, want, got int) {
	if want != got {
		mismatch(op, want, got)
	}
}

// rows returns how many rows of C channels n values are.
func rows(op string, n, C int) int {
	if C <= 0 || n%C != 0 {
		panic(fmt.Sprintf("kernel: %s: %d values are no rows of %d channels", op, n, C))
	}
	return n / C
}

func mismatch(op string, want, got int) {
	panic(fmt.Sprintf("kernel: %s: a slice of %d values where %d are wanted", op, got, want))
}
