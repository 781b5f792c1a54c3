//go:build !amd64

package kernel

// tiled computes the product by micro-kernels, if there are any.
func (p *MatMul) tiled(Path) bool { return false }

// vector computes the transform with vectors, if there are any.
func (t *transform) vector(Path, winogradKind) bool { return false }

// transposeBlocks transposes blocks of 8×8 values, side by side in src.
func transposeBlocks(dst []float32, dstRow int, src []float32, srcRow, blocks int) {
	transposeRows(dst, dstRow, src, srcRow, 0, 8, 0, 8*blocks)
}
