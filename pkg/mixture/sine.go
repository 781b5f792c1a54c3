package mixture

import "math"

// findSine averages over the periods of a sinusoid, and draws the best one.
func (o *overlays) findSine(l *look) {
	top := highest(l.clean)
	first := fewestCycles * o.per
	copy(o.padded, l.series.values)
	o.plan.Coefficients(o.coeff, o.padded)
	for j := range o.power {
		c := o.coeff[first+j]
		o.power[j] = float32(real(c)*real(c) + imag(c)*imag(c))
	}
	o.sines.begin()
	for g := range nodes {
		o.circle.set.Mul(o.sines.value, o.power, o.waves[g])
		l.sine[g] = l.clean[g] + o.sines.average(g, 1/l.square[g], o.half(), l.clean[g]-top)
	}
	l.cycles = o.refine(l.series.values, float64(first+o.sines.place)/float64(o.per))
	draw(l.cos.values, l.sin.values, 2*math.Pi*l.cycles/float64(o.n))
	o.circle.transform(&l.cos)
	o.circle.transform(&l.sin)
}

// refine moves a frequency, in cycles, to the top of the periodogram near it, by parabolas through
// three places ever closer to each other.
func (o *overlays) refine(x []float64, cycles float64) float64 {
	limit := float64(o.n)/2 - 1
	for step := 0.4 / float64(o.per); step > 0.01; step /= 4 {
		a, b, c := dtft(x, cycles-step), dtft(x, cycles), dtft(x, cycles+step)
		if bend := a - 2*b + c; bend < 0 {
			cycles += step * max(-1, min(1, (a-c)/(2*bend)))
		} else if max(a, c) > b {
			cycles += math.Copysign(step, c-a)
		}
		cycles = max(1, min(limit, cycles))
	}
	return cycles
}

// dtft returns |Σ x[t] exp(-2πi·cycles·t/n)|², by the recurrence of Goertzel in the form that stays
// exact to rounding when it is started anew every 64 values.
func dtft(x []float64, cycles float64) float64 {
	angle := 2 * math.Pi * cycles / float64(len(x))
	sin1, cos1 := math.Sincos(angle)
	re, im := 0.0, 0.0
	for from := 0; from < len(x); from += 64 {
		s, c := math.Sincos(angle * float64(from))
		for _, v := range x[from:min(from+64, len(x))] {
			re += v * c
			im += v * s
			c, s = c*cos1-s*sin1, s*cos1+c*sin1
		}
	}
	return re*re + im*im
}

// draw writes a cosine and a sine of a frequency in radians a value.
func draw(cos, sin []float64, angle float64) {
	sin1, cos1 := math.Sincos(angle)
	var s, c float64
	for t := range cos {
		if t%64 == 0 {
			s, c = math.Sincos(angle * float64(t))
		}
		cos[t], sin[t] = c, s
		c, s = c*cos1-s*sin1, s*cos1+c*sin1
	}
}

// atShape computes the likelihood with the sinusoid drawn in l.
func (o *overlays) atShape(l *look) {
	const prior = 1 / (sineSpread * sineSpread)
	o.circle.products(o.b, l.series.coeff, l.cos.coeff)
	o.circle.products(o.c, l.series.coeff, l.sin.coeff)
	o.circle.products(o.aa, l.cos.coeff, l.cos.coeff)
	o.circle.products(o.bb, l.sin.coeff, l.sin.coeff)
	o.circle.products(o.ab, l.cos.coeff, l.sin.coeff)
	for g, q := range l.square {
		gain, determinant := pair(o.aa[g]+prior, o.ab[g], o.bb[g]+prior, o.b[g], o.c[g])
		l.bestSine[g] = o.level(g, q-gain) - math.Log(determinant*sineSpread*sineSpread*sineSpread*sineSpread)/2
	}
}

// pair returns b'A⁻¹b and |A| for A = (a, h; h, d), positive definite, and b = (u, v).
func pair(a, h, d, u, v float64) (gain, determinant float64) {
	determinant = max(a*d-h*h, 1e-300)
	return (u*u*d - 2*u*v*h + v*v*a) / determinant, determinant
}

// borrow computes the likelihoods of a series with the step and the sinusoid that were found in
// another.
func (o *overlays) borrow(l, from *look) {
	o.circle.products(o.b, l.series.coeff, from.step.coeff)
	for g, q := range l.square {
		a := from.step.square[g] + 1/(shiftSpread*shiftSpread)
		l.shift[g] = o.level(g, q-o.b[g]*o.b[g]/a) - math.Log(a*shiftSpread*shiftSpread)/2
	}
	l.cos, l.sin = from.cos, from.sin // the same memory: both belong to one Experts
	o.atShape(l)
}
