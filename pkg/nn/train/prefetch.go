package train

import (
	"fmt"
	"sync"

	"github.com/longmemory/hurst/pkg/nn"
)

// slot is a batch being made, or waiting, or being learned from.
type slot struct {
	batch   nn.Batch
	targets []float32
	entries []entry
	x       []float32
	lengths []int
	errs    []error // by row
	making  sync.WaitGroup
}

// task is some rows of a slot to make.
type task struct {
	slot     *slot
	from, to int
}

// encoding is how samples become numbers for a network.
type encoding struct {
	plan   *nn.Plan
	inputs Inputs
	target Scale
}

// pool makes batches ahead of time. Which sample is where depends on the sequence alone, so that
// any number of workers gives the same batches, in the same order. A worker waits while as many
// batches as there are slots are ready.
type pool struct {
	encoding
	sources []Source
	augment func() *augmenter
	free    chan *slot
	queue   chan *slot // in the order of the steps
	tasks   chan task
	stop    chan struct{}
	all     sync.WaitGroup
}

// poolJob is what a pool is made for.
type poolJob struct {
	encoding
	sources       []Source
	sequence      sequence
	augment       func() *augmenter
	first, last   int // steps
	rows, longest int
	workers       int
}

// ahead is how many batches are ready or being made, at most.
const ahead = 4

func newPool(j poolJob) *pool {
	p := &pool{encoding: j.encoding, sources: j.sources, augment: j.augment}
	p.free, p.queue = make(chan *slot, ahead), make(chan *slot, ahead)
	p.tasks, p.stop = make(chan task, 2*j.workers), make(chan struct{})
	for range ahead {
		p.free <- newSlot(j.rows, j.longest*j.plan.Spec.Input.Channels)
	}
	p.all.Add(1 + j.workers)
	go p.dispatch(j)
	for range j.workers {
		go p.work()
	}
	return p
}

func newSlot(rows, values int) *slot {
	return &slot{
		x: make([]float32, rows*values), targets: make([]float32, rows), lengths: make([]int, rows),
		errs: make([]error, rows), entries: make([]entry, 0, rows),
	}
}

// dispatch hands out the rows of each step's batch, and puts the batch into the queue.
func (p *pool) dispatch(j poolJob) {
	defer p.all.Done()
	defer close(p.tasks)
	parts := 2 * j.workers
	for step := j.first; step < j.last; step++ {
		var s *slot
		select {
		case s = <-p.free:
		case <-p.stop:
			return
		}
		s.prepare(j.sequence.batch(step), j.plan.Spec.Input)
		rows := s.batch.Rows
		s.making.Add(rows)
		for k := range parts {
			t := task{s, rows * k / parts, rows * (k + 1) / parts}
			if t.from == t.to {
				continue
			}
			select {
			case p.tasks <- t:
			case <-p.stop:
				return
			}
		}
		p.queue <- s // which has room for all slots
	}
}

// prepare lays out the batch of these entries.
func (s *slot) prepare(entries []entry, in nn.Input) {
	s.entries = append(s.entries[:0], entries...)
	rows, longest := len(entries), 1
	if in.Series {
		longest = 0
		for i, e := range entries {
			s.lengths[i] = e.length
			longest = max(longest, e.length)
		}
	}
	s.batch = nn.Batch{X: s.x[:rows*longest*in.Channels], Rows: rows, Length: longest}
	for _, e := range entries {
		if in.Series && e.length != longest {
			s.batch.Lengths = s.lengths[:rows]
		}
	}
}

func (p *pool) work() {
	defer p.all.Done()
	makers := make([]Maker, len(p.sources))
	augment, sample := p.augment(), Sample{}
	for t := range p.tasks {
		for row := t.from; row < t.to; row++ {
			e := t.slot.entries[row]
			if makers[e.stage] == nil {
				makers[e.stage] = p.sources[e.stage].Maker()
			}
			t.slot.errs[row] = p.fill(t.slot, row, makers[e.stage], augment, &sample)
			t.slot.making.Done()
		}
	}
}

// fill makes a row.
func (p *pool) fill(s *slot, row int, m Maker, augment *augmenter, sample *Sample) error {
	e := s.entries[row]
	if err := m.Make(e.index, sample); err != nil {
		return fmt.Errorf("sample %d: %w", e.index, err)
	}
	x := augment.apply(sample.X, e.length, e.draw)
	channels := p.plan.Spec.Input.Channels
	width := s.batch.Length * channels
	if err := p.row(s.batch.X[row*width:][:width], &s.targets[row], x, e.length, sample.Target); err != nil {
		return fmt.Errorf("sample %d: %w", e.index, err)
	}
	return nil
}

// row writes a sample's inputs, with zeros behind a short series, and its target.
func (c encoding) row(dst []float32, target *float32, x []float64, length int, y float64) error {
	in := c.plan.Spec.Input
	if want := length; in.Series && len(x) != want || !in.Series && len(x) != in.Channels {
		return fmt.Errorf("it has %d values", len(x))
	}
	if err := c.inputs.encode(dst, in.Channels, x); err != nil {
		return err
	}
	if in.Series {
		clear(dst[length*in.Channels:])
	}
	if c.plan.Spec.Head.Sigmoid && !(y >= 0 && y <= 1) {
		return fmt.Errorf("target %v: a sigmoid head gives 0 to 1", y)
	}
	z := (y - c.target.Centre) / c.target.Unit
	if !finite(z) {
		return fmt.Errorf("target %v", y)
	}
	*target = float32(z)
	return nil
}

// next returns the next batch. It is to be released before the one after the next ahead of it.
func (p *pool) next() (*slot, error) {
	s := <-p.queue
	s.making.Wait()
	for _, err := range s.errs[:s.batch.Rows] {
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *pool) release(s *slot) { p.free <- s }

// close ends all workers and waits for them.
func (p *pool) close() {
	close(p.stop)
	p.all.Wait()
}
