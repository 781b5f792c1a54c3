package estimator

import "math"

// minimise returns where f is smallest between a and b, to within tol, for an f with one valley: by
// parabolas where they help and golden sections where they do not. It ends after at most 100 steps.
//
// R. P. Brent, Algorithms for minimization without derivatives, Prentice-Hall 1973, chapter 5.
func minimise(f func(float64) float64, a, b, tol float64) float64 {
	const golden = 0.3819660112501051
	x := a + golden*(b-a)
	w, v := x, x
	fx := f(x)
	fw, fv := fx, fx
	var step, before float64 // the last step and the one before it
	for range 100 {
		mid := (a + b) / 2
		if math.Abs(x-mid) <= 2*tol-(b-a)/2 {
			break
		}
		next, ok := parabola(x, w, v, fx, fw, fv)
		if ok && math.Abs(before) > tol && math.Abs(next) < math.Abs(before)/2 && x+next > a && x+next < b {
			before, step = step, next
			if x+step-a < 2*tol || b-x-step < 2*tol {
				step = math.Copysign(tol, mid-x)
			}
		} else {
			before = b - x
			if x >= mid {
				before = a - x
			}
			step = golden * before
		}
		u := x + step
		if math.Abs(step) < tol {
			u = x + math.Copysign(tol, step)
		}
		fu := f(u)
		if fu <= fx {
			if u >= x {
				a = x
			} else {
				b = x
			}
			v, w, x = w, x, u
			fv, fw, fx = fw, fx, fu
			continue
		}
		if u < x {
			a = u
		} else {
			b = u
		}
		switch {
		case fu <= fw || w == x:
			v, w = w, u
			fv, fw = fw, fu
		case fu <= fv || v == x || v == w:
			v, fv = u, fu
		}
	}
	return x
}

// parabola returns the step from x to the lowest point of the parabola through three points.
func parabola(x, w, v, fx, fw, fv float64) (step float64, ok bool) {
	r := (x - w) * (fx - fv)
	q := (x - v) * (fx - fw)
	p := (x-v)*q - (x-w)*r
	d := 2 * (q - r)
	if d == 0 {
		return 0, false
	}
	return -p / d, true
}
