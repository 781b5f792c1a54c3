package mixture

import (
	"math"

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
	best   []float32 // by place, the largest over the nodes, base included
}

func newScan(places int) *scan {
	s := &scan{set: kernel.Best(), places: places, value: make([]float32, places), best: make([]float32, places)}
	for range nodes {
		s.prior = append(s.prior, make([]float32, places))
	}
	return s
}

// begin forgets the best.
func (s *scan) begin() { s.set.Fill(s.best, float32(math.Inf(-1))) }

// average returns the logarithm of the mean likelihood at a node over the places. value holds the
// shares, half is (n-1)/2, and base what the likelihood is where nothing is explained, relative to the
// largest over the nodes.
func (s *scan) average(node int, half, base float64) float64 {
	const least, offset = 1e-6, 1e-6 // kernel.Set.Log adds the offset
	v := s.value
	for i, share := range v {
		v[i] = max(1-share, least) - offset
	}
	s.set.Log(v, v)
	s.set.Scale(v, float32(-half))
	s.set.Add(v, s.prior[node])
	top := v[0]
	for i, l := range v {
		top = max(top, l)
		if b := l + float32(base); b > s.best[i] {
			s.best[i] = b
		}
	}
	for i := range v {
		v[i] -= top
	}
	s.set.Exp(v, v)
	return float64(top) + math.Log(float64(s.set.Sum(v)))
}

// peak returns the place of the largest likelihood, and its logarithm.
func (s *scan) peak() (place int, value float64) {
	for i, v := range s.best {
		if v > s.best[place] {
			place = i
		}
	}
	return place, float64(s.best[place])
}
