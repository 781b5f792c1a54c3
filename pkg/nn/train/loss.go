package train

import (
	"fmt"
	"math"

	"github.com/longmemory/hurst/pkg/nn"
)

// Loss is what a training makes small: the mean over a batch of one of these. Targets and outputs
// are in the unit that training has, that of the targets' deviation; a sigmoid's are as they are.
type Loss string

// The losses. Of a point: y - ŷ.
const (
	MSE   Loss = "mse"   // e²
	MAE   Loss = "mae"   // |e|
	Huber Loss = "huber" // e²/2 within ±1, |e| - 1/2 beyond. P. J. Huber, Ann. Math. Statist. 35 (1964) 73–101

	// NLL is the negative log-likelihood of a Gaussian but for a constant, (s + (y-μ)² exp(-s)) / 2
	// with s the log variance, held within MinLogVariance and MaxLogVariance.
	NLL Loss = "nll"
	// CRPS is the continuous ranked probability score of a Gaussian: it is in the target's unit, and
	// less moved by outliers. T. Gneiting, A. E. Raftery, JASA 102 (2007) 359–378, equation 21.
	CRPS Loss = "crps"

	// Pinball is the mean over the head's levels p of p·e for positive e and (p-1)·e for negative.
	// R. Koenker, G. Bassett, Econometrica 46 (1978) 33–50.
	Pinball Loss = "pinball"
)

// The log variance that losses see of a Gaussian.
const (
	MinLogVariance = -14
	MaxLogVariance = 6
)

// DefaultLoss returns the loss of a head where none is named.
func DefaultLoss(h nn.Head) Loss { return lossesOf(h.Kind)[0] }

func lossesOf(k nn.HeadKind) []Loss {
	switch k {
	case nn.Gaussian:
		return []Loss{NLL, CRPS}
	case nn.Quantiles:
		return []Loss{Pinball}
	}
	return []Loss{MSE, MAE, Huber}
}

// head returns the kind of head that a loss is for.
func (l Loss) head() nn.HeadKind {
	switch l {
	case MSE, MAE, Huber:
		return nn.Point
	case NLL, CRPS:
		return nn.Gaussian
	case Pinball:
		return nn.Quantiles
	}
	return ""
}

func (l Loss) check(h nn.Head) error {
	if l.head() != h.Kind {
		return fmt.Errorf("loss: %.40q is none of a head of kind %s: known are %v", string(l), h.Kind, lossesOf(h.Kind))
	}
	return nil
}

// Evaluate returns the mean loss of rows of outputs, head.Outputs() each, against their targets, and
// writes its gradient with respect to the outputs to grad. It panics where the lengths do not fit or
// the head has no such loss.
func (l Loss) Evaluate(grad, outputs, targets []float32, head nn.Head) float64 {
	width := head.Outputs()
	if len(outputs) != width*len(targets) || len(grad) != len(outputs) {
		panic(fmt.Sprintf("train: %d outputs and %d gradients for %d targets of %d", len(outputs), len(grad), len(targets), width))
	}
	if l.head() != head.Kind {
		panic(fmt.Sprintf("train: loss %q of a head of kind %s", l, head.Kind))
	}
	sum, share := 0.0, 1/float64(max(1, len(targets)))
	for i, y := range targets {
		o, g := outputs[i*width:][:width], grad[i*width:][:width]
		sum += l.one(g, o, float64(y), head.Levels)
		for j := range g {
			g[j] = float32(float64(g[j]) * share)
		}
	}
	return sum * share
}

func (l Loss) one(grad, out []float32, y float64, levels []float64) float64 {
	switch l {
	case NLL:
		return gaussianNLL(grad, out, y)
	case CRPS:
		return gaussianCRPS(grad, out, y)
	case Pinball:
		return pinball(grad, out, y, levels)
	}
	e := y - float64(out[0])
	switch {
	case l == MSE:
		grad[0] = float32(-2 * e)
		return e * e
	case l == Huber && math.Abs(e) <= 1:
		grad[0] = float32(-e)
		return e * e / 2
	}
	grad[0] = float32(-sign(e))
	if l == Huber {
		return math.Abs(e) - 0.5
	}
	return math.Abs(e)
}

func pinball(grad, out []float32, y float64, levels []float64) float64 {
	sum, share := 0.0, 1/float64(len(levels))
	for j, p := range levels {
		e := y - float64(out[j])
		slope := p
		if e < 0 {
			slope = p - 1
		}
		sum += slope * e
		grad[j] = float32(-slope * share)
	}
	return sum * share
}

func sign(e float64) float64 {
	switch {
	case e > 0:
		return 1
	case e < 0:
		return -1
	}
	return e // zero, or not a number
}
