package wavelet

import (
	"fmt"
	"math"
)

// Overlap is the maximal overlap transform of series of one length: the discrete wavelet transform
// without decimation, whose details at a level belong to every place and not to each 2^j-th only. It
// leaves out what touches the boundary. Details have the scale of the decimated transform: the
// maximal overlap filters of the literature are smaller by 2^(-j/2).
//
// D. B. Percival, A. T. Walden, Wavelet methods for time series analysis, Cambridge 2000, chapters 5
// and 8.
type Overlap struct {
	wavelet Wavelet
	n       int
	levels  int
	at      int // levels done
	approx  []float64
	next    []float64
	detail  []float64
	size    int // of approx
}

// NewOverlap returns a plan for series of n values. It fails when the levels are not from 1 to the
// wavelet's MaxLevels(n).
func NewOverlap(w Wavelet, n, levels int) (*Overlap, error) {
	if err := w.checkLevels(n, levels); err != nil {
		return nil, err
	}
	return &Overlap{
		wavelet: w, n: n, levels: levels, at: levels,
		approx: make([]float64, n), next: make([]float64, n), detail: make([]float64, n),
	}, nil
}

// Len returns the length of the series that o transforms.
func (o *Overlap) Len() int { return o.n }

// Levels returns the number of levels.
func (o *Overlap) Levels() int { return o.levels }

// Count returns how many details a level has: n - (2^j-1)(L-1).
func (o *Overlap) Count(level int) int { return o.n - (1<<level-1)*(o.wavelet.Len()-1) }

// Start begins with a series. It panics if the length is wrong.
func (o *Overlap) Start(x []float64) {
	if len(x) != o.n {
		panic(fmt.Sprintf("wavelet: %d values for a plan of %d", len(x), o.n))
	}
	copy(o.approx, x)
	o.at, o.size = 0, o.n
}

// Next returns the details of the next level, from level 1 on, and nil after the last. They are valid
// until the next call. The one at place t is made of the values from t to t+(2^j-1)(L-1).
func (o *Overlap) Next() []float64 {
	if o.at == o.levels {
		return nil
	}
	step := 1 << o.at
	o.at++
	size := o.Count(o.at)
	spread(o.next[:size], o.detail[:size], o.approx[:o.size], o.wavelet.low, o.wavelet.high, step)
	o.approx, o.next, o.size = o.next, o.approx, size
	return o.detail[:size]
}

// Variances writes the mean square of each level's details of x, from level 1 on, to dst and returns
// dst: 2^j times the unbiased wavelet variance (Percival and Walden, equation 306b). A nil dst is
// allocated. It panics if a length is wrong.
func (o *Overlap) Variances(dst, x []float64) []float64 {
	if dst == nil {
		dst = make([]float64, o.levels)
	}
	if len(dst) != o.levels {
		panic(fmt.Sprintf("wavelet: %d variances for %d levels", len(dst), o.levels))
	}
	o.Start(x)
	for j := range dst {
		dst[j] = MeanSquare(o.Next())
	}
	return dst
}

// MeanSquare returns the mean square of values, NaN where there are none.
func MeanSquare(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	var s [4]float64 // chains that the processor runs side by side
	i := 0
	for ; i+3 < len(x); i += 4 {
		v := x[i:][:4]
		s[0] += v[0] * v[0]
		s[1] += v[1] * v[1]
		s[2] += v[2] * v[2]
		s[3] += v[3] * v[3]
	}
	for ; i < len(x); i++ {
		s[0] += x[i] * x[i]
	}
	return (s[0] + s[2] + (s[1] + s[3])) / float64(len(x))
}

// spread writes Σ low[i] x[t+i·step] to approx[t] and Σ high[i] x[t+i·step] to detail[t], two taps at a
// time: filters have an even number.
func spread(approx, detail, x, low, high []float64, step int) {
	detail = detail[:len(approx)]
	for i := 0; i+1 < len(low); i += 2 {
		l0, l1, h0, h1 := low[i], low[i+1], high[i], high[i+1]
		u := x[i*step:][:len(approx)]
		v := x[(i+1)*step:][:len(approx)]
		if i == 0 {
			for t, a := range u {
				b := v[t]
				approx[t] = l0*a + l1*b
				detail[t] = h0*a + h1*b
			}
			continue
		}
		for t, a := range u {
			b := v[t]
			approx[t] += l0*a + l1*b
			detail[t] += h0*a + h1*b
		}
	}
}
