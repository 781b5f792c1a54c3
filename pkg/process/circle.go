package process

import (
	"math"

	"github.com/longmemory/hurst/pkg/fft"
)

// circle is one circulant embedding, of 2m points, which holds m+1 autocovariances.
//
// The transform's parts are c[j], complex normal with variance λ[j]/2m, and the series is the real
// sequence that they belong to. A real sequence of 2m points x is the complex transform of the m
// points z[j] = (a + b) + i(a - b)w with a = c[j], b = conj(c[m-j]), w = exp(πij/m), whose values
// are x[2t] + i·x[2t+1]. As c[j] and c[m-j] have no preferred phase, each may be turned by half the
// angle of i·w, which leaves real numbers:
//
//	z[j]       = 2(A·cos φ·a + B·sin φ·b)
//	conj z[m-j] = 2i(B·cos φ·b - A·sin φ·a),  φ = π(j/m + 1/2)/2,
//
// a and b now standard, A and B the two deviations. Below, all is conjugated: the forward transform
// gives the conjugates of the values then.
type circle struct {
	m     int
	even  *fft.Even
	plan  *fft.Complex
	sd    []float64    // m+1; first autocovariances, then eigenvalues, then the deviations of c
	turn  [][2]float64 // cos φ and sin φ for each j below m/2
	mix   [][4]float64 // 2A·cos φ, 2B·sin φ, 2B·cos φ, 2A·sin φ
	first float64      // deviations of the parts that are real, c[0] and c[m],
	last  float64
	mid   float64 // and of z[m/2] when m is even
	z     []complex128
	draws [drawn]float64
}

// drawn is how many normal numbers are taken at a time: few enough to stay in the nearest cache.
const drawn = 1024

// newCircle makes a circle that holds the autocovariances of lags to n and perhaps more.
func newCircle(n int) *circle {
	m := fft.Smooth(n)
	c := &circle{
		m:    m,
		even: fft.NewEven(m),
		plan: fft.NewComplex(m),
		sd:   make([]float64, m+1),
		turn: make([][2]float64, (m+1)/2),
		mix:  make([][4]float64, (m+1)/2),
		z:    make([]complex128, m),
	}
	for j := range c.turn {
		s, cos := math.Sincos(math.Pi / 2 * (float64(j)/float64(m) + 0.5))
		c.turn[j] = [2]float64{cos, s}
	}
	return c
}

// embed computes the deviations. Eigenvalues below zero become zero; it returns their share of the
// variance, which is how much any autocovariance may be wrong by.
func (c *circle) embed(gamma func(dst []float64)) float64 {
	gamma(c.sd)
	variance := c.sd[0]
	c.even.Spectrum(c.sd, c.sd)
	lost, scale := 0.0, 1/float64(4*c.m)
	for j, lambda := range c.sd {
		if !(lambda >= 0) {
			lost -= lambda
			lambda = 0
		}
		c.sd[j] = math.Sqrt(lambda * scale)
	}
	c.combine()
	if lost == 0 {
		return 0
	}
	return lost / float64(c.m) / math.Abs(variance) // a part stands for two points of the circle, but for the ends
}

// combine puts the deviations of pairs together with their turns.
func (c *circle) combine() {
	m := c.m
	c.first, c.last = math.Sqrt2*c.sd[0], math.Sqrt2*c.sd[m]
	c.mid = 2 * c.sd[m/2]
	for j := 1; j < len(c.mix); j++ {
		a, b := 2*c.sd[j], 2*c.sd[m-j]
		cos, sin := c.turn[j][0], c.turn[j][1]
		c.mix[j] = [4]float64{a * cos, b * sin, b * cos, a * sin}
	}
}

// generate fills dst with the first points of a series on the circle, at most 2m.
func (c *circle) generate(dst []float64, rng shocks) {
	c.spectrum(rng)
	z := c.plan.Forward(c.z, c.z)
	for t := range len(dst) / 2 {
		dst[2*t], dst[2*t+1] = real(z[t]), -imag(z[t])
	}
	if last := len(dst) - 1; last%2 == 0 {
		dst[last] = real(z[last/2])
	}
}

// spectrum draws z: the parts that have no partner, then the pairs in their order.
func (c *circle) spectrum(rng shocks) {
	m, z := c.m, c.z
	rng.Normals(c.draws[:4])
	first, last := c.first*c.draws[0], c.last*c.draws[1]
	z[0] = complex(first+last, last-first)
	if m%2 == 0 {
		z[m/2] = complex(c.mid*c.draws[2], c.mid*c.draws[3])
	}
	for from := 1; from < len(c.mix); from += drawn / 4 {
		mix := c.mix[from:min(from+drawn/4, len(c.mix))]
		draws := c.draws[:4*len(mix)]
		rng.Normals(draws)
		low, high := z[from:][:len(mix)], z[m-from-len(mix)+1:][:len(mix)]
		for i, k := range mix {
			d := draws[4*i:][:4]
			low[i] = complex(k[0]*d[0]+k[1]*d[2], k[0]*d[1]+k[1]*d[3])
			high[len(high)-1-i] = complex(k[2]*d[3]-k[3]*d[1], k[2]*d[2]-k[3]*d[0])
		}
	}
}
