package estimator

import "math"

// overlay looks for what lies over a series: a straight line, a parabola, a step at an unknown place
// or a sine of an unknown period. For each the likelihood is taken at its best size, place and H
// together; the one that raises it most above the price of its kind is taken off, until none is worth
// its price. H has to be part of it: a trend looks like an H near 1, and where H is estimated first
// it is then no surprise.
type overlay struct {
	c      *circulant
	slopes [2]overlaid // a line and a parabola
	nodes  []int       // of H, that are looked at
	steps  [][]float64 // by place in nodes, s'C⁻¹s of the s that are 1 at the last K = 0 … n values
	slope  [2][]float64
	square []float64        // x'C⁻¹x
	gains  [kinds][]float64 // by how much a kind lessens it
	places [kinds][]int     // where it does
	coeff  []complex128
	y      []float64
	value  []float64
	memory []overlaid
	found  []overlaid
}

// The kinds of what is looked for.
const (
	kindLine = iota
	kindParabola
	kindStep
	kindSine
	kinds
)

// maxFinds is how many of them are looked for in one series.
const maxFinds = 4

func newOverlay(c *circulant) *overlay {
	o := &overlay{c: c, coeff: make([]complex128, c.n/2+1), y: make([]float64, c.n)}
	for k := range o.slopes {
		o.slopes[k] = newOverlaid(c.n)
		p := gram{n: c.n, order: k + 1}
		for t := range o.slopes[k].values {
			o.slopes[k].values[t] = p.at(t)
		}
		c.plan.Coefficients(o.slopes[k].coeff, o.slopes[k].values)
	}
	for range 2 * maxFinds { // a sine is two shapes
		o.memory = append(o.memory, newOverlaid(c.n))
	}
	for node := 6; node <= steps-6; node += 2 {
		c.load(node)
		o.nodes = append(o.nodes, node)
		o.steps = append(o.steps, stepSquares(c, node))
		for k, s := range o.slopes {
			o.slope[k] = append(o.slope[k], c.product(node, s.coeff, s.coeff))
		}
	}
	o.square, o.value = make([]float64, len(o.nodes)), make([]float64, len(o.nodes))
	for kind := range o.gains {
		o.gains[kind], o.places[kind] = make([]float64, len(o.nodes)), make([]int, len(o.nodes))
	}
	return o
}

func newOverlaid(n int) overlaid {
	return overlaid{values: make([]float64, n), coeff: make([]complex128, n/2+1)}
}

// stepSquares returns s'C⁻¹s of the series s that are 1 at their last K values and 0 before.
func stepSquares(c *circulant, node int) []float64 {
	out := make([]float64, c.n+1)
	others := 0.0 // C⁻¹ between a new value and those after it
	for k := 1; k <= c.n; k++ {
		out[k] = out[k-1] + c.kernel[node][0] + 2*others
		others += c.apart(node, 0, k%c.n)
	}
	return out
}

// price is by how much a kind has to raise the log likelihood. A place or a period is the best of
// many, so that it takes more to be worth something. Of 500 values of noise with H = 0.5, about one
// series in a hundred pays each price.
func (o *overlay) price(kind int) float64 {
	switch kind {
	case kindLine:
		return 3
	case kindParabola:
		return 6
	case kindStep:
		return 9
	}
	return 5 + math.Log(float64(o.c.n)/2)
}

// find takes what it finds off x, and returns its shapes, valid until the next call, and the node of
// the H that is likeliest for the rest.
func (o *overlay) find(x []float64) (found []overlaid, node int) {
	o.found = o.found[:0]
	for round := 0; ; round++ {
		o.c.plan.Coefficients(o.coeff, x)
		o.look()
		kind, at, rest := o.choose()
		if kind < 0 || round == maxFinds {
			return o.found, o.nodes[rest]
		}
		first := len(o.found)
		o.add(kind, at)
		for _, s := range o.found[first:] {
			o.takeOff(x, s, o.nodes[at])
		}
	}
}

// look finds the best place of each kind at each node.
func (o *overlay) look() {
	for i, node := range o.nodes {
		o.square[i] = o.c.product(node, o.coeff, o.coeff)
		for k, s := range o.slopes {
			b := o.c.product(node, s.coeff, o.coeff)
			o.gains[kindLine+k][i] = b * b / o.slope[k][i]
		}
		o.places[kindStep][i], o.gains[kindStep][i] = o.bestStep(i)
		o.places[kindSine][i], o.gains[kindSine][i] = o.bestSine(node)
	}
}

// bestStep returns where a step lessens x'C⁻¹x most, and by how much.
func (o *overlay) bestStep(i int) (place int, gain float64) {
	o.c.solve(o.y, o.nodes[i], o.coeff)
	n := o.c.n
	end := max(4, n/50) // nearer to an end, a step is a few odd values
	sum := 0.0
	for t := n - 1; t >= end; t-- {
		sum += o.y[t]
		if k := n - t; k >= end {
			if g := sum * sum / o.steps[i][k]; g > gain {
				place, gain = t, g
			}
		}
	}
	return place, gain
}

// bestSine returns the number of cycles, from two on, whose sine lessens x'C⁻¹x most, and by how much.
func (o *overlay) bestSine(node int) (cycles int, gain float64) {
	for k := 2; 2*k < o.c.n; k++ {
		c := o.coeff[k]
		if g := (real(c)*real(c) + imag(c)*imag(c)) * o.c.inverse[node][k]; g > gain {
			cycles, gain = k, g
		}
	}
	return cycles, 2 * gain / float64(o.c.n)
}

// choose returns the kind that is worth most above its price, or -1, the place in nodes of its best
// H, and that of the best H without any.
func (o *overlay) choose() (kind, at, rest int) {
	rest, none := o.top(nil)
	kind, at = -1, rest
	worth := 0.0
	for k := range kinds {
		i, v := o.top(o.gains[k])
		if w := v - none - o.price(k); w > worth {
			kind, at, worth = k, i, w
		}
	}
	return kind, at, rest
}

// top returns the place in nodes of the largest likelihood of the series less what a kind gains at
// each, and the likelihood there, by the parabola through it and its neighbours.
func (o *overlay) top(gains []float64) (at int, peak float64) {
	free := float64(o.c.n-1-len(o.found)) / 2
	for i, node := range o.nodes {
		square := o.square[i]
		if gains != nil {
			square -= gains[i]
		}
		o.value[i] = -o.c.logs[node]/2 - free*math.Log(max(square, 1e-300))
		if o.value[i] > o.value[at] {
			at = i
		}
	}
	peak = o.value[at]
	if at > 0 && at < len(o.value)-1 {
		a, b := o.value[at-1]-peak, o.value[at+1]-peak
		if bend := a + b; bend < 0 {
			peak -= (a - b) * (a - b) / (8 * bend)
		}
	}
	return at, peak
}

// add puts what was found among the shapes.
func (o *overlay) add(kind, at int) {
	s := o.memory[len(o.found)]
	switch kind {
	case kindLine, kindParabola:
		o.found = append(o.found, o.slopes[kind-kindLine])
		return
	case kindStep:
		for t := range s.values {
			s.values[t] = 0
			if t >= o.places[kind][at] {
				s.values[t] = 1
			}
		}
		o.c.plan.Coefficients(s.coeff, s.values)
		o.found = append(o.found, s)
	case kindSine:
		pair := [2]overlaid{s, o.memory[len(o.found)+1]}
		near := float64(o.places[kind][at])
		best := minimise(func(cycles float64) float64 { return -o.sine(pair, cycles, o.nodes[at]) }, near-0.7, near+0.7, 1e-3)
		o.sine(pair, best, o.nodes[at])
		o.found = append(o.found, pair[0], pair[1])
	}
}

// sine draws a cosine and a sine of so many cycles, a whole number or not, and returns by how much
// they lessen x'C⁻¹x.
func (o *overlay) sine(pair [2]overlaid, cycles float64, node int) float64 {
	for t := range o.c.n {
		sin, cos := math.Sincos(2 * math.Pi * cycles * float64(t) / float64(o.c.n))
		pair[0].values[t], pair[1].values[t] = cos, sin
	}
	for _, s := range pair {
		o.c.plan.Coefficients(s.coeff, s.values)
	}
	cc, ss := o.c.product(node, pair[0].coeff, pair[0].coeff), o.c.product(node, pair[1].coeff, pair[1].coeff)
	cs := o.c.product(node, pair[0].coeff, pair[1].coeff)
	xc, xs := o.c.product(node, pair[0].coeff, o.coeff), o.c.product(node, pair[1].coeff, o.coeff)
	return (xc*xc*ss - 2*xc*xs*cs + xs*xs*cc) / (cc*ss - cs*cs)
}

// takeOff takes a shape of its best size off x.
func (o *overlay) takeOff(x []float64, s overlaid, node int) {
	o.c.plan.Coefficients(o.coeff, x)
	size := o.c.product(node, s.coeff, o.coeff) / o.c.product(node, s.coeff, s.coeff)
	for t, v := range s.values {
		x[t] -= size * v
	}
}
