// Package surrogate makes series that share some properties with a given one and are random in all
// else: what a statistic says about the given series and not about its surrogates comes from what
// they do not share.
//
// [New] prepares a series. [Maker.Generate] makes surrogates by a method's name, of which [Methods]
// lists all; the methods of [Maker] make them one by one and tell more. Surrogates suppose a
// stationary series, so a walk should be differenced first: its ends, far apart, would give phase
// randomisation and IAAFT the spectrum of a jump.
package surrogate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/process"
)

const (
	// MinLength is how many values a series has at least.
	MinLength = 2
	// MaxValue is how large they may be, so that no surrogate overflows.
	MaxValue = 1e300
)

// The names of the methods.
const (
	Shuffle        = "shuffle"
	Phase          = "phase"
	IAAFT          = "iaaft"
	Autoregressive = "ar"
)

var (
	// ErrTooShort says that a series has fewer than MinLength values.
	ErrTooShort = errors.New("series is too short")
	// ErrValue says that a series has a value that is not finite, or beyond MaxValue.
	ErrValue = errors.New("value that surrogates cannot be made of")
)

// Method describes a way to make surrogates.
type Method struct {
	Name   string
	Title  string
	Keeps  string // what surrogates share with the series
	Null   string // the hypothesis that they are samples of
	Source string
	make   func(m *Maker, dst []float64, rng *process.Stream)
}

// Methods returns all methods.
func Methods() []Method {
	return []Method{{
		Name: Shuffle, Title: "random order",
		Keeps: "the values, exactly", Null: "independent values",
		Source: "Scheinkman and LeBaron 1989",
		make:   (*Maker).Shuffle,
	}, {
		Name: Phase, Title: "random phases",
		Keeps: "the amplitude spectrum, exactly, and so the mean, variance and circular autocovariances",
		Null:  "a stationary Gaussian process", Source: "Theiler et al. 1992",
		make: (*Maker).Phase,
	}, {
		Name: IAAFT, Title: "iterative amplitude adjusted Fourier transform",
		Keeps: "the values, exactly, and the amplitude spectrum nearly",
		Null:  "a monotone function of a stationary Gaussian process", Source: "Schreiber and Schmitz 1996",
		make: func(m *Maker, dst []float64, rng *process.Stream) { m.IAAFT(dst, 0, rng) },
	}, {
		Name: Autoregressive, Title: "fitted autoregression",
		Keeps: "the mean, variance and autocovariances up to the order, on average",
		Null:  "a Gaussian autoregression, whose memory is short", Source: "Yule 1927; Walker 1931; Akaike 1974",
		make: (*Maker).Autoregressive,
	}}
}

// Lookup returns the method of a name.
func Lookup(name string) (Method, error) {
	methods := Methods()
	for _, m := range methods {
		if m.Name == name {
			return m, nil
		}
	}
	var names []string
	for _, m := range methods {
		names = append(names, m.Name)
	}
	return Method{}, fmt.Errorf("there is no surrogate %.40q; there are: %s", name, strings.Join(names, ", "))
}

// Maker makes surrogates of one series. It takes the memory that a method needs when that is first
// used, and none after. It is not safe for concurrent use.
type Maker struct {
	x      []float64 // the series
	scaled []float64 // less its mean, after the largest value came to 0.5–1 by a power of two
	mean   float64   // that was taken off
	exp    int       // of the power of two
	fourier
	values
	model autoregression
}

// New prepares a copy of a series. It fails with [ErrTooShort] or [ErrValue].
func New(x []float64) (*Maker, error) {
	if len(x) < MinLength {
		return nil, fmt.Errorf("%w: %d values, want at least %d", ErrTooShort, len(x), MinLength)
	}
	largest := 0.0
	for i, v := range x {
		if !(math.Abs(v) <= MaxValue) {
			return nil, fmt.Errorf("%w: value %d is %v; allowed are finite ones of at most %v", ErrValue, i, v, float64(MaxValue))
		}
		largest = max(largest, math.Abs(v))
	}
	m := &Maker{x: slices.Clone(x), scaled: make([]float64, len(x))}
	_, m.exp = math.Frexp(largest)
	for i, v := range x {
		m.scaled[i] = math.Ldexp(v, -m.exp)
	}
	m.centre()
	return m, nil
}

// centre takes off the mean, exactly when all values are equal.
func (m *Maker) centre() {
	sum := 0.0
	for _, v := range m.scaled {
		sum += v
	}
	m.mean = sum / float64(len(m.scaled))
	if slices.Max(m.scaled) == slices.Min(m.scaled) {
		m.mean = m.scaled[0]
	}
	for i := range m.scaled {
		m.scaled[i] -= m.mean
	}
}

// restore gives values of the centred and scaled series their mean and scale back, after a factor.
func (m *Maker) restore(dst []float64, factor float64) {
	for i, v := range dst {
		dst[i] = math.Ldexp(m.mean+v*factor, m.exp)
	}
}

// Len returns the length of the series and of its surrogates.
func (m *Maker) Len() int { return len(m.x) }

// Generate fills dst with a surrogate by the method of a name. It fails when there is no such method,
// and panics when dst is not of the series' length.
func (m *Maker) Generate(method string, dst []float64, rng *process.Stream) error {
	by, err := Lookup(method)
	if err != nil {
		return err
	}
	by.make(m, dst, rng)
	return nil
}

// Shuffle fills dst with the series' values in random order. It panics when dst is not of the series'
// length.
func (m *Maker) Shuffle(dst []float64, rng *process.Stream) {
	m.check(dst)
	copy(dst, m.x)
	shuffle(dst, rng)
}

func shuffle(x []float64, rng *process.Stream) {
	for i := len(x) - 1; i > 0; i-- {
		j := rng.IntN(i + 1)
		x[i], x[j] = x[j], x[i]
	}
}

func (m *Maker) check(dst []float64) {
	if len(dst) != len(m.x) {
		panic(fmt.Sprintf("surrogate: %d values for surrogates of length %d", len(dst), len(m.x)))
	}
}
