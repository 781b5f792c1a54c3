package mixture

import "math"

// Quantile returns the H below which a share p of a posterior distribution lies, between from and to,
// given its log density at [Grid], such as a row of [Reading.Fine], and a prior that is uniform there.
func Quantile(log []float32, p, from, to float64) float64 {
	var density [fine]float64
	lo, hi := window(from, to)
	total := weigh(density[lo:hi+1], log[lo:hi+1])
	sum, want := 0.0, p*total
	for i := lo; i <= hi; i++ {
		if sum+density[i] >= want {
			h := lowest + float64(i)*fineStep
			a, b := h-fineStep/2, h+fineStep/2 // density belongs to the cell around a place
			if i == lo {
				a = h
			}
			if i == hi {
				b = h
			}
			return a + (b-a)*(want-sum)/max(density[i], 1e-300)
		}
		sum += density[i]
	}
	return lowest + float64(hi)*fineStep
}

// window returns the places in the grid of an interval's ends.
func window(from, to float64) (lo, hi int) {
	lo = max(0, int(math.Ceil((from-lowest)/fineStep-1e-6)))
	return lo, min(fine-1, int(math.Floor((to-lowest)/fineStep+1e-6)))
}

// weigh writes the density to dst, up to a factor, with half a cell at each end, and returns its sum.
func weigh(dst []float64, log []float32) (total float64) {
	top := log[0]
	for _, v := range log {
		top = max(top, v)
	}
	for i, v := range log {
		dst[i] = math.Exp(float64(v - top))
		if i == 0 || i == len(log)-1 {
			dst[i] /= 2
		}
		total += dst[i]
	}
	return total
}
