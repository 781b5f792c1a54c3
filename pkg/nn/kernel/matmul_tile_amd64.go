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
	shapeSkip  shape = 15     // for the number of rows: one row of A, whose zeros are passed over
)

const (
	bytesOf = 4 // a float32
	// depth is how much of K goes before the next columns: 14 columns of A and 4 registers of B stay in
	// the first-level cache.
	depth = 256
	// work bounds the multiplications of a call: a goroutine cannot be stopped in a micro-kernel.
	work = 1 << 20
	// A row times a matrix of at least skipFrom values is limited by memory, which zeros need not wait
	// for.
	skipFrom = 1 << 15
	// skipDepth bounds the k of such a call.
	skipDepth = 1 << 14
)

// tiled computes the product by micro-kernels.
func (p *MatMul) tiled(path Path) bool {
	k := 0
	if p.M == 1 && p.ACol == 1 && p.K*p.N >= skipFrom {
		for p.K-k >= path.group() {
			n := min(p.K-k, skipDepth) &^ (path.group() - 1)
			p.skipping(path, k, n)
			k += n
		}
	}
	for k < p.K || k == 0 {
		n := p.depth(k)
		p.columns(path, k, n)
		k += max(1, n)
	}
	return true
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
	t := p.tile(k, n)
	for j := 0; j < p.N; {
		kind, vecs, rows := strip(path, p.M, p.N-j, n)
		cols := p.aim(&t, path, vecs, k, j)
		p.rows(&t, k, j, kind|shape(vecs-1)<<4, rows)
		j += cols
	}
}

// skipping takes n columns of A's only row from k on times B, and passes over zeros: they add nothing
// to any chain.
func (p *MatMul) skipping(path Path, k, n int) {
	t := p.tile(k, n)
	t.k = n / path.group()
	for j := 0; j < p.N; {
		kind, vecs, _ := strip(path, 1, p.N-j, n)
		cols := p.aim(&t, path, vecs, k, j)
		t.blocks, t.a, t.c = 1, at(p.A, k), at(p.C, j)
		t.run(kind | shape(vecs-1)<<4 | shapeSkip)
		j += cols
	}
}

// tile is the argument for n columns of A from k on.
func (p *MatMul) tile(k, n int) tile {
	t := tile{
		aRow: p.ARow * bytesOf, aCol: p.ACol * bytesOf, bRow: p.BRow * bytesOf, cRow: p.CRow * bytesOf, k: n,
	}
	if p.Add || k > 0 {
		t.flags |= flagAdd
	}
	if p.ReLU && k+n == p.K {
		t.flags |= flagReLU
	}
	return t
}

// aim sets what a tile reads for registers of columns from j on, and returns how many columns they
// are.
func (p *MatMul) aim(t *tile, path Path, vecs, k, j int) int {
	cols := min(vecs*path.width(), p.N-j)
	t.last = cols - (vecs-1)*path.width()
	if t.k > 0 {
		t.b = at(p.B, k*p.BRow+j)
	}
	t.bias = nil
	if p.Bias != nil {
		t.bias = at(p.Bias, j)
	}
	return cols
}

// at is where x holds value i, for generated code; whoever calls has checked how far that code goes.
func at(x []float32, i int) unsafe.Pointer {
	return unsafe.Pointer(&x[i]) //nolint:gosec // G103: assembly takes addresses
}

// width is how many values a register holds.
func (p Path) width() int {
	if p == AVX2 {
		return 8
	}
	return 16
}

// group is how many values of A a micro-kernel that skips zeros looks at together.
func (p Path) group() int { return 4 * p.width() }

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
			t.a = at(p.A, i*p.ARow+k*p.ACol)
		}
		t.c = at(p.C, i*p.CRow+j)
		i += rows * t.blocks
		t.run(s)
	}
	return i
}

// strip chooses the micro-kernels for the next columns of C, of which there are n, in m rows and for
// sums of k terms: their kind, registers in a row, and the most rows of a block.
func strip(path Path, m, n, k int) (kind shape, vecs, rows int) {
	if path == AVX512 {
		return stripZ(m, n, k)
	}
	return stripY(m, n)
}

func stripZ(m, n, k int) (kind shape, vecs, rows int) {
	// The shorter the sums, the more there is to store: small blocks leave the stores time.
	short := k <= 16 && m >= 8
	switch {
	case short || n <= 16:
		return shapeZ, 1, 14
	case n > 48:
		return shapeZ, 4, 6
	case n > 32:
		return shapeZ, 3, 9
	}
	return shapeZ, 2, 14
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
