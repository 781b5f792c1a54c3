package mixture

import (
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// scan averages a likelihood over the place of something: the period of a sinusoid, or where a level
// shifts. The size is integrated out under a normal prior, and where it explains a share s of the
// quadratic form x'Qx at a place,
//
//	ℓ = prior - (n-1)/2 log(1 - s),
//
// prior being the logarithm of the place's own and of what the size's prior costs.
type scan struct {
	set    kernel.Set
	places int
	prior  [][]float32 // by node
	value  []float32
	place  int     // of the largest likelihood
	top    float64 // its logarithm, base included
}

func newScan(places int) *scan {
	s := &scan{set: kernel.Best(), places: places, value: make([]float32, places)}
	for range nodes {
		s.prior = append(s.prior, make([]float32, places))
	}
	return s
}

// begin forgets the largest likelihood.
func (s *scan) begin() { s.place, s.top = 0, math.Inf(-1) }

// average returns the logarithm of the mean likelihood at a node over the places. value holds shares
// divided by scale, half is (n-1)/2, and base what the likelihood is where nothing is explained,
// relative to the largest over the nodes.
func (s *scan) average(node int, scale, half, base float64) float64 {
	v, f := s.value, float32(scale)
	for i, share := range v {
		v[i] = 1 - share*f
	}
	s.set.Log(v, v) // of max(v, 0) + 1e-6
	s.set.Scale(v, float32(-half))
	s.set.Add(v, s.prior[node])
	top := largest(v)
	if l := float64(top) + base; l > s.top {
		s.top, s.place = l, slices.Index(v, top)
	}
	for i := range v {
		v[i] -= top
	}
	s.set.Exp(v, v)
	return float64(top) + math.Log(float64(s.set.Sum(v)))
}

// largest returns the largest of some values, none of them NaN.
func largest(v []float32) float32 {
	a, b, c, d := v[0], v[0], v[0], v[0]
	for len(v) >= 4 {
		u := v[:4:4]
		if u[0] > a {
			a = u[0]
		}
		if u[1] > b {
			b = u[1]
		}
		if u[2] > c {
			c = u[2]
		}
		if u[3] > d {
			d = u[3]
		}
		v = v[4:]
	}
	for _, u := range v {
		a = max(a, u)
	}
	return max(a, b, c, d)
}
