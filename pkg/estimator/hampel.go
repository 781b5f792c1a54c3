package estimator

import (
	"fmt"
	"math"
	"slices"
)

// madScale makes the median absolute deviation of normal values their standard deviation.
const madScale = 1.482602218505602

// HampelFilter writes x to dst, which may be x, with each value that is further than threshold robust
// standard deviations from the median of its window replaced by that median, and returns how many
// were. The window is the value with half neighbours to each side, fewer at the ends; zero means the
// whole series. The robust standard deviation is 1.4826 times the median absolute deviation; where
// that is zero, as among many equal values, nothing is replaced. It panics if the lengths differ;
// values have to be finite.
//
// R. K. Pearson, Y. Neuvo, J. Astola, M. Gabbouj, Generalized Hampel filters, EURASIP Journal on
// Advances in Signal Processing (2016) 87.
func HampelFilter(dst, x []float64, half int, threshold float64) (replaced int) {
	return NewHampel(len(x), half).Filter(dst, x, threshold)
}

// Hampel is a [HampelFilter] for series of one length, which takes no memory for each. It is not safe
// for concurrent use.
type Hampel struct {
	half   int
	sorted []float64 // the window
	apart  []float64 // distances from a median
	past   []float64 // the last values, as they were before they were replaced
}

// NewHampel returns a filter for series of n values, with windows of half neighbours to each side.
func NewHampel(n, half int) *Hampel {
	width := n
	if half > 0 {
		width = min(n, 2*half+1)
	}
	return &Hampel{half: half, sorted: make([]float64, 0, width), apart: make([]float64, 0, width), past: make([]float64, half+1)}
}

// Filter does what [HampelFilter] does.
func (f *Hampel) Filter(dst, x []float64, threshold float64) (replaced int) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("estimator: %d values for %d", len(dst), len(x)))
	}
	if len(x) == 0 {
		return 0
	}
	if f.half <= 0 {
		return f.whole(dst, x, threshold)
	}
	f.sorted = append(f.sorted[:0], x[:min(f.half, len(x))]...)
	slices.Sort(f.sorted)
	for i, v := range x {
		f.past[i%len(f.past)] = v
		if i+f.half < len(x) {
			f.insert(x[i+f.half])
		}
		dst[i] = v
		if median, spread := f.centre(); spread > 0 && math.Abs(v-median) > threshold*spread {
			dst[i] = median
			replaced++
		}
		if i >= f.half {
			f.remove(f.past[(i-f.half)%len(f.past)])
		}
	}
	return replaced
}

// whole filters with one window.
func (f *Hampel) whole(dst, x []float64, threshold float64) (replaced int) {
	f.sorted = append(f.sorted[:0], x...)
	slices.Sort(f.sorted)
	median, spread := f.centre()
	copy(dst, x)
	for i, v := range dst {
		if spread > 0 && math.Abs(v-median) > threshold*spread {
			dst[i] = median
			replaced++
		}
	}
	return replaced
}

func (f *Hampel) insert(v float64) {
	k, _ := slices.BinarySearch(f.sorted, v)
	f.sorted = slices.Insert(f.sorted, k, v)
}

func (f *Hampel) remove(v float64) {
	k, _ := slices.BinarySearch(f.sorted, v)
	f.sorted = slices.Delete(f.sorted, k, k+1)
}

// centre returns the median of the window and its robust standard deviation.
func (f *Hampel) centre() (median, spread float64) {
	median = middle(f.sorted)
	// Distances grow to both sides of the median: merged from there, they come sorted.
	f.apart = f.apart[:0]
	right, _ := slices.BinarySearch(f.sorted, median)
	left := right - 1
	for need := len(f.sorted)/2 + 1; len(f.apart) < need; {
		if left < 0 || right < len(f.sorted) && f.sorted[right]-median <= median-f.sorted[left] {
			f.apart = append(f.apart, f.sorted[right]-median)
			right++
			continue
		}
		f.apart = append(f.apart, median-f.sorted[left])
		left--
	}
	last := f.apart[len(f.apart)-1]
	if len(f.sorted)%2 == 0 {
		last = last/2 + f.apart[len(f.apart)-2]/2
	}
	return median, madScale * last
}

// middle returns the median of sorted values.
func middle(sorted []float64) float64 {
	k := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[k]
	}
	return sorted[k-1]/2 + sorted[k]/2
}
