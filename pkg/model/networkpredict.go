package model

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
)

// netBatch is how many series, or parts of them, a network computes at once.
const netBatch = 64

// netPredictor computes the answers of a network. A series longer than the network reads is cut into
// parts of that length, the least number that covers it, evenly spaced, and their answers are
// averaged.
type netPredictor struct {
	fitted  networkFitted
	engines engine.List // those not yet found to fail
	engine  nn.Engine   // the one in use; nil: none yet
	of      *train.Predictor
	size    nn.Size // that it has room for
	rows    []int   // of each part
	parts   [][]float64
	answers []float64
	counts  []int // parts of each row
}

// predictorOn returns a predictor on the first engine that works, and on the next when that fails;
// nil: of all engines.
func (f networkFitted) predictorOn(engines engine.List) Predictor {
	if engines == nil {
		engines, _ = engine.Of() // cannot fail
	}
	return &netPredictor{fitted: f, engines: engines}
}

// Predict has no opinion (NaN) of a series that has no variation.
func (p *netPredictor) Predict(dst []Opinion, in Inputs) error {
	dst = dst[:in.Rows]
	clear(dst)
	p.counts = append(p.counts[:0], make([]int, in.Rows)...)
	p.cut(in)
	if err := p.compute(); err != nil {
		return fmt.Errorf("compute the network: %w", err)
	}
	head, width := p.fitted.plan.Spec.Head, p.fitted.plan.Outputs()
	for k, i := range p.rows {
		o := opinion(head, p.answers[k*width:][:width], len(p.parts[k]))
		dst[i].H += o.H
		dst[i].Spread += o.Spread
		p.counts[i]++
	}
	for i, n := range p.counts {
		dst[i].H /= float64(n) // NaN of none
		dst[i].Spread /= float64(n)
	}
	return nil
}

// cut lists the parts of all rows, but for those without variation.
func (p *netPredictor) cut(in Inputs) {
	p.rows, p.parts = p.rows[:0], p.parts[:0]
	for i := range in.Rows {
		if p.fitted.window == 0 {
			cols := len(in.Features) / in.Rows
			p.rows, p.parts = append(p.rows, i), append(p.parts, in.Features[i*cols:][:cols])
			continue
		}
		x := in.Series[i]
		points := min(len(x), p.fitted.window)
		count := (len(x) + points - 1) / points
		for k := range count {
			part := x[k*(len(x)-points)/max(1, count-1):][:points]
			if varies(part) {
				p.rows, p.parts = append(p.rows, i), append(p.parts, part)
			}
		}
	}
}

// varies tells whether a series has a range that it can be divided by.
func varies(x []float64) bool {
	half := slices.Max(x)/2 - slices.Min(x)/2
	return half > 0 && !math.IsInf(1/half, 0)
}

// compute answers for all parts, on the next engine where one fails.
func (p *netPredictor) compute() error {
	width := p.fitted.plan.Outputs()
	if n := len(p.parts) * width; len(p.answers) < n {
		p.answers = make([]float64, n)
	}
	for {
		err := p.reserve()
		if err == nil {
			err = p.of.Predict(p.answers[:len(p.parts)*width], p.parts)
		}
		var failure *engine.Failure
		if err == nil || !errors.As(err, &failure) || !p.fallBack() {
			return err
		}
	}
}

// reserve makes a predictor with room for the parts, if there is none yet.
func (p *netPredictor) reserve() error {
	rows, length := len(p.parts), 1
	if p.fitted.window > 0 {
		for _, x := range p.parts {
			length = max(length, len(x))
		}
	}
	if p.of != nil && (rows == 1 || p.size.Rows > 1) && length <= p.size.Length {
		return nil
	}
	p.close()
	p.size.Length, p.size.Threads = max(length, p.size.Length), 1
	if p.size.Rows = max(p.size.Rows, 1); rows > 1 {
		p.size.Rows = netBatch
	}
	if p.engine == nil {
		var tried []engine.Tried
		if p.engine, tried = p.engines.Choose(); p.engine == nil {
			return fmt.Errorf("%w: %v", engine.ErrNone, tried)
		}
	}
	var err error
	p.of, err = train.NewPredictor(p.engine, p.size, p.fitted.networks()...)
	return err
}

func (p *netPredictor) close() {
	if p.of != nil {
		p.of.Close()
		p.of = nil
	}
}

// fallBack gives up the engine, and tells whether another one is left.
func (p *netPredictor) fallBack() bool {
	p.close()
	if p.engine == nil {
		return false
	}
	failed := p.engine.Name()
	p.engine = nil
	p.engines = slices.DeleteFunc(slices.Clone(p.engines), func(c engine.Candidate) bool { return c.Name == failed })
	return len(p.engines) > 0
}

// opinion reads a head's answers for a series of n points.
func opinion(head nn.Head, out []float64, n int) Opinion {
	root := math.Sqrt(float64(n))
	switch head.Kind {
	case nn.Gaussian:
		return Opinion{out[0], math.Exp(max(train.MinLogVariance, min(train.MaxLogVariance, out[1]))/2) * root}
	case nn.Quantiles:
		return Opinion{out[middle(head.Levels)], max(minRange, out[len(out)-1]-out[0]) * root}
	}
	return Opinion{out[0], 1}
}

// minRange is the least distance of quantiles that is taken seriously.
const minRange = 1e-4

// middle returns which of rising levels is nearest to a half.
func middle(levels []float64) int {
	best := 0
	for i, p := range levels {
		if math.Abs(p-0.5) < math.Abs(levels[best]-0.5) {
			best = i
		}
	}
	return best
}
