package wavelet

import "fmt"

// Plan is a discrete wavelet transform of series of one length. Its coefficients are one slice: the
// approximation, then the details from the coarsest level to the finest, as in PyWavelets' wavedec.
type Plan struct {
	wavelet Wavelet
	mode    Mode
	n       int
	levels  []level
	size    int
	ext     []float64 // a level's input with what the mode puts around it
	approx  []float64
}

// level is one step of the transform.
type level struct {
	in, out  int // lengths of the approximation before and after
	at       int // where the details begin
	from, to int // coefficients that do not touch the boundary
}

// NewPlan returns a plan for series of n values. It fails when the levels are not from 1 to the
// wavelet's MaxLevels(n), or the mode is unknown.
func NewPlan(w Wavelet, mode Mode, n, levels int) (*Plan, error) {
	if mode < Periodic || mode > Interior {
		return nil, fmt.Errorf("%v is unknown; allowed: %v, %v, %v, %v", mode, Periodic, Symmetric, Zero, Interior)
	}
	if err := w.checkLevels(n, levels); err != nil {
		return nil, err
	}
	p := &Plan{wavelet: w, mode: mode, n: n}
	l, first := w.Len(), mode.first(w.Len())
	from, to := 0, n
	for in := n; len(p.levels) < levels; in = mode.size(in, l) {
		from, to = max(0, ceilHalf(from-first)), floorHalf(to-l-first)+1
		p.levels = append(p.levels, level{in: in, out: mode.size(in, l), from: from, to: to})
	}
	p.size = p.levels[levels-1].out
	for j := levels - 1; j >= 0; j-- {
		p.levels[j].at = p.size
		p.size += p.levels[j].out
	}
	p.ext = make([]float64, n+2*l)
	p.approx = make([]float64, max(n, p.levels[0].out)+1)
	return p, nil
}

// Len returns the length of the series that p transforms.
func (p *Plan) Len() int { return p.n }

// Levels returns the number of levels.
func (p *Plan) Levels() int { return len(p.levels) }

// Size returns the number of coefficients of all levels together.
func (p *Plan) Size() int { return p.size }

// Approximation returns the part of the coefficients c that is the coarsest approximation.
func (p *Plan) Approximation(c []float64) []float64 {
	p.check(c)
	return c[:p.levels[len(p.levels)-1].out]
}

// Detail returns the part of the coefficients c that is the detail of a level, 1 being the finest.
func (p *Plan) Detail(c []float64, level int) []float64 {
	p.check(c)
	l := p.levels[level-1]
	return c[l.at : l.at+l.out]
}

// Inside returns the range of a level's details that do not touch the boundary: those from from to
// to-1 are the same whatever the mode takes for the values outside. At a coarse level there may be none.
func (p *Plan) Inside(level int) (from, to int) {
	l := p.levels[level-1]
	if l.from >= l.to {
		return 0, 0
	}
	return l.from, l.to
}

// Transform writes the coefficients of x to dst and returns dst. A nil dst is allocated. It panics if
// a length is wrong.
func (p *Plan) Transform(dst, x []float64) []float64 {
	if dst == nil {
		dst = make([]float64, p.size)
	}
	p.check(dst)
	if len(x) != p.n {
		panic(fmt.Sprintf("wavelet: %d values for a plan of %d", len(x), p.n))
	}
	l, first := p.wavelet.Len(), p.mode.first(p.wavelet.Len())
	for _, s := range p.levels {
		in := x
		if p.mode != Interior {
			in = p.ext[:2*(s.out-1)+l]
			p.mode.extend(in, x, first)
		}
		analyse(p.approx[:s.out], dst[s.at:s.at+s.out], in, p.wavelet.low, p.wavelet.high)
		x = p.approx[:s.out]
	}
	copy(dst, x)
	return dst
}

// Inverse writes the series that has the coefficients c to dst and returns dst. A nil dst is
// allocated. It panics if a length is wrong, and in the mode Interior.
func (p *Plan) Inverse(dst, c []float64) []float64 {
	if dst == nil {
		dst = make([]float64, p.n)
	}
	p.check(c)
	if len(dst) != p.n {
		panic(fmt.Sprintf("wavelet: %d values for a plan of %d", len(dst), p.n))
	}
	if p.mode == Interior {
		panic("wavelet: the interior coefficients have no inverse")
	}
	l, first := p.wavelet.Len(), p.mode.first(p.wavelet.Len())
	copy(p.approx, p.Approximation(c))
	for j := len(p.levels) - 1; j >= 0; j-- {
		s := p.levels[j]
		ext := p.ext[:max(2*(s.out-1)+l, s.in-first)]
		synthesise(ext, p.approx[:s.out], c[s.at:s.at+s.out], p.wavelet.low, p.wavelet.high)
		copy(p.approx[:s.in], ext[-first:])
		if p.mode == Periodic {
			fold(p.approx[:s.in+s.in%2], ext, first)
		}
	}
	copy(dst, p.approx)
	return dst
}

func (p *Plan) check(c []float64) {
	if len(c) != p.size {
		panic(fmt.Sprintf("wavelet: %d coefficients for a plan of %d", len(c), p.size))
	}
}

// floorHalf returns ⌊t/2⌋, and ceilHalf ⌈t/2⌉, of negative numbers too.
func floorHalf(t int) int { return t >> 1 }
func ceilHalf(t int) int  { return (t + 1) >> 1 }
