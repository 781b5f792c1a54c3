package process

import (
	"fmt"
	"math"
)

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
	generate(dst []float64, rng *Stream)
}

const (
	mostCircles = 4
	// mostHosking bounds the length of Hosking's recursion, which takes n² multiplications a series.
	mostHosking = 20_000
)

// newCirculant makes a generator for series of n values, at least MinLength.
func newCirculant(n int) *circulant {
	return &circulant{n: n, circles: []*circle{newCircle(n - 1)}}
}

// embed takes over the autocovariances that gamma fills dst with, from lag 0 on. It calls gamma more
// than once, with different lengths, when it has to try. It fails with an errNotEmbeddable when
// there is no such process, and when the series is too long for the fallback.
func (c *circulant) embed(gamma func(dst []float64)) error {
	c.use = nil
	var err error
	for i := range mostCircles {
		if i == len(c.circles) {
			c.circles = append(c.circles, newCircle(2*c.circles[i-1].m))
		}
		if err = c.circles[i].embed(gamma); err == nil {
			c.use = c.circles[i]
			return nil
		}
	}
	if c.n > mostHosking {
		return err
	}
	if c.hosking == nil {
		c.hosking = newHosking(c.n)
	}
	if err = c.hosking.embed(gamma); err != nil {
		return err
	}
	c.use = c.hosking
	return nil
}

// generate fills dst, of the generator's length, with a series of the autocovariances last embedded.
// It depends on nothing but these and the stream.
func (c *circulant) generate(dst []float64, rng *Stream) {
	checkLength(dst, c.n)
	c.use.generate(dst, rng)
}

// errNotEmbeddable says that no way was found to generate a process of given autocovariances.
type errNotEmbeddable struct {
	n     int     // length of the series
	value float64 // the eigenvalue, or the variance of a prediction error, that is negative
	what  string
}

func (e errNotEmbeddable) Error() string {
	return fmt.Sprintf("no exact series of %d points has these autocovariances: %s is %v", e.n, e.what, e.value)
}

// negligible is what an eigenvalue may be below zero by rounding, relative to the sum of the circle's
// absolute autocovariances: the transform's error grows like the logarithm of its length.
func negligible(m int) float64 { return 4 * 0x1p-52 * (2 + math.Log2(float64(m))) }
