//go:build !amd64

package kernel

// tiled computes the product by micro-kernels, if there are any.
func (p *MatMul) tiled(Path) bool { return false }
