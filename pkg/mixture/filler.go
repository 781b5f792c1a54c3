package mixture

// filler gives deleted values of shapes what the others say that they are, for one H after the other:
// for those at places M it solves Q_MM b = (Qx)_M by conjugate gradients and takes b off.
//
// M. R. Hestenes, E. Stiefel, Methods of conjugate gradients for solving linear systems, Journal of
// Research of the National Bureau of Standards 49 (1952) 409–436.
type filler struct {
	o       *overlays
	shapes  [sides]shape
	full    shape // zero but at the places
	image   []float64
	b, r, p []float64
}

func newFiller(o *overlays) *filler {
	n := o.n
	f := &filler{o: o, full: newShape(n), image: make([]float64, n)}
	for r := range f.shapes {
		f.shapes[r] = newShape(n)
	}
	f.b, f.r, f.p = make([]float64, n), make([]float64, n), make([]float64, n)
	return f
}

// load takes copies of shapes.
func (f *filler) load(shapes *[sides]*shape, used *[sides]bool) {
	for r, s := range shapes {
		if used[r] {
			copy(f.shapes[r].values, s.values)
			f.o.circle.transform(&f.shapes[r])
		}
	}
}

// fill makes (Qs)_M zero at a node for the shapes loaded, which begin where the last call left them.
func (f *filler) fill(used *[sides]bool, places []int, node int) {
	for r := range f.shapes {
		if s := &f.shapes[r]; used[r] && f.solve(s, places, node) {
			for i, t := range places {
				s.values[t] -= f.b[i]
			}
			f.o.circle.transform(s)
		}
	}
}

// solve computes b, so far that s'Qs is off by a hundredth of what one value has in it, and tells
// whether there was anything to do.
func (f *filler) solve(s *shape, places []int, node int) bool {
	const most = 60
	k, c := len(places), f.o.circle
	b, r, p := f.b[:k], f.r[:k], f.p[:k]
	c.solve(f.image, node, s.coeff)
	for i, t := range places {
		b[i], r[i], p[i] = 0, f.image[t], f.image[t]
	}
	square := dot(r, r)
	enough := 1e-3 * c.kernel[node][0] * c.product(node, s.coeff, s.coeff) / float64(c.n)
	round := 0
	for ; round < most && square > enough; round++ {
		f.apply(p, places, node)
		step := square / dotAt(f.image, places, p)
		for i, t := range places {
			b[i] += step * p[i]
			r[i] -= step * f.image[t]
		}
		last := square
		square = dot(r, r)
		for i := range p {
			p[i] = r[i] + square/last*p[i]
		}
	}
	return round > 0
}

// apply writes Q of the series that is p at the places and zero elsewhere to image.
func (f *filler) apply(p []float64, places []int, node int) {
	clear(f.full.values)
	for i, t := range places {
		f.full.values[t] = p[i]
	}
	f.o.circle.transform(&f.full)
	f.o.circle.solve(f.image, node, f.full.coeff)
}

// dotAt returns Σ x[places[i]]·p[i].
func dotAt(x []float64, places []int, p []float64) float64 {
	sum := 0.0
	for i, t := range places {
		sum += x[t] * p[i]
	}
	return sum
}
