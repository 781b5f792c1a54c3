package mixture

import (
	"math"
	"slices"
)

// outliers finds values that do not fit in with the others. With H known, what the other values say of
// one differs from it by (Qx)_t/Q_tt, all of one variance; after outliers are deleted, with b their
// sizes, by (Qx - Q_M b)_t.
type outliers struct {
	o       *overlays
	places  []int // ascending
	residue []float64
	apart   []float64
	matrix  []float64
	size    []float64
	largest float64 // the largest residue of the whole series, in robust standard deviations
	beyond  int     // how many are beyond the limit then
	tail    float64 // log of the mean fourth power of them
}

const (
	oddity       = 4   // from how many robust standard deviations on a value is an outlier
	mostOutliers = 128 // that are looked for
	rounds       = 8   // a large outlier hides smaller ones next to it
)

func newOutliers(o *overlays) *outliers {
	return &outliers{
		o: o, places: make([]int, 0, mostOutliers), residue: make([]float64, o.n), apart: make([]float64, 0, o.n),
		matrix: make([]float64, mostOutliers*mostOutliers), size: make([]float64, mostOutliers),
	}
}

// find looks for outliers in the series last searched, with H that of a node. Values at gaps are none.
func (f *outliers) find(node int, gap []int) {
	copy(f.residue, f.o.y[node])
	for _, t := range gap {
		f.residue[t] = 0
	}
	f.places = f.places[:0]
	limit := f.limit(len(gap))
	f.describe(limit / oddity)
	most := min(mostOutliers, f.o.n/20+1)
	for range rounds {
		before := len(f.places)
		for t := range f.residue {
			if len(f.places) < most && f.sticksOut(t, limit) {
				f.places = append(f.places, t)
			}
		}
		if len(f.places) == before {
			return
		}
		slices.Sort(f.places)
		f.delete(node, gap)
		limit = f.limit(len(gap) + len(f.places))
	}
}

// limit returns from which residue on a value is an outlier, zero of them being of no value.
func (f *outliers) limit(zero int) float64 {
	const robust = 1.482602218505602 // makes the median absolute deviation of normal values their sd
	f.apart = f.apart[:0]
	for _, v := range f.residue {
		f.apart = append(f.apart, math.Abs(v))
	}
	return oddity * robust * kth(f.apart, min(zero+(len(f.apart)-zero)/2, len(f.apart)-1))
}

// describe keeps what the residues say of tails.
func (f *outliers) describe(sd float64) {
	f.largest, f.beyond, f.tail = 0, 0, 0
	sd = max(sd, 1e-300)
	for _, v := range f.residue {
		z := min(math.Abs(v)/sd, 100)
		f.largest = max(f.largest, z)
		f.tail += z * z * z * z / float64(len(f.residue))
		if z > oddity {
			f.beyond++
		}
	}
	f.tail = math.Log(max(f.tail, 1e-3))
}

// sticksOut tells whether value t is beyond the limit and further than its neighbours.
func (f *outliers) sticksOut(t int, limit float64) bool {
	v := math.Abs(f.residue[t])
	if v <= limit {
		return false
	}
	for k := max(0, t-2); k <= min(len(f.residue)-1, t+2); k++ {
		if w := math.Abs(f.residue[k]); w > v || w == v && k < t {
			return false
		}
	}
	return true
}

// delete computes the residues without the outliers found.
func (f *outliers) delete(node int, gap []int) {
	copy(f.residue, f.o.y[node])
	p, c := len(f.places), f.o.circle
	a, b := f.matrix[:p*p], f.size[:p]
	for i, t := range f.places {
		b[i] = f.residue[t]
		for j, s := range f.places[:i+1] {
			a[i*p+j] = c.apart(node, t, s)
		}
		row := a[i*p : i*p+i+1]
		factoriseRow(a, row, i, p)
		b[i] = (b[i] - dot(row[:i], b[:i])) / row[i]
	}
	for i := p - 1; i >= 0; i-- {
		b[i] /= a[i*p+i]
		for j := range i {
			b[j] -= a[i*p+j] * b[i]
		}
	}
	for i, at := range f.places {
		for t := range f.residue {
			f.residue[t] -= c.apart(node, t, at) * b[i]
		}
	}
	for _, places := range [2][]int{gap, f.places} {
		for _, t := range places {
			f.residue[t] = 0
		}
	}
}

// kth returns the value of rank k, from 0, and changes the order of x: C. A. R. Hoare, Algorithm 65:
// find, Communications of the ACM 4 (1961) 321–322.
func kth(x []float64, k int) float64 {
	lo, hi := 0, len(x)-1
	for lo < hi {
		pivot := x[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return x[k]
		}
	}
	return x[k]
}
