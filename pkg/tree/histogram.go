package tree

import (
	"math"
	"math/bits"
)

// A packed number holds a sum of targets and how many there are: the sum in whole units above
// countBits, the count below. Packed numbers add up like any others, in one addition.
const (
	countBits = 24
	countMask = 1<<countBits - 1
	sumBits   = 38 // that a sum may fill, of 63 - countBits
)

func pack(sum, count int64) int64 { return sum<<countBits + count }

func countOf(packed int64) int64 { return packed & countMask }

func sumOf(packed int64) int64 { return packed >> countBits }

// cells are the packed sums of the rows in each bin of an input.
type cells = [256]int64

// group is how many inputs are summed at once: the row's number and target are then read once
// instead of four times, and the additions do not wait for each other.
const group = 4

// unit returns the power of two in whose multiples targets of at most size are summed, so that the
// sum of count of them fits a packed number.
func unit(size float64, count int) float64 {
	_, exponent := math.Frexp(size)
	return math.Ldexp(1, exponent+bits.Len(uint(count))-sumBits)
}

// fill adds the rows' packed targets to the cells of one input.
func fill(h *cells, column []uint8, rows []int32, packed []int64) {
	packed = packed[:len(rows)]
	for k, r := range rows {
		h[column[r]] += packed[k]
	}
}

// fillGroup adds them to the cells of four inputs.
func fillGroup(h *[group]cells, column *[group][]uint8, rows []int32, packed []int64) {
	packed = packed[:len(rows)]
	c0, h0, h1, h2, h3 := column[0], &h[0], &h[1], &h[2], &h[3]
	c1, c2, c3 := column[1][:len(c0)], column[2][:len(c0)], column[3][:len(c0)]
	for k, r := range rows {
		v := packed[k]
		h0[c0[r]] += v
		h1[c1[r]] += v
		h2[c2[r]] += v
		h3[c3[r]] += v
	}
}

// sparse is the number of rows from which it pays to look at all bins, rather than to note which
// ones the rows fall into.
const sparse = 112
