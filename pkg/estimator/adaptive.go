package estimator

import (
	"fmt"
	"math"
	"slices"
)

// Adaptive estimates the H of fractional Gaussian noise in a series that may have gaps which were
// filled by straight lines, outliers, long tails, a trend, a level shift or a cycle. It looks for each
// of them, and where it finds one it estimates H as if that, but not its size, were known:
//
//   - values put into gaps, and outliers, count as missing;
//   - a line, a parabola, a step and a sine are part of the model, their sizes unknown;
//   - values with long tails are replaced by their normal scores.
//
// Of a clean series it gives the posterior median under a uniform prior in the debiased Whittle
// likelihood. What it does not look for is white noise, which is hard to tell from a smaller or larger
// H; [Robust] does when it is asked to.
//
// A series of more than 2,048 values is looked at for trends, shifts and cycles as means of equal
// stretches, which have the same H, and its likelihood is that of blocks of up to 2,048 values, each
// of a scale of its own.
type Adaptive struct {
	Settings
}

// Estimate implements [Estimator].
func (a Adaptive) Estimate(x []float64) (Estimate, error) { return estimateOne(a, x) }

// Prepare implements [Estimator].
func (a Adaptive) Prepare(n int) *Prepared {
	return prepare(n, a.Settings, Hurst, func(n int, level float64) core { return newAdaptiveCore(n, level) })
}

// maxBlock is the most values that are looked at as one.
const maxBlock = 2048

// oddity is how far an outlier lies from what the other values say that it should be, in standard
// deviations: of 10,000 normal values, less than one.
const oddity = 4

type adaptiveCore struct {
	n, block, blocks int
	level            float64
	circulant        *circulant
	overlay          *overlay
	oddities         *oddities
	masked           *masked
	hampel           *Hampel
	scorer           *Scorer
	likelihood       *scan
	area             area
	prior            prior
	z                []float64 // the series, of blocks·block values
	clipped          []float64
	means            []float64
	scratch          []float64
	shown            *likelihood // for the plot
	gaps, filled     []int
	blockGaps        []int
	shapes           []overlaid
}

func newAdaptiveCore(n int, level float64) *adaptiveCore {
	blocks := (n + maxBlock - 1) / maxBlock
	block := n / blocks
	c := &adaptiveCore{n: n, block: block, blocks: blocks, level: level, prior: uniformPrior()}
	c.circulant, c.shown = newCirculant(block), newDebiasedNoise(n, options{})
	c.overlay, c.oddities, c.masked = newOverlay(c.circulant), newOddities(c.circulant), newMasked(c.circulant)
	c.hampel, c.scorer = NewHampel(n, 0), NewScorer(n)
	c.likelihood = newScan(minHurst, maxHurst, steps, c.at)
	c.clipped, c.scratch, c.means = make([]float64, n), make([]float64, n), make([]float64, block)
	return c
}

// estimate implements core.
func (c *adaptiveCore) estimate(z []float64) (outcome, error) {
	c.z = z
	c.gaps = findFilled(c.gaps, z, c.scratch)
	if len(c.gaps) > 4*c.n/10 {
		return outcome{}, fmt.Errorf("%w: %d of %d values were put into gaps", ErrNoFit, len(c.gaps), c.n)
	}
	tails := c.longTails()
	if tails {
		c.normalise()
	}
	node := c.takeOverlay()
	if !tails && c.longTails() { // which a trend may have hidden
		c.normalise()
	}
	if err := c.dropOutliers(node); err != nil {
		return outcome{}, err
	}
	if err := restOf(z); err != nil {
		return outcome{}, err
	}
	c.likelihood.forget()
	p := c.area.of(c.likelihood, c.prior, c.level)
	o := outcome{h: p.median, se: p.sd, lower: p.lower, upper: p.upper}
	if err := c.shown.loadSeries(z); err == nil {
		o.fit = c.shown.fit(o.h)
	}
	return o, nil
}

// takeOverlay looks for what lies over the series, in a copy without extremes, takes it off the
// series, and returns the node of the H that is likeliest then.
func (c *adaptiveCore) takeOverlay() int {
	c.hampel.Filter(c.clipped, c.z, oddity)
	for i := range c.means {
		c.means[i] = 0
		for _, v := range c.clipped[i*c.blocks : (i+1)*c.blocks] {
			c.means[i] += v
		}
	}
	copy(c.scratch, c.means)
	shapes, node := c.overlay.find(c.means)
	c.shapes = shapes
	if len(shapes) == 0 {
		return node
	}
	for i, v := range c.means {
		off := (c.scratch[i] - v) / float64(c.blocks)
		for k := range c.blocks {
			c.z[i*c.blocks+k] -= off
		}
	}
	if c.blocks > 1 {
		c.shapes = nil // a block sees little of them
	}
	return node
}

// longTails tells whether the values that are known have long tails.
func (c *adaptiveCore) longTails() bool {
	rest := c.scratch[:0]
	gaps := c.gaps
	for i, v := range c.z {
		if len(gaps) > 0 && gaps[0] == i {
			gaps = gaps[1:]
			continue
		}
		rest = append(rest, v)
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
	for _, i := range c.gaps {
		c.z[i] = 0
	}
}

// dropOutliers adds outliers to the gaps, block by block. It fails with ErrNoFit when most values of a
// block are outliers.
func (c *adaptiveCore) dropOutliers(node int) error {
	c.filled = append(c.filled[:0], c.gaps...)
	c.gaps = c.gaps[:0]
	for b := range c.blocks {
		from := b * c.block
		gaps, ok := c.oddities.find(c.z[from:from+c.block], c.within(c.filled, from), node, oddity, c.block/2)
		if !ok {
			return fmt.Errorf("%w: %d of the values %d to %d do not fit in with the rest", ErrNoFit, len(gaps), from, from+c.block-1)
		}
		for _, i := range gaps {
			c.gaps = append(c.gaps, from+i)
		}
	}
	return nil
}

// within returns the gaps of the block that begins at from, counted from there.
func (c *adaptiveCore) within(gaps []int, from int) []int {
	lo, _ := slices.BinarySearch(gaps, from)
	hi, _ := slices.BinarySearch(gaps, from+c.block)
	c.blockGaps = c.blockGaps[:0]
	for _, i := range gaps[lo:hi] {
		c.blockGaps = append(c.blockGaps, i-from)
	}
	return c.blockGaps
}

// at returns the log likelihood at a node.
func (c *adaptiveCore) at(node int) float64 {
	sum := 0.0
	for b := range c.blocks {
		from := b * c.block
		c.masked.load(c.z[from:from+c.block], c.within(c.gaps, from), c.shapes)
		sum += c.masked.at(node)
	}
	return sum
}
