package tree

// cut says where a leaf is best split, if anywhere.
type cut struct {
	feature int
	bin     int     // the last one on the left
	left    int64   // packed sum of the left part
	gain    float64 // how much the sum of squares falls; 0: no split
}

// rule says what a split has to keep.
type rule struct {
	minSplit, minLeaf int // rows, as often as they were drawn
	minGain           float64
	l2                float64
	depth             int
	unit              float64 // of packed sums
}

// contest compares splits of one leaf. The quality of a split is num/den; comparing products instead
// of quotients spares the division.
//
// Without l2, and with S and n the sums and counts of the left part, of the right part and of all, the
// sum of squares falls by (S_L - n_L·S/n)²·n/(n_L·n_R). Constant targets give exactly 0, which the
// textbook form S_L²/n_L + S_R²/n_R - S²/n does not. With l2 it falls by
// S_L²/(n_L+l2) + S_R²/(n_R+l2) - S²/(n+l2).
type contest struct {
	count, sum, mean float64
	least            int64 // rows on either side
	l2               float64
	num, den         float64 // of the best so far
}

func (r *rule) contest(total int64) contest {
	c := contest{count: float64(countOf(total)), sum: float64(sumOf(total)), least: int64(max(1, r.minLeaf)), l2: r.l2, den: 1}
	c.mean = c.sum / c.count
	if c.l2 > 0 {
		const rounding = 1 + 1e-12
		c.num, c.den = c.sum*c.sum*rounding, c.count+c.l2
	}
	return c
}

// gain returns how much the sum of squares falls by the best split; 0 where that is too little.
func (r *rule) gain(c *contest) float64 {
	fall := c.num / c.den
	if c.l2 > 0 {
		fall -= c.sum * c.sum / (c.count + c.l2)
	} else {
		fall *= c.count
	}
	fall *= r.unit * r.unit
	if fall < r.minGain {
		return 0
	}
	return fall
}

// scan looks for a better split between the cells, which are in the order of their bins. It returns
// the last cell on the left and the sum of the left part, or -1.
func (c *contest) scan(cells []int64) (at int, left int64) {
	if c.l2 > 0 {
		return c.scanShrunk(cells)
	}
	at = -1
	num, den, most := c.num, c.den, int64(c.count)-c.least
	sum := int64(0)
	for i, v := range cells {
		sum += v
		n := countOf(sum)
		if n < c.least {
			continue
		}
		if n > most {
			break
		}
		nl := float64(n)
		d := float64(sumOf(sum)) - c.mean*nl
		if dd, nn := d*d, nl*(c.count-nl); dd*den > num*nn {
			num, den, at, left = dd, nn, i, sum
		}
	}
	c.num, c.den = num, den
	return at, left
}

// scanShrunk is scan with l2.
func (c *contest) scanShrunk(cells []int64) (at int, left int64) {
	at = -1
	sum, most := int64(0), int64(c.count)-c.least
	for i, v := range cells {
		sum += v
		n := countOf(sum)
		if n < c.least {
			continue
		}
		if n > most {
			break
		}
		if c.offer(sum) {
			at, left = i, sum
		}
	}
	return at, left
}

// offer takes a split with the given left part if it is better than the best so far.
func (c *contest) offer(left int64) bool {
	nl, sl := float64(countOf(left)), float64(sumOf(left))
	nr, sr := c.count-nl, c.sum-sl
	var num, den float64
	if c.l2 > 0 {
		nl, nr = nl+c.l2, nr+c.l2
		num, den = sl*sl*nr+sr*sr*nl, nl*nr
	} else {
		d := sl - c.mean*nl
		num, den = d*d, nl*nr
	}
	if !(num*c.den > c.num*den) {
		return false
	}
	c.num, c.den = num, den
	return true
}
