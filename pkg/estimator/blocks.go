package estimator

import (
	"fmt"
	"slices"
)

// blocks is the likelihood of a series cut into blocks of one length, each of a scale of its own: the
// sum of what [masked] gives for each. What is left over at the end, less than a value a block, does
// not count, and neither does a block of which little is known.
type blocks struct {
	c        *circulant
	masked   *masked
	oddities *oddities
	over     *scan
	x        []float64
	coeff    [][]complex128 // by block
	gaps     [][]int        // by block, counted from its start
	used     []bool         // by block
	shapes   []overlaid
	plot     *spectrumPlot
	power    []float64
}

// newBlocks is for so many blocks of the length of a circulant.
func newBlocks(c *circulant, count int) *blocks {
	b := &blocks{c: c, masked: newMasked(c), coeff: make([][]complex128, count), gaps: make([][]int, count), used: make([]bool, count)}
	b.oddities = newOddities(b.masked)
	b.over = newScan(minHurst, maxHurst, steps, b.at)
	b.power = make([]float64, (c.n-1)/2)
	b.plot = newSpectrumPlot(c.n, len(b.power))
	for i := range b.coeff {
		b.coeff[i] = make([]complex128, c.n/2+1)
	}
	return b
}

// scarce tells of how many unknown values a block of n has too many.
func scarce(n int) int { return n * 2 / 5 }

// load takes a standard series, the places of its unknown values and, when there is one block, the
// shapes that lie over it.
func (b *blocks) load(x []float64, gaps []int, shapes []overlaid) {
	b.x, b.shapes = x, shapes
	for i := range b.coeff {
		from, to := b.bounds(i)
		lo, _ := slices.BinarySearch(gaps, from)
		hi, _ := slices.BinarySearch(gaps, to)
		b.gaps[i] = b.gaps[i][:0]
		for _, at := range gaps[lo:hi] {
			b.gaps[i] = append(b.gaps[i], at-from)
		}
		b.used[i] = len(b.gaps[i]) <= scarce(b.c.n) && !flat(x[from:to])
		if b.used[i] {
			b.c.plan.Coefficients(b.coeff[i], x[from:to])
		}
	}
}

// bounds returns where a block begins and ends.
func (b *blocks) bounds(i int) (from, to int) { return i * b.c.n, (i + 1) * b.c.n }

// dropOutliers adds outliers to the unknown values, with H at a node.
func (b *blocks) dropOutliers(node int) {
	for i := range b.coeff {
		if from, to := b.bounds(i); b.used[i] {
			b.gaps[i] = b.oddities.find(b.x[from:to], b.coeff[i], b.gaps[i], node)
		}
	}
}

// dropSpent leaves out blocks that have nothing in them but what is unknown.
func (b *blocks) dropSpent(node int) {
	for i := range b.coeff {
		if from, to := b.bounds(i); b.used[i] {
			b.masked.load(b.x[from:to], b.coeff[i], b.gaps[i], b.shapes)
			b.used[i] = !flat(b.x[from:to]) && !b.masked.spent(node)
		}
	}
}

// check fails with ErrNoFit when no block is used.
func (b *blocks) check() error {
	if slices.Contains(b.used, true) {
		return nil
	}
	missing := 0
	for _, gaps := range b.gaps {
		missing += len(gaps)
	}
	return fmt.Errorf("%w: %d of %d values are missing, and the rest is all alike", ErrNoFit, missing, len(b.x))
}

// at returns the log likelihood at a node.
func (b *blocks) at(node int) float64 {
	sum := 0.0
	for i := range b.coeff {
		if from, to := b.bounds(i); b.used[i] {
			b.masked.load(b.x[from:to], b.coeff[i], b.gaps[i], b.shapes)
			sum += b.masked.at(node)
		}
	}
	return sum
}

// fit returns a plot of the mean periodogram of the blocks with the density of exponent h. It is valid
// until the next call. Unknown values have to be filled.
func (b *blocks) fit(h float64) *Fit {
	clear(b.power)
	for i, coeff := range b.coeff {
		if !b.used[i] {
			continue
		}
		for j := range b.power {
			c := coeff[j+1]
			b.power[j] += (real(c)*real(c) + imag(c)*imag(c)) / float64(b.c.n)
		}
	}
	for j := range b.power {
		b.power[j] = max(b.power[j], floor)
	}
	fit := b.plot.line(b.power, 1-2*h)
	node := b.c.nearest(h)
	b.c.load(node)
	b.plot.curve(func(frequency float64) float64 {
		return 1 / b.c.inverse[node][max(1, min(b.c.n/2, int(frequency*float64(b.c.n)+0.5)))]
	})
	return fit
}
