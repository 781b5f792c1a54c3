package estimator

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/wavelet"
)

// CWT estimates H by the slope of the logarithm of the continuous wavelet transform's power against
// that of the scale: behind wavelets of norm 1, long memory noise has a power like a^(2H-1) at the
// scale a. Places at which the wavelet touches the ends of the series are left out.
//
// The standard error, the interval and the bias that it allows for are those under fractional
// Gaussian noise, from the covariances of the powers at all scales.
//
// I. Simonsen, A. Hansen, O. M. Nes, Determination of the Hurst exponent by use of wavelet
// transforms, Physical Review E 58 (1998) 2779–2787.
type CWT struct {
	Settings
	Wavelet string  // ricker or morlet; empty means ricker, which does not see a linear trend
	From    float64 // the smallest scale, in sampling intervals; zero means 1 for ricker and 3 for morlet
}

const (
	rickerVoices = 2  // scales an octave
	morletVoices = 4  // its band is narrower
	widest       = 16 // scales reach to this part of the series, so that half of the places are inside
)

// Estimate implements [Estimator].
func (c CWT) Estimate(x []float64) (Estimate, error) { return estimateOne(c, x) }

// Prepare implements [Estimator].
func (c CWT) Prepare(n int) *Prepared {
	return prepare(n, c.Settings, Hurst, func(n int, level float64) core {
		p, err := newScalogram(c.Wavelet, c.From, n, level)
		if err != nil {
			return unable{err}
		}
		return p
	})
}

// scalogram is the core of CWT.
type scalogram struct {
	transform *wavelet.Continuous
	power     []float64
	energy    []float64 // mean power at each scale
	line      *scaleLine
}

func newScalogram(name string, from float64, n int, level float64) (*scalogram, error) {
	mother, voices, usual := wavelet.Ricker, rickerVoices, 1.0
	switch name {
	case "", wavelet.Ricker.String():
	case wavelet.Morlet.String():
		mother, voices, usual = wavelet.Morlet, morletVoices, 3
	default:
		return nil, fmt.Errorf("there is no continuous wavelet %.40q; there are: %v, %v", name, wavelet.Ricker, wavelet.Morlet)
	}
	if from == 0 {
		from = usual
	}
	if !(from >= usual) {
		return nil, fmt.Errorf("the smallest scale is %v; %v takes at least %v", from, mother, usual)
	}
	scales, x := scalesTo(from, math.Max(float64(n)/widest, from*math.Sqrt2), voices)
	t, err := wavelet.NewContinuous(mother, n, scales)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTooShort, err)
	}
	f := filterBank{voices: voices}
	for i, a := range scales {
		first, to := t.Inside(i)
		if to-first < 1 {
			return nil, fmt.Errorf("%w: %d values are too few for a scale of %.3g", ErrTooShort, n, a)
		}
		f.counts = append(f.counts, to-first)
		if i < bankOctaves*voices {
			f.gains = append(f.gains, motherGain(mother, a))
		}
	}
	return &scalogram{
		transform: t, power: make([]float64, n), energy: make([]float64, len(scales)),
		line: newScaleLine(newBank(f), x, 0, level),
	}, nil
}

// scalesTo returns scales from one to another, and their log2.
func scalesTo(from, to float64, voices int) (scales, x []float64) {
	for i := 0; ; i++ {
		log := math.Log2(from) + float64(i)/float64(voices)
		if a := math.Exp2(log); a <= to*(1+1e-9) {
			scales, x = append(scales, a), append(x, log)
			continue
		}
		return scales, x
	}
}

// motherGain returns a|ψ^(aω)|² at the frequencies of a bank.
func motherGain(m wavelet.Mother, a float64) []float64 {
	gain := make([]float64, bankGrid/2)
	for k := range gain {
		r := m.Response(2 * math.Pi * float64(k+1) / bankGrid * a)
		gain[k] = a * r * r
	}
	return gain
}

// estimate implements core.
func (s *scalogram) estimate(z []float64) (outcome, error) {
	s.transform.Start(z)
	for i := range s.energy {
		from, to := s.transform.Inside(i)
		sum := 0.0
		for _, v := range s.transform.Power(s.power, i)[from:to] {
			sum += v
		}
		s.energy[i] = sum / float64(to-from)
	}
	return s.line.estimate(s.energy)
}
