package native

import (
	"unsafe"

	"github.com/longmemory/hurst/pkg/nn"
)

// machine runs a program: its memory, its workers, and what the run under way works on.
type machine struct {
	*program
	crew      *crew
	workers   []worker
	shared    []float32 // a trainer's wide memory
	chunkSums [][]float32
	ready     []float32 // prepared weights
	lengths   [][]int   // of each value and series, see program.value
	count     int       // chunks of the run under way

	batch   nn.Batch
	weights nn.Weights
	pass    nn.Pass
	dst     []float32 // outputs of the run
	outputs []float32 // gradients with respect to them
	grad    []float32 // the network's gradient
}

// worker is what one worker overwrites with each series.
type worker struct {
	local []float32
	own   []float32
	wide  []float32 // a trainer's, or of the predictor's worker
	calls []call
}

// aligned returns n zeros that begin at a cache line.
func aligned(n int) []float32 {
	x := make([]float32, n+line)
	address := uintptr(unsafe.Pointer(unsafe.SliceData(x))) //nolint:gosec // G103: only its last bits are looked at
	at := int(-address / 4 % line)
	return x[at:][:n:n]
}

func newMachine(p *program) *machine {
	threads := max(1, p.size.Threads)
	m := &machine{
		program: p, ready: aligned(p.prepared), workers: make([]worker, threads), lengths: make([][]int, len(p.values)),
		crew: newCrew(threads, 2+max(1, len(p.forwardPhases), len(p.backwardPhases))),
	}
	if p.training {
		m.shared = aligned(p.wide)
		for range p.chunks {
			m.chunkSums = append(m.chunkSums, aligned(roundUp(p.sums)))
		}
	}
	for i := range m.workers {
		m.workers[i] = p.newWorker(m.shared)
	}
	for i := range m.lengths {
		m.lengths[i] = make([]int, p.size.Rows)
	}
	return m
}

// newWorker reserves a worker's memory; shared is what a trainer's workers share.
func (p *program) newWorker(shared []float32) worker {
	w := worker{local: aligned(p.local), own: aligned(p.own), wide: shared, calls: make([]call, p.rows)}
	if !p.training {
		w.wide = aligned(p.wide)
	}
	for i := range w.calls {
		w.calls[i].k = p.kernels
		w.calls[i].ins, w.calls[i].dins = make([]view, p.views), make([]view, p.views)
	}
	return w
}

// phases returns the work of spans; setTasks says how much of it there is.
func (m *machine) phases(spans []span) []phase {
	var all []phase
	for _, s := range spans {
		all = append(all, phase{run: func(worker, task int) {
			if s.batch != nil {
				m.runBatch(s.batch, worker, task)
				return
			}
			m.runChunk(s.groups, worker, task)
		}})
	}
	return all
}

func (m *machine) setTasks(phases []phase, spans []span) {
	for i, s := range spans {
		phases[i].tasks = m.count
		if s.batch != nil {
			phases[i].tasks = m.batchTasks(s.batch)
		}
	}
}

func (m *machine) batchTasks(s *step) int {
	return s.stage.tasks(m.batch.Rows, len(m.workers))
}

// prepare prepares the weights of the i-th unit that wants it.
func (m *machine) prepare(worker, i int) {
	u := m.preparers[i]
	c := &m.workers[worker].calls[0]
	c.unit, c.params, c.state = u, m.weights.Params, m.weights.State
	c.prepared = m.ready[u.prepared:][:u.needs.prepared:u.needs.prepared]
	u.op.(preparer).prepare(c)
}
