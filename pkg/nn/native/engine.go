package native

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// Options choose how the engine computes.
type Options struct {
	// Path is the implementation of the kernels; nil: the fastest that this processor has.
	Path *kernel.Path
}

// Engine is the native engine. It has no state: trainers and predictors may be made and used
// concurrently, each by one goroutine at a time.
type Engine struct {
	kernels kernel.Set
}

// New returns an engine. It panics if the processor does not have the kernels that the options name:
// ask [kernel.Of] before.
func New(o Options) *Engine {
	if o.Path == nil {
		return &Engine{kernel.Best()}
	}
	k, err := kernel.Of(*o.Path)
	if err != nil {
		panic("native: " + err.Error())
	}
	return &Engine{k}
}

// Name returns "native".
func (e *Engine) Name() string { return "native" }

// What an engine may be asked to reserve.
const (
	maxRows    = 1 << 20
	maxThreads = 256
	maxMemory  = 8 << 30 // bytes
)

// prepare checks what is asked for and compiles the plan.
func (e *Engine) prepare(p *nn.Plan, size nn.Size, training bool) (*program, error) {
	if err := checkSize(p, &size); err != nil {
		return nil, err
	}
	prog, err := compile(p, size, e.kernels, training)
	if err != nil {
		return nil, err
	}
	if need := prog.bytes(); need > maxMemory {
		return nil, fmt.Errorf("native: %d series of %d points need %.1f GiB for this network, at most %d are allowed: make batches smaller",
			size.Rows, size.Length, need/(1<<30), maxMemory>>30)
	}
	return prog, nil
}

func checkSize(p *nn.Plan, size *nn.Size) error {
	in := p.Spec.Input
	if size.Rows < 1 || size.Rows > maxRows {
		return fmt.Errorf("native: batches of %d series: want 1 to %d", size.Rows, maxRows)
	}
	if size.Threads < 0 || size.Threads > maxThreads {
		return fmt.Errorf("native: %d threads: want 0 to %d", size.Threads, maxThreads)
	}
	if !in.Series {
		size.Length = 1
		return nil
	}
	if shortest := max(in.Length, in.MinLength); size.Length < shortest || size.Length > nn.MaxLength {
		return fmt.Errorf("native: room for %d points: the network takes series from %d points on, at most %d",
			size.Length, shortest, nn.MaxLength)
	}
	if in.Length > 0 {
		size.Length = in.Length
	}
	return nil
}

// bytes returns the memory that a program needs, in floating point so that nothing overflows.
func (p *program) bytes() float64 {
	workers := float64(max(1, p.size.Threads))
	values := workers*float64(p.local+p.own) + float64(p.prepared) + float64(p.chunks)*float64(p.sums)
	if p.training {
		values += float64(p.wide)
	} else {
		values += workers*float64(p.wide) + float64(p.plan.Size)
	}
	return 4*values + 8*float64(len(p.values))*float64(p.size.Rows)
}

// checkBatch tells what is wrong with a batch.
func (p *program) checkBatch(b *nn.Batch, dst []float32) error {
	in := p.plan.Spec.Input
	if b.Rows < 1 || b.Rows > p.size.Rows {
		return fmt.Errorf("native: a batch of %d series: room is reserved for 1 to %d", b.Rows, p.size.Rows)
	}
	if len(dst) != b.Rows*p.plan.Outputs() {
		return fmt.Errorf("native: %d series give %d outputs, and there is room for %d", b.Rows, b.Rows*p.plan.Outputs(), len(dst))
	}
	length := 1
	if in.Series {
		if length = b.Length; length < 1 || length > nn.MaxLength {
			return fmt.Errorf("native: series of %d points: want 1 to %d", length, nn.MaxLength)
		}
		if err := p.checkLengths(b); err != nil {
			return err
		}
	}
	if want := b.Rows * length * in.Channels; len(b.X) != want {
		return fmt.Errorf("native: %d values for %d × %d × %d", len(b.X), b.Rows, length, in.Channels)
	}
	return nil
}

func (p *program) checkLengths(b *nn.Batch) error {
	in := p.plan.Spec.Input
	if b.Lengths != nil && len(b.Lengths) != b.Rows {
		return fmt.Errorf("native: %d lengths for %d series", len(b.Lengths), b.Rows)
	}
	for i := range b.Rows {
		n := b.Points(i)
		switch {
		case n > b.Length:
			return fmt.Errorf("native: series %d has %d points of %d", i, n, b.Length)
		case in.Length > 0 && n != in.Length:
			return fmt.Errorf("native: series %d has %d points: the network takes %d", i, n, in.Length)
		case n < in.MinLength:
			return fmt.Errorf("native: series %d has %d points: the network takes %d or more", i, n, in.MinLength)
		case n > p.size.Length:
			return fmt.Errorf("native: series %d has %d points: room is reserved for %d", i, n, p.size.Length)
		}
	}
	return nil
}

func (p *program) checkWeights(w nn.Weights) error {
	if len(w.Params) != p.plan.Size || len(w.State) != p.plan.StateSize {
		return fmt.Errorf("native: %d weights and %d moments: the network has %d and %d",
			len(w.Params), len(w.State), p.plan.Size, p.plan.StateSize)
	}
	return nil
}

var errClosed = errors.New("native: it is closed")
