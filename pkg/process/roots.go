package process

import (
	"fmt"
	"math"
)

const (
	// maxOrder is the highest order of an autoregression or a moving average.
	maxOrder = 8
	// maxCoefficient bounds coefficients: those of a polynomial of degree 8 whose roots are outside the
	// unit circle, and whose constant is 1, are at most 8 over 4.
	maxCoefficient = 70
	// minModulus is how near to the unit circle a root may be.
	minModulus = 1.0001
)

// checkRoots refuses coefficients c, named name, unless all roots of 1 + sign·(c[0]z + c[1]z² + …) are
// outside the unit circle, so that the process is what is said.
func checkRoots(name, what string, c []float64, sign float64) error {
	if len(c) > maxOrder {
		return fmt.Errorf("arfima: %s has %d values; allowed are %d", name, len(c), maxOrder)
	}
	for _, v := range c {
		if !(math.Abs(v) <= maxCoefficient) {
			return fmt.Errorf("arfima: %s is %v; allowed: %d to %d", name, v, -maxCoefficient, maxCoefficient)
		}
	}
	if r := smallestRoot(c, sign); r < minModulus {
		return fmt.Errorf("arfima: with %s %v it is not %s: its polynomial has a root of modulus %.6g; allowed: more than %v",
			name, c, what, r, minModulus)
	}
	return nil
}

// smallestRoot returns the smallest modulus of the roots of 1 + sign·(c[0]z + c[1]z² + …), or
// something above 1000 when there is none below. It halves an interval: the roots are outside a circle
// of radius r when those of the polynomial in r·z are outside the unit circle.
func smallestRoot(c []float64, sign float64) float64 {
	low, high := 0.0, 1024.0
	for low < high {
		mid := low + (high-low)/2
		if mid == low || mid == high {
			break
		}
		if rootsOutside(c, sign, mid) {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// rootsOutside tells whether all roots of 1 + sign·(c[0]z + c[1]z² + …) have a modulus above r: whether
// the partial autocorrelations, which the Durbin–Levinson recursion run backwards gives, are all
// inside (-1, 1).
func rootsOutside(c []float64, sign, r float64) bool {
	var a [maxOrder]float64
	power := sign
	for i, v := range c {
		power *= r
		a[i] = v * power
	}
	for n := len(c) - 1; n >= 0; n-- {
		k := a[n]
		if !(math.Abs(k) < 1) {
			return false
		}
		scale := 1 / ((1 - k) * (1 + k))
		for i, j := 0, n-1; i <= j; i, j = i+1, j-1 {
			a[i], a[j] = (a[i]-k*a[j])*scale, (a[j]-k*a[i])*scale
		}
	}
	return true
}
