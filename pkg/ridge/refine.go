package ridge

import (
	"errors"
	"math"
)

// maxSteps bounds a refinement. Ten are usual.
const maxSteps = 300

// refine solves A·weights = b for a positive definite A by conjugate gradients, given what solves
// nearby equations in place, until the error, in the norm of A and so far as A's neighbour tells,
// is a tolerance times what it was. As the neighbour is rounded, directions are made conjugate to
// the last one by what has changed (G. Golub, Q. Ye, Inexact preconditioned conjugate gradient
// method, SIAM J. Sci. Comput. 21, 1999).
func (p *problem) refine(apply func(dst, v []float64), near func(x []float32), b []float64, tolerance float64) error {
	c := newConjugate(b, near)
	start := c.precondition()
	if start == 0 || norm(b) == 0 {
		return nil
	}
	copy(c.direction, c.z)
	gain := start
	for p.steps = 1; ; p.steps++ {
		apply(c.image, c.direction)
		bend := dot(c.direction, c.image)
		if !(bend > 0) || math.IsInf(bend, 0) {
			return errNotPositive
		}
		c.step(p.weights, gain/bend)
		next := c.precondition()
		p.residual = norm(c.residual) / norm(b)
		if math.Abs(next) <= tolerance*tolerance*start {
			return nil
		}
		if p.steps == maxSteps {
			return errSlow
		}
		if err := p.tell(1 - 0.8/float64(p.steps+4)); err != nil {
			return err
		}
		c.turn((next - dot(c.z, c.before)) / gain)
		gain = next
	}
}

var errSlow = errors.New("the solution does not settle; a larger lambda helps")

// conjugate holds the vectors of the method.
type conjugate struct {
	near      func(x []float32)
	residual  []float64
	before    []float64 // the residual of the last step
	z         []float64 // the nearby solution for the residual
	direction []float64
	image     []float64 // A·direction
	single    []float32
}

func newConjugate(b []float64, near func(x []float32)) *conjugate {
	n := len(b)
	c := &conjugate{
		near: near, residual: make([]float64, n), before: make([]float64, n), z: make([]float64, n),
		direction: make([]float64, n), image: make([]float64, n), single: make([]float32, n),
	}
	copy(c.residual, b)
	return c
}

// precondition computes z and returns its product with the residual. The residual is brought to size
// 1 first, for what single precision can hold.
func (c *conjugate) precondition() float64 {
	size := norm(c.residual)
	if size == 0 {
		clear(c.z)
		return 0
	}
	for i, v := range c.residual {
		c.single[i] = float32(v / size)
	}
	c.near(c.single)
	for i, v := range c.single {
		c.z[i] = float64(v) * size
	}
	return dot(c.residual, c.z)
}

// step goes some way in the direction.
func (c *conjugate) step(x []float64, way float64) {
	copy(c.before, c.residual)
	for i, v := range c.direction {
		x[i] += float64(way * v)
		c.residual[i] -= float64(way * c.image[i])
	}
}

// turn makes the next direction.
func (c *conjugate) turn(keep float64) {
	for i, v := range c.z {
		c.direction[i] = v + float64(keep*c.direction[i])
	}
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += float64(v * y[i])
	}
	return sum
}

func norm(x []float64) float64 { return math.Sqrt(dot(x, x)) }
