package process

import "fmt"

// circulant generates stationary Gaussian series of one length and any autocovariance, exactly: it
// puts the autocovariances on a circle of at least twice the length, whose transform's parts are
// independent. Where the circle's matrix is not a covariance, it tries circles of twice, four and
// eight times the size, and falls back on Hosking's recursion. It is not safe for concurrent use.
//
// C. R. Dietrich, G. N. Newsam, Fast and exact simulation of stationary Gaussian processes through
// circulant embedding of the covariance matrix, SIAM J. Sci. Comput. 18 (1997) 1088–1107.
type circulant struct {
	n       int
	circles []*circle // the second and later ones are made when they are needed
	hosking *hosking
	use     sampler // what generates; nil before the first embed
}

type sampler interface {
	generate(dst []float64, rng shocks)
}

// shocks are independent standard normal numbers: a [Stream], or what a test puts in their place.
type shocks interface {
	Normals(dst []float64)
}

const (
	mostCircles = 4
	// exactly is the share of the variance, on frequencies where the circle has a negative one, that may
	// be left out: rounding. No autocovariance changes by more than this share of the variance.
	exactly = 1e-10
	// nearly is the share that is left out where nothing else is possible. A million points tell
	// autocovariances that differ by a thousandth.
	nearly = 1e-6
	// mostHosking bounds the length of Hosking's recursion, which takes n² multiplications a series.
	mostHosking = 20_000
)

// newCirculant makes a generator for series of n values, at least MinLength.
func newCirculant(n int) *circulant {
	return &circulant{n: n, circles: []*circle{newCircle(n - 1)}}
}

// embed takes over the autocovariances that gamma fills dst with, from lag 0 on. It calls gamma more
// than once, with different lengths, when it has to try. It fails with an errNotEmbeddable when
// there is no such process.
func (c *circulant) embed(gamma func(dst []float64)) error {
	c.use = nil
	var last *circle
	var lost float64
	for i := range mostCircles {
		if i == len(c.circles) {
			c.circles = append(c.circles, newCircle(2*last.m))
		}
		last = c.circles[i]
		if lost = last.embed(gamma); lost <= exactly {
			c.use = last
			return nil
		}
	}
	if c.n <= mostHosking && c.recursion(gamma) {
		return nil
	}
	if !(lost <= nearly) {
		return errNotEmbeddable{c.n, lost}
	}
	c.use = last
	return nil
}

// recursion turns to Hosking's, and tells whether it can.
func (c *circulant) recursion(gamma func(dst []float64)) bool {
	if c.hosking == nil {
		c.hosking = newHosking(c.n)
	}
	if !c.hosking.embed(gamma) {
		return false
	}
	c.use = c.hosking
	return true
}

// generate fills dst, of the generator's length, with a series of the autocovariances last embedded.
// It depends on nothing but these and the stream.
func (c *circulant) generate(dst []float64, rng *Stream) {
	checkLength(dst, c.n)
	c.use.generate(dst, rng)
}

// errNotEmbeddable says that there is no process with given autocovariances.
type errNotEmbeddable struct {
	n    int     // length of the series
	lost float64 // the share of the variance that would be negative on the largest circle
}

func (e errNotEmbeddable) Error() string {
	return fmt.Sprintf("no Gaussian series of %d points has these autocovariances: on a circle, %.3g of the variance is negative", e.n, e.lost)
}
