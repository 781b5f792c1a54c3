package native

import (
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
)

// Trainer computes outputs and gradients, see [nn.Trainer].
type Trainer struct {
	m             *machine
	forward, back []phase
	segments      []segment
	ready         bool // there is a forward pass to go back from
	closed        bool
}

// segment is a part of the gradient that chunks have sums of.
type segment struct{ offset, place, n int }

// NewTrainer reserves the memory for batches of a size.
func (e *Engine) NewTrainer(p *nn.Plan, size nn.Size) (nn.Trainer, error) {
	prog, err := e.prepare(p, size, true)
	if err != nil {
		return nil, err
	}
	t := &Trainer{m: newMachine(prog), segments: segments(prog)}
	t.forward = append([]phase{{len(prog.preparers), t.m.prepare}}, t.m.phases(prog.forwardPhases)...)
	t.back = append([]phase{{run: t.clear}}, t.m.phases(prog.backwardPhases)...)
	t.back = append(t.back, phase{len(t.segments), t.reduce})
	return t, nil
}

// segments cuts what has sums in chunks into parts of a size that suits the cache.
func segments(p *program) (all []segment) {
	const most = 2048
	for _, u := range p.units {
		for i, t := range u.params {
			for from := 0; from < t.Len() && !u.direct; from += most {
				all = append(all, segment{t.Offset + from, u.places[i] + from, min(most, t.Len()-from)})
			}
		}
	}
	return all
}

// Forward computes the outputs of a batch, see [nn.Trainer].
func (t *Trainer) Forward(dst []float32, w nn.Weights, b *nn.Batch, pass nn.Pass) error {
	m := t.m
	t.ready = false
	if t.closed {
		return errClosed
	}
	if err := m.checkWeights(w); err != nil {
		return err
	}
	if err := m.checkBatch(b, dst); err != nil {
		return err
	}
	m.batch, m.weights, m.pass, m.dst = *b, w, pass, dst
	m.count, _ = m.cut(b.Rows)
	m.measureBatch(b)
	m.setTasks(t.forward[1:], m.forwardPhases)
	m.crew.run(t.forward)
	m.batch.X, m.dst = nil, nil
	t.ready = true
	return nil
}

// Backward computes the gradients, see [nn.Trainer]. The weights must be those of the forward pass, in
// the same memory. It may be called again, with other gradients of the outputs.
func (t *Trainer) Backward(grad, outputs []float32) error {
	m := t.m
	if t.closed {
		return errClosed
	}
	if !t.ready {
		return errors.New("native: backward without a forward pass before it")
	}
	if len(grad) != m.plan.Size || len(outputs) != m.batch.Rows*m.plan.Outputs() {
		return fmt.Errorf("native: a gradient of %d values from one of %d outputs: the network has %d and the batch %d",
			len(grad), len(outputs), m.plan.Size, m.batch.Rows*m.plan.Outputs())
	}
	m.grad, m.outputs = grad, outputs
	t.back[0].tasks = m.count
	m.setTasks(t.back[1:], m.backwardPhases)
	m.crew.run(t.back)
	m.grad, m.outputs = nil, nil
	return nil
}

// Close ends the workers.
func (t *Trainer) Close() {
	if !t.closed {
		t.closed = true
		t.m.crew.close()
	}
}

func (t *Trainer) clear(_, chunk int) { clear(t.m.chunkSums[chunk]) }

// reduce adds the chunks' sums of one segment, in the order of the chunks.
func (t *Trainer) reduce(_, i int) {
	m, s := t.m, t.segments[i]
	dst := m.grad[s.offset:][:s.n]
	copy(dst, m.chunkSums[0][s.place:])
	for _, sums := range m.chunkSums[1:m.count] {
		m.kernels.Add(dst, sums[s.place:][:s.n])
	}
}
