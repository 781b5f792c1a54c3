package kernel

import "unsafe"

// A tile is the argument of a micro-kernel: blocks of C of its shape, one below the other. Strides
// are in bytes. The kernels move a and c to the last block and count blocks down to zero. The
// generator knows the fields' places.
type tile struct {
	a, b, c, bias          unsafe.Pointer // bias: nil for none
	aRow, aCol, bRow, cRow int
	k                      int
	blocks                 int // at least 1
	last                   int // values of the last register of a row of C
	flags                  int
}

const (
	flagAdd  = 1
	flagReLU = 2
)

// A shape is a micro-kernel's kind, rows and registers in a row, as the generator counts them.
type shape uint8

const (
	shapeZ     shape = 1 << 7 // registers of 16 values, the last one partial or not
	shapeYPart shape = 1 << 6 // of 8 values, the last one partial
	shapeY     shape = 0      // of 8 values, all full
)

const (
	bytesOf = 4 // a float32
	// depth is how much of K goes before the next columns: 14 columns of A and 4 registers of B stay in
	// the first-level cache.
	depth = 256
	// work bounds the multiplications of a call: a goroutine cannot be stopped in a micro-kernel.
	work = 1 << 20
)

// tiled computes the product by micro-kernels.
func (p *MatMul) tiled(path Path) bool {
	for k := 0; ; {
		n := p.depth(k)
		p.columns(path, k, n)
		if k += n; k >= p.K {
			return true
		}
	}
}

// depth is how many k to take from k on: parts of about one size.
func (p *MatMul) depth(k int) int {
	left := p.K - k
	if left <= depth {
		return left
	}
	parts := (left + depth - 1) / depth
	return (left + parts - 1) / parts
}

// columns takes n columns of A from k on times all of B, strip by strip.
func (p *MatMul) columns(path Path, k, n int) {
	width := 16
	if path == AVX2 {
		width = 8
	}
	t := tile{
		aRow: p.ARow * bytesOf, aCol: p.ACol * bytesOf, bRow: p.BRow * bytesOf, cRow: p.CRow * bytesOf, k: n,
	}
	if p.Add || k > 0 {
		t.flags |= flagAdd
	}
	if p.ReLU && k+n == p.K {
		t.flags |= flagReLU
	}
	for j := 0; j < p.N; {
		kind, vecs, rows := strip(path, p.M, p.N-j)
		cols := min(vecs*width, p.N-j)
		t.last = cols - (vecs-1)*width
		if n > 0 {
			t.b = unsafe.Pointer(&p.B[k*p.BRow+j])
		}
		t.bias = nil
		if p.Bias != nil {
			t.bias = unsafe.Pointer(&p.Bias[j])
		}
		p.rows(&t, k, j, kind|shape(vecs-1)<<4, rows)
		j += cols
	}
}

// rows computes a strip of C, by blocks of at most limit rows, all of one size or one less.
func (p *MatMul) rows(t *tile, k, j int, s shape, limit int) {
	blocks := (p.M + limit - 1) / limit
	size, larger := p.M/blocks, p.M%blocks
	i := p.run(t, 0, k, j, s|shape(size+1), larger)
	p.run(t, i, k, j, s|shape(size), blocks-larger)
}

// run computes blocks of C from row i on and returns the row behind them.
func (p *MatMul) run(t *tile, i, k, j int, s shape, blocks int) int {
	rows := int(s & 15)
	most := max(1, work/((t.k+1)*rows*64))
	for blocks > 0 {
		t.blocks = min(blocks, most)
		blocks -= t.blocks
		if t.k > 0 {
			t.a = unsafe.Pointer(&p.A[i*p.ARow+k*p.ACol])
		}
		t.c = unsafe.Pointer(&p.C[i*p.CRow+j])
		i += rows * t.blocks
		t.run(s)
	}
	return i
}

// strip chooses the micro-kernels for the next columns of C, of which there are n, in m rows: their
// kind, registers in a row, and the most rows of a block.
func strip(path Path, m, n int) (kind shape, vecs, rows int) {
	if path == AVX512 {
		return stripZ(m, n)
	}
	return stripY(m, n)
}

func stripZ(m, n int) (kind shape, vecs, rows int) {
	switch {
	case n > 48:
		return shapeZ, 4, 6
	case n > 32:
		return shapeZ, 3, 9
	case n > 16:
		return shapeZ, 2, 14
	}
	return shapeZ, 1, 14
}

func stripY(m, n int) (kind shape, vecs, rows int) {
	switch {
	case n >= 32 && m <= 3:
		return shapeY, 4, 3
	case n >= 16:
		return shapeY, 2, 6
	case n > 8:
		return shapeYPart, 2, 6
	case n == 8:
		return shapeY, 1, 10
	}
	return shapeYPart, 1, 10
}
