package kernel

// transposeBlocks transposes blocks of 8×8 values, side by side in src.
func transposeBlocks(dst []float32, dstRow int, src []float32, srcRow, blocks int) {
	transpose8(&dst[0], &src[0], dstRow*bytesOf, srcRow*bytesOf, blocks)
}
