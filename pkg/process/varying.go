package process

import "math"

// varying generates noise whose exponent changes with time: at each point the value there of
// fractional Gaussian noise of the exponent there, all of these noises being made from the same normal
// numbers on one circle. So the variance is one everywhere, a stretch of one exponent is a stretch of
// fractional Gaussian noise, and stretches depend on each other.
//
// A series would take as many transforms as there are exponents. As the noise is a smooth function of
// the exponent, it is interpolated: exactly between two exponents, otherwise from ten, with errors
// below 0.001.
//
// R. F. Peltier, J. Lévy Véhel, Multifractional Brownian motion, INRIA RR-2645 (1995), of which these
// are not the increments: those have further terms where the exponent changes.
type varying struct {
	noise     *FGN
	course    course
	deviation []float64 // of the exponent from its mean, before it shrinks
	path      []float64
	at        []float64 // the exponents as the interpolation sees them, from -1 to 1
	whole     []float64 // products of their distances to all nodes
	x         []float64
	nodes     []float64 // from -1 to 1
	factors   []float64 // 1 over each node's distances to the others
}

// A course is how the exponent goes.
type course interface {
	// deviate fills dst with deviations from any level.
	deviate(dst []float64, rng *Stream)
	// levels is how many exponents there are; zero: any number.
	levels() int
}

// smoothNodes is how many exponents a course of any exponents is interpolated from.
const smoothNodes = 10

func newVarying(n int, c course) *varying {
	count := c.levels()
	if count == 0 {
		count = smoothNodes
	}
	g := &varying{
		noise:     NewFGN(n),
		course:    c,
		deviation: make([]float64, n),
		path:      make([]float64, n),
		at:        make([]float64, n),
		whole:     make([]float64, n),
		x:         make([]float64, n),
		nodes:     make([]float64, count),
		factors:   make([]float64, count),
	}
	for i := range g.nodes {
		g.nodes[i] = -math.Cos(math.Pi * float64(i) / float64(count-1))
	}
	for i := range g.factors {
		g.factors[i] = 1 / distances(g.nodes, i, g.nodes[i])
	}
	return g
}

// distances returns the product of y's distances to all nodes but one, or but none.
func distances(nodes []float64, but int, y float64) float64 {
	v := 1.0
	for i, node := range nodes {
		if i != but {
			v *= y - node
		}
	}
	return v
}

// Generate fills dst with noise whose exponents have the mean h.
func (g *varying) Generate(dst []float64, h float64, rng *Stream) error {
	checkLength(dst, len(g.path))
	if err := checkHurst(h, MinHurst, MaxHurst); err != nil {
		return err
	}
	g.course.deviate(g.deviation, rng)
	low, high := g.follow(h)
	if low == high {
		return g.noise.Generate(dst, h, rng)
	}
	middle, half := g.place(low, high)
	clear(dst)
	start := rng.normal
	for i, node := range g.nodes {
		rng.normal = start // the same numbers for each exponent
		z := middle + half*node
		if err := g.noise.Generate(g.x, 1-z*z, rng); err != nil {
			return err
		}
		g.add(dst, i)
	}
	return nil
}

// add adds one node's noise to dst, with the weights of Lagrange's interpolation.
func (g *varying) add(dst []float64, node int) {
	at, whole, x := g.at[:len(dst)], g.whole[:len(dst)], g.x[:len(dst)]
	place, factor := g.nodes[node], g.factors[node]
	for t, y := range at {
		if d := y - place; d != 0 {
			dst[t] += factor * whole[t] / d * x[t]
		} else {
			dst[t] += x[t]
		}
	}
}

// Path fills dst with the exponents of the series last generated; their mean is the h that was asked
// for. Before the first series they are zero.
func (g *varying) Path(dst []float64) {
	checkLength(dst, len(g.path))
	copy(dst, g.path)
}

// room is the part of the way from the mean to the nearer limit that exponents may go.
const room = 0.95

// follow computes the path about h, and returns its ends. Deviations shrink in proportion where they
// would leave the limits.
func (g *varying) follow(h float64) (low, high float64) {
	mean := 0.0
	for _, d := range g.deviation {
		mean += d
	}
	mean /= float64(len(g.deviation))
	for _, d := range g.deviation {
		low, high = min(low, d-mean), max(high, d-mean)
	}
	shrink := 1.0
	if low < 0 {
		shrink = min(shrink, room*(h-MinHurst)/-low)
	}
	if high > 0 {
		shrink = min(shrink, room*(MaxHurst-h)/high)
	}
	for t, d := range g.deviation {
		g.path[t] = h + shrink*(d-mean)
	}
	return h + shrink*low, h + shrink*high
}

// place computes where the interpolation sees each exponent: over the square root of 1-H, because the
// noise but for its level vanishes like it as H comes near one, as no polynomial does.
func (g *varying) place(low, high float64) (middle, half float64) {
	first, last := math.Sqrt(1-high), math.Sqrt(1-low)
	middle, half = (first+last)/2, (last-first)/2
	for t, h := range g.path {
		g.at[t] = (math.Sqrt(1-h) - middle) / half
		g.whole[t] = distances(g.nodes, -1, g.at[t])
	}
	return middle, half
}
