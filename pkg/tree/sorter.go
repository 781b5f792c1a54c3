package tree

import "math"

// sorter sorts values and remembers where they came from. Its memory serves again.
type sorter struct {
	keys, spareKeys []uint64 // in the order of the floats that they stand for
	rows, spareRows []int32
}

// load takes n values that lie stride apart.
func (s *sorter) load(x []float64, stride, n int) {
	if len(s.keys) != n {
		s.keys, s.spareKeys = make([]uint64, n), make([]uint64, n)
		s.rows, s.spareRows = make([]int32, n), make([]int32, n)
	}
	for i := range n {
		s.keys[i], s.rows[i] = key(x[i*stride]), int32(i)
	}
}

// key maps floats to whole numbers of the same order; both zeros are one.
func key(v float64) uint64 {
	u := math.Float64bits(v + 0) // -0 + 0 = 0
	if u>>63 == 1 {
		return ^u
	}
	return u | 1<<63
}

// value returns the value at a place of the order.
func (s *sorter) value(i int) float64 {
	u := s.keys[i]
	if u>>63 == 1 {
		return math.Float64frombits(u &^ (1 << 63))
	}
	return math.Float64frombits(^u)
}

// sort orders by value, rows of the same value by their number: a radix sort of eleven bits at a
// time, which passes over digits that all values share.
func (s *sorter) sort() {
	const digit = 11
	var count [1 << digit]int32
	for shift := 0; shift < 64; shift += digit {
		clear(count[:])
		for _, k := range s.keys {
			count[k>>shift%(1<<digit)]++
		}
		if count[s.keys[0]>>shift%(1<<digit)] == int32(len(s.keys)) {
			continue
		}
		place := int32(0)
		for i, c := range count {
			count[i] = place
			place += c
		}
		for i, k := range s.keys {
			p := &count[k>>shift%(1<<digit)]
			s.spareKeys[*p], s.spareRows[*p] = k, s.rows[i]
			*p++
		}
		s.keys, s.spareKeys = s.spareKeys, s.keys
		s.rows, s.spareRows = s.spareRows, s.rows
	}
}

// runEnd returns where the values that are equal to the i-th end.
func (s *sorter) runEnd(i int) int {
	end := i + 1
	for end < len(s.keys) && s.keys[end] == s.keys[i] {
		end++
	}
	return end
}

// distinct tells whether there are no more than most different values.
func (s *sorter) distinct(most int) bool {
	found := 1
	for i := 1; i < len(s.keys) && found <= most; i++ {
		if s.keys[i] != s.keys[i-1] {
			found++
		}
	}
	return found <= most
}
