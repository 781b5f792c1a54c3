package contamination

import (
	"math"

	"github.com/longmemory/hurst/pkg/process"
)

// trend adds a curve that rises from 0 at the first point to size at the last.
type trend struct {
	size, shape float64
	curve       func(t, shape float64) float64 // from 0 at t = 0 to 1 at t = 1
}

func (s trend) apply(x []float64, u unit, _ *process.Stream) {
	rise, last := s.size*u.sd, float64(len(x)-1)
	for i := 1; i < len(x); i++ {
		x[i] += rise * s.curve(float64(i)/last, s.shape)
	}
}

func line(t, _ float64) float64 { return t }

func power(t, degree float64) float64 { return math.Pow(t, degree) }

// growth is (exp(rate·t)-1)/(exp(rate)-1), whose limit at rate 0 is a line.
func growth(t, rate float64) float64 {
	if math.Abs(rate) < 1e-12 {
		return t
	}
	return math.Expm1(rate*t) / math.Expm1(rate)
}

// season adds a sine of random phase.
type season struct {
	size, fraction float64
	period         []float64
}

func (s season) apply(x []float64, u unit, rng *process.Stream) {
	period := s.fraction * float64(len(x))
	if len(s.period) > 0 {
		period = s.period[0]
	}
	tone{size: s.size, frequency: 1 / period}.apply(x, u, rng)
}

// tone adds a sine of random phase, of a frequency in cycles a point that may be any.
type tone struct{ size, frequency float64 }

func (s tone) apply(x []float64, u unit, rng *process.Stream) {
	phase, size := rng.Float64(), s.size*u.sd
	for i := range x {
		turns := phase + s.frequency*float64(i)
		x[i] += size * math.Sin(2*math.Pi*(turns-math.Floor(turns)))
	}
}

// shift adds steps, each of which lasts to the end.
type shift struct {
	size  float64
	count int
	at    []float64
}

func (s shift) apply(x []float64, u unit, rng *process.Stream) {
	height := s.size * u.sd
	if len(s.at) > 0 {
		for _, at := range s.at {
			for i := place(at, len(x)); i < len(x); i++ {
				x[i] += height
			}
		}
		return
	}
	level, left := 0.0, s.count
	for i := range x {
		if chosen(left, len(x)-i, rng) {
			level += sign(rng) * height
			left--
		}
		x[i] += level
	}
}

// levels adds a level that is drawn anew at points of chance.
type levels struct{ size, rate float64 }

func (s levels) apply(x []float64, u unit, rng *process.Stream) {
	g, sd := gaussian{rng: rng}, s.size*u.sd
	level := sd * g.next()
	for i := range x {
		if rng.Float64() < s.rate {
			level = sd * g.next()
		}
		x[i] += level
	}
}

// drift adds a random walk from 0.
type drift struct{ size float64 }

func (s drift) apply(x []float64, u unit, rng *process.Stream) {
	if len(x) < 2 {
		return
	}
	g, walk := gaussian{rng: rng}, 0.0
	sd := s.size * u.sd / math.Sqrt(float64(len(x)-1))
	for i := 1; i < len(x); i++ {
		walk += sd * g.next()
		x[i] += walk
	}
}
