package estimator

import (
	"math"
	"slices"
)

// Adaptive estimates the H of fractional Gaussian noise in a series that may have gaps, outliers, long
// tails, a trend, a level shift or a cycle. It looks for each of them, and where it finds one it
// estimates H as if that, but not its size, were known:
//
//   - values that are NaN or were put into gaps as straight lines, and outliers, count as missing;
//   - a line, a parabola, a step and a sine are part of the model, their sizes unknown;
//   - values with long tails are replaced by their normal scores.
//
// Of a clean series it gives, nearly, the posterior median under a uniform prior in the likelihood of
// [Debiased]. What it does not look for is white noise, which is hard to tell from a smaller or larger
// H; [Robust] does when it is asked to. Its interval does not know that it chose: of 95 % intervals
// about 94 % cover.
//
// A series of more than 2,048 values is looked at for trends, shifts and cycles as means over equal
// stretches, which have the same H, and its likelihood is that of blocks of up to 2,048 values, fewer
// where many are missing, each of a scale of its own.
type Adaptive struct {
	Settings
	// GapsOnly looks for nothing but values that are missing.
	GapsOnly bool
}

// Estimate implements [Estimator]. A NaN is a value that is missing.
func (a Adaptive) Estimate(x []float64) (Estimate, error) { return estimateOne(a, x) }

// Prepare implements [Estimator].
func (a Adaptive) Prepare(n int) *Prepared {
	p := prepare(n, a.Settings, Hurst, func(n int, level float64) core { return newAdaptiveCore(n, level, a.GapsOnly) })
	p.gaps = newGapFiller(n)
	return p
}

const (
	maxBlock   = 2048 // the most values that are looked at as one
	maxMissing = 256  // the most that are missing from them, if fewer at a time will do
	minBlock   = 128
)

// adaptiveCore cleans a series, step by step, and estimates H from what is left.
type adaptiveCore struct {
	n        int
	level    float64
	gapsOnly bool
	first    *circulant // of the longest blocks
	divided  []*blocks  // each of half the length of the one before; made when it is first needed
	overlay  *overlay
	hampel   *Hampel
	scorer   *Scorer
	area     area
	prior    prior
	z        []float64
	gaps     []int
	missing  []int // places that are known to be missing
	shapes   []overlaid
	clipped  []float64
	means    []float64
	before   []float64
	sorted   []float64
}

func newAdaptiveCore(n int, level float64, gapsOnly bool) *adaptiveCore {
	c := &adaptiveCore{n: n, level: level, gapsOnly: gapsOnly, prior: uniformPrior()}
	block := n / ((n + maxBlock - 1) / maxBlock)
	c.first = newCirculant(block)
	c.sorted = make([]float64, n)
	if gapsOnly {
		return c
	}
	c.overlay, c.hampel, c.scorer = newOverlay(c.first), NewHampel(n, 0), NewScorer(n)
	c.clipped, c.means, c.before = make([]float64, n), make([]float64, block), make([]float64, block)
	return c
}

// miss implements gapped.
func (c *adaptiveCore) miss(places []int) { c.missing = places }

// estimate implements core.
func (c *adaptiveCore) estimate(z []float64) (outcome, error) {
	c.z, c.shapes = z, nil
	c.gaps = findFilled(c.gaps, z, c.sorted)
	c.gaps = append(c.gaps, c.missing...)
	slices.Sort(c.gaps)
	c.gaps = slices.Compact(c.gaps)
	node := steps / 2
	if !c.gapsOnly {
		node = c.clean()
	}
	if err := restOf(z); err != nil {
		return outcome{}, err
	}
	b := c.blocksFor()
	b.load(z, c.gaps, c.shapes)
	if !c.gapsOnly {
		b.dropOutliers(node)
	}
	b.dropSpent(node)
	if err := b.check(); err != nil {
		return outcome{}, err
	}
	b.over.forget()
	p := c.area.of(b.over, c.prior, c.level)
	return outcome{h: p.median, se: p.sd, lower: p.lower, upper: p.upper, fit: b.fit(p.median)}, nil
}

// clean makes tails short and takes off what lies over the series, and returns the node of the H that
// is likeliest then.
func (c *adaptiveCore) clean() (node int) {
	tails := c.longTails()
	if tails {
		c.normalise()
	}
	node = c.takeOverlay()
	if !tails && c.longTails() { // which a trend may have hidden
		c.normalise()
	}
	return node
}

// longTails tells whether the values that are known have long tails.
func (c *adaptiveCore) longTails() bool {
	rest := withoutPlaces(c.sorted[:0], c.z, c.gaps)
	if len(rest) == 0 {
		return false
	}
	slices.Sort(rest)
	return heavy(rest, c.clipped)
}

// normalise replaces the values that are known by their normal scores.
func (c *adaptiveCore) normalise() {
	for _, i := range c.gaps {
		c.z[i] = math.NaN()
	}
	c.scorer.Scores(c.z, c.z)
	last := 0.0
	for i, v := range c.z {
		if math.IsNaN(v) {
			c.z[i] = last // so that a trend stays one
		}
		last = c.z[i]
	}
}

// takeOverlay looks for what lies over the series, in a copy without extremes, takes it off the
// series, and returns the node of the H that is likeliest then.
func (c *adaptiveCore) takeOverlay() (node int) {
	c.hampel.Filter(c.clipped, c.z, oddity)
	stretch := c.n / c.first.n
	for i := range c.means {
		c.means[i] = 0
		for _, v := range c.clipped[i*stretch : (i+1)*stretch] {
			c.means[i] += v / float64(stretch)
		}
	}
	copy(c.before, c.means)
	shapes, node := c.overlay.find(c.means)
	if len(shapes) == 0 {
		return node
	}
	for t := range c.z {
		i := min(t/stretch, len(c.means)-1)
		c.z[t] -= c.before[i] - c.means[i]
	}
	if stretch == 1 {
		c.shapes = shapes // a block of a longer series sees little of them
	}
	return node
}

// blocksFor returns blocks of a length at which no more than maxMissing values are missing from one,
// if there is such a length, with shapes kept only where there is one block.
func (c *adaptiveCore) blocksFor() *blocks {
	k, n := 0, c.first.n
	for n/2 >= minBlock && c.mostMissing(n) > maxMissing {
		k, n = k+1, n/2
	}
	for len(c.divided) <= k {
		c.divided = append(c.divided, nil)
	}
	if c.divided[k] == nil {
		circle := c.first
		if k > 0 {
			circle = newCirculant(n)
		}
		c.divided[k] = newBlocks(circle, c.n/n)
	}
	if c.n/n > 1 {
		c.shapes = nil
	}
	return c.divided[k]
}

// mostMissing returns how many values are missing at most from a block of n that is used.
func (c *adaptiveCore) mostMissing(n int) int {
	most, count, block := 0, 0, 0
	for _, at := range c.gaps {
		if at/n != block {
			count, block = 0, at/n
		}
		count++
		if count <= scarce(n) {
			most = max(most, count)
		}
	}
	return most
}
