package kernel

// Transpose writes to dst the transpose of src, of rows × cols values: dst is cols × rows. They must
// share no memory.
func (s Set) Transpose(dst, src []float32, rows, cols int) {
	s.TransposeRows(dst, rows, src, cols, rows, cols)
}

// TransposeRows is [Set.Transpose] of a part of larger matrices: rows of src are srcRow values apart,
// and those of dst are dstRow apart. It panics if a slice is too short.
func (s Set) TransposeRows(dst []float32, dstRow int, src []float32, srcRow, rows, cols int) {
	if rows <= 0 || cols <= 0 {
		return
	}
	checkLengths(min(dstRow, srcRow) >= 0 && len(src) >= (rows-1)*srcRow+cols && len(dst) >= (cols-1)*dstRow+rows,
		"Transpose")
	if s.path == Portable {
		transposeRows(dst, dstRow, src, srcRow, 0, rows, 0, cols)
		return
	}
	// Panels of few columns: the parts of dst's rows that a panel writes stay in the cache.
	const panel = 64
	high, wide := rows&^7, cols&^7
	for j := 0; j < wide; j += panel {
		for i := 0; i < high; i += 8 {
			transposeBlocks(dst[j*dstRow+i:], dstRow, src[i*srcRow+j:], srcRow, min(panel, wide-j)/8)
		}
	}
	transposeRows(dst, dstRow, src, srcRow, 0, rows, wide, cols)
	transposeRows(dst, dstRow, src, srcRow, high, rows, 0, wide)
}

// transposeRows transposes rows from … to and columns left … right.
func transposeRows(dst []float32, dstRow int, src []float32, srcRow, from, to, left, right int) {
	for i := from; i < to; i++ {
		for j := left; j < right; j++ {
			dst[j*dstRow+i] = src[i*srcRow+j]
		}
	}
}
