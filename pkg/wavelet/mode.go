package wavelet

import "fmt"

// Mode says what a transform takes for the values before and after a series.
type Mode int

// The modes. At each level an even filter of L taps is centred as PyWavelets does it.
const (
	// Periodic takes the series to repeat; one of odd length repeats its last value first. Level j has
	// about n/2^j coefficients. PyWavelets calls it periodization.
	Periodic Mode = iota
	// Symmetric mirrors the series at its ends, which are repeated: … x1 x0 | x0 x1 …
	Symmetric
	// Zero takes nothing to be there.
	Zero
	// Interior leaves coefficients out that touch the boundary, and so has no inverse.
	Interior
)

// String returns the mode's name.
func (m Mode) String() string {
	switch m {
	case Periodic:
		return "periodic"
	case Symmetric:
		return "symmetric"
	case Zero:
		return "zero"
	case Interior:
		return "interior"
	}
	return fmt.Sprintf("mode %d", int(m))
}

// size returns how many coefficients a level has that is made of n values by filters of length l.
func (m Mode) size(n, l int) int {
	switch m {
	case Periodic:
		return (n + 1) / 2
	case Interior:
		return (n-l)/2 + 1
	}
	return (n + l - 1) / 2
}

// first returns the place of the first tap for coefficient 0, relative to value 0; each further
// coefficient is two places on.
func (m Mode) first(l int) int {
	switch m {
	case Periodic:
		return 1 - l/2
	case Interior:
		return 0
	}
	return 2 - l
}

// extend fills ext with x from the first tap's place on, continued as the mode says.
func (m Mode) extend(ext, x []float64, first int) {
	n := len(x)
	copy(ext[-first:], x)
	for i := range -first {
		ext[i] = m.beyond(x, first+i)
	}
	for i := n - first; i < len(ext); i++ {
		ext[i] = m.beyond(x, first+i)
	}
}

// beyond returns the value at a place t outside of x.
func (m Mode) beyond(x []float64, t int) float64 {
	n := len(x)
	switch m {
	case Periodic:
		even := n + n%2
		t = ((t % even) + even) % even
		return x[min(t, n-1)]
	case Symmetric:
		t = ((t % (2 * n)) + 2*n) % (2 * n)
		return x[min(t, 2*n-1-t)]
	}
	return 0
}
