package process

import (
	"fmt"
	"math"
)

// stableLaw draws from the symmetric stable law of one index.
type stableLaw struct {
	alpha   float64
	inverse float64 // 1/α
	slope   float64 // (1-α)/α
}

func newStableLaw(alpha float64) stableLaw {
	return stableLaw{alpha: alpha, inverse: 1 / alpha, slope: (1 - alpha) / alpha}
}

// Stable returns a number from the symmetric stable law of index alpha and scale one, whose
// characteristic function is exp(-|t|^alpha): for alpha = 2 that is a normal number of variance 2,
// for alpha = 1 a Cauchy number. It panics unless alpha is from 0.1 to 2.
func (s *Stream) Stable(alpha float64) float64 {
	if !(alpha >= 0.1 && alpha <= 2) {
		panic(fmt.Sprintf("process: stable index %v is outside 0.1 to 2", alpha))
	}
	return newStableLaw(alpha).draw(s)
}

// fill fills dst with independent numbers.
func (l stableLaw) fill(dst []float64, rng *Stream) {
	for i := range dst {
		dst[i] = l.draw(rng)
	}
}

// draw returns, for V uniform on (-π/2, π/2) and W exponential,
//
//	sin(αV) / cos(V)^(1/α) · (cos((1-α)V) / W)^((1-α)/α).
//
// V is drawn by its distance from the end that it is near, where cos(V) is small and the tail of the
// law is made: the distance has all its digits there.
//
// J. M. Chambers, C. L. Mallows, B. W. Stuck, A method for simulating stable random variables,
// J. Amer. Statist. Assoc. 71 (1976) 340–344.
func (l stableLaw) draw(rng *Stream) float64 {
	bits := rng.bits.Uint64()
	end := math.Pi / 2 * (float64(bits>>11) + 0.5) * 0x1p-53 // in (0, π/2)
	w := -math.Log((float64(rng.bits.Uint64()>>11) + 0.5) * 0x1p-53)
	cos, sin := math.Sincos(end) // of π/2 minus the distance
	sinA, cosA := math.Sincos(l.alpha * (math.Pi/2 - end))
	x := sinA
	if l.alpha == 1 {
		x /= cos
	} else {
		ratio := (cos*cosA + sin*sinA) / w // cos((1-α)V)/W
		x *= math.Exp(l.slope*math.Log(ratio) - l.inverse*math.Log(cos))
	}
	if bits&1 == 1 {
		return -x
	}
	return x
}
