package nn

import "github.com/longmemory/hurst/pkg/nn/kernel"

// Mask fills dst with 0, at probability rate, or 1/(1-rate): the mask of one series in one node and
// pass. All engines draw the same.
func (p Pass) Mask(dst []float32, rate float64, node, row int) {
	key := mix(mix(mix(p.Seed^0x9e3779b97f4a7c15)+p.Step) + uint64(node)<<32 + uint64(row))
	kernel.Best().DropMask(dst, rate, key)
}

// mix is the finaliser of splitmix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
