package feature

import "math"

// mostEntropy is how many values approximate entropy is taken of: its work grows with the square.
const mostEntropy = 5000

// entropy computes approximate entropy.
type entropy struct {
	triples []triple
	spare   []triple
	first   []int32 // of each bucket
	counts  []int32 // of triples near each, in their first two values and in all three
	more    []int32
}

// triple is three values in a row. The last is NaN, near to nothing, where the series ends.
type triple struct{ a, b, c float64 }

func newEntropy(n int) entropy {
	k := min(n, mostEntropy) - 1
	return entropy{make([]triple, k), make([]triple, k), make([]int32, k+1), make([]int32, k), make([]int32, k)}
}

// of returns the approximate entropy of x, or of its first 5,000 values, with patterns of m = 2 values and
// a tolerance r of 0.2 standard deviations of these: Φ²(r) - Φ³(r), where Φ^m is the mean logarithm of the
// part of the patterns of m values, itself among them, that differ by at most r from one in each value
// (S. M. Pincus, Approximate entropy as a measure of system complexity, PNAS 88 (1991) 2297–2301). It
// is 0 when the values are constant.
//
// Patterns are put in the order of their first values, so that those near in these lie together. That
// leaves about a tenth of the pairs of white noise to look at.
func (e *entropy) of(x []float64) float64 {
	x = x[:len(e.triples)+1]
	sd := math.Sqrt(momentsOf(x).variance)
	if !(sd > math.Sqrt(tiny)) {
		return 0
	}
	e.order(x)
	e.count(0.2 * sd)
	return e.meanLog()
}

// meanLog returns Φ² - Φ³.
func (e *entropy) meanLog() float64 {
	k := len(e.triples)
	two, three := 0.0, 0.0
	for i, t := range e.triples {
		two += math.Log(float64(e.counts[i]))
		if t.c == t.c {
			three += math.Log(float64(e.more[i]))
		}
	}
	n := float64(k)
	return two/n - math.Log(n) - (three/(n-1) - math.Log(n-1))
}

// count counts the patterns near each.
func (e *entropy) count(r float64) {
	for i := range e.counts {
		e.counts[i], e.more[i] = 1, 1
	}
	for i, p := range e.triples {
		rest := e.triples[i+1:]
		counts, more := e.counts[i+1:][:len(rest)], e.more[i+1:][:len(rest)]
		near, nearer := int32(0), int32(0)
		for k := range rest {
			q := &rest[k]
			if q.a-p.a > r {
				break
			}
			if math.Abs(q.b-p.b) > r {
				continue
			}
			near++
			counts[k]++
			if math.Abs(q.c-p.c) <= r {
				nearer++
				more[k]++
			}
		}
		e.counts[i] += near
		e.more[i] += nearer
	}
}

// order writes the triples of x in ascending order of their first value: dealt into as many buckets as there
// are, which puts nearly all in order, then by insertion. Values are crowded into one bucket only if they are
// so near to each other that counting takes as long as inserting.
func (e *entropy) order(x []float64) {
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	k := len(e.triples)
	scale := float64(k-1) / (hi - lo)
	clear(e.first)
	for i := range k {
		t := triple{x[i], x[i+1], math.NaN()}
		if i+2 < len(x) {
			t.c = x[i+2]
		}
		e.spare[i] = t
		e.first[int((t.a-lo)*scale)+1]++
	}
	for b := range k {
		e.first[b+1] += e.first[b]
	}
	for _, t := range e.spare {
		b := int((t.a - lo) * scale)
		e.triples[e.first[b]] = t
		e.first[b]++
	}
	insertionSort(e.triples)
}

func insertionSort(t []triple) {
	for i := 1; i < len(t); i++ {
		v := t[i]
		j := i
		for ; j > 0 && t[j-1].a > v.a; j-- {
			t[j] = t[j-1]
		}
		t[j] = v
	}
}

// approximateEntropy is that of the series, or of its first 5,000 values.
func approximateEntropy() field {
	return field{[]string{"approx_entropy"}, func(r *reference, dst []float64) { dst[0] = r.entropy.of(r.z) }}
}
