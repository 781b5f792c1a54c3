package nn

// Mask fills dst with 0, at probability rate, or 1/(1-rate): the mask of one series in one node and
// pass. All engines draw the same. The rate is rounded to a multiple of 2⁻¹⁶.
func (p Pass) Mask(dst []float32, rate float64, node, row int) {
	keep := float32(1 / (1 - rate))
	limit := uint64(rate*65536 + 0.5)
	state := mix(mix(mix(p.Seed^0x9e3779b97f4a7c15)+p.Step) + uint64(node)<<32 + uint64(row))
	for len(dst) >= 4 {
		state += 0x9e3779b97f4a7c15
		z := mix(state)
		dst[0] = pick(z&0xffff < limit, keep)
		dst[1] = pick(z>>16&0xffff < limit, keep)
		dst[2] = pick(z>>32&0xffff < limit, keep)
		dst[3] = pick(z>>48 < limit, keep)
		dst = dst[4:]
	}
	z := mix(state + 0x9e3779b97f4a7c15)
	for i := range dst {
		dst[i] = pick(z>>(16*i)&0xffff < limit, keep)
	}
}

func pick(drop bool, keep float32) float32 {
	if drop {
		return 0
	}
	return keep
}

// mix is the finaliser of splitmix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
