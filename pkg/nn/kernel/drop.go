package kernel

// golden is 2³² over the golden ratio: its multiples spread evenly.
const golden = 0x9e3779b1

// DropMask fills dst with 0, at probability rate, or 1/(1-rate), as key says: value i depends on i and
// the key alone, and all implementations give the same. The rate is rounded to a multiple of 2⁻³².
//
// A 32-bit finaliser of two multiplications with half of the mixed key before each. C. Wellons, Prospecting
// for hash functions, 2018 ("lowbias32").
func (s Set) DropMask(dst []float32, rate float64, key uint64) {
	keep, limit := float32(1/(1-rate)), uint32(min(rate*(1<<32)+0.5, 1<<32-1))
	key = mix(key)
	low, high := uint32(key), uint32(key>>32)
	if s.path > Portable {
		var start, step, middle, limits [16]uint32
		lanes := uint32(8)
		if s.wide() {
			lanes = 16
		}
		for i := range start {
			start[i], step[i] = low+uint32(i)*golden, lanes*golden
			middle[i], limits[i] = high, limit
		}
		vectorDropMask(s.wide(), first(dst), len(dst), keep, &start, &step, &middle, &limits)
		return
	}
	for i := range dst {
		x := low + uint32(i)*golden
		x ^= x >> 16
		x *= 0x7feb352d
		x ^= x >> 15
		x += high
		x *= 0x846ca68b
		x ^= x >> 16
		dst[i] = keep
		if x < limit {
			dst[i] = 0
		}
	}
}

// mix is the finaliser of splitmix64, so that keys may be alike.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
