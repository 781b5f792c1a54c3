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
	m := &machine{program: p, ready: aligned(p.prepared)}
	threads := max(1, p.size.Threads)
	m.crew = newCrew(threads, 2+max(1, len(p.forwardPhases), len(p.backwardPhases)))
	if p.training {
		m.shared = aligned(p.wide)
		for range p.chunks {
			m.chunkSums = append(m.chunkSums, aligned(roundUp(p.sums)))
		}
	}
	m.workers = make([]worker, threads)
	for i := range m.workers {
		w := &m.workers[i]
		w.local, w.own = aligned(p.local), aligned(p.own)
		w.wide = m.shared
		if !p.training {
			w.wide = aligned(p.wide)
		}
		w.calls = make([]call, p.rows)
		for j := range w.calls {
			w.calls[j].k = p.kernels
			w.calls[j].ins = make([]view, p.views)
			w.calls[j].dins = make([]view, p.views)
		}
	}
	m.lengths = make([][]int, len(p.values))
	for i := range m.lengths {
		m.lengths[i] = make([]int, p.size.Rows)
	}
	return m
}

// measureBatch notes how many points each series has at each node.
func (m *machine) measureBatch(b *nn.Batch) {
	series := m.plan.Spec.Input.Series
	for r := range b.Rows {
		m.lengths[0][r] = 1
		if series {
			m.lengths[0][r] = b.Points(r)
		}
	}
	for i := range m.plan.Nodes {
		n := &m.plan.Nodes[i]
		in, out := m.lengths[n.Inputs[0]+1], m.lengths[i+1]
		for r := range b.Rows {
			out[r] = points(n, in[r])
		}
	}
}

// bounds returns the series of a chunk.
func (m *machine) bounds(chunk int) (from, to int) {
	return chunk * m.batch.Rows / m.count, (chunk + 1) * m.batch.Rows / m.count
}

// runChunk takes a chunk through the groups of a phase.
func (m *machine) runChunk(groups []group, worker, chunk int) {
	w := &m.workers[worker]
	from, to := m.bounds(chunk)
	base := from // the series whose wide memory is the first
	if m.training {
		base = 0
	}
	for i := range groups {
		g := &groups[i]
		if g.chunk {
			cs := w.calls[:to-from]
			for r := from; r < to; r++ {
				m.fill(&cs[r-from], g.steps[0], w, r, r-base, chunk)
				cs[r-from].first, cs[r-from].last = r == from, r == to-1
			}
			g.steps[0].stage.chunk(cs)
			for j := range cs {
				clearAround(g.steps[0], &cs[j])
			}
			continue
		}
		for r := from; r < to; r++ {
			for _, s := range g.steps {
				c := &w.calls[0]
				m.fill(c, s, w, r, r-base, chunk)
				c.first, c.last = r == from, r == to-1
				m.runRow(s, c)
				clearAround(s, c)
			}
		}
	}
}

func (m *machine) runRow(s *step, c *call) {
	switch {
	case s.stage.row != nil:
		s.stage.row(c)
	case s.stage.read:
		m.read(c)
	case s.stage.write:
		copy(m.dst[c.row*m.plan.Outputs():], c.in.values())
	case s.stage.seed:
		n := m.plan.Outputs()
		copy(c.dout.values(), m.outputs[c.row*n:][:n])
	case s.stage.add:
		m.kernels.Add(c.din.values(), c.dout.values())
	}
}

// read copies a series of the batch.
func (m *machine) read(c *call) {
	n := m.batch.Length * m.plan.Spec.Input.Channels
	if !m.plan.Spec.Input.Series {
		n = m.plan.Spec.Input.Channels
	}
	copy(c.out.values(), m.batch.X[c.row*n:])
}

// runBatch computes one task of a stage that sees the whole batch.
func (m *machine) runBatch(s *step, worker, task int) {
	w := &m.workers[worker]
	c := &w.calls[0]
	m.fill(c, s, w, 0, 0, 0)
	c.sums = m.grad
	s.stage.batch(c, task, m.batchTasks(s))
}

// fill tells a call where a series' values are.
func (m *machine) fill(c *call, s *step, w *worker, row, slot, chunk int) {
	c.pass, c.row, c.rows, c.chunk, c.chunks, c.unit = m.pass, row, m.batch.Rows, chunk, m.count, s.unit
	c.params, c.state = m.weights.Params, m.weights.State
	m.view(&c.in, &s.in, w, row, slot)
	m.view(&c.out, &s.out, w, row, slot)
	m.view(&c.din, &s.din, w, row, slot)
	m.view(&c.dout, &s.dout, w, row, slot)
	if len(s.ins) > 1 {
		for i := range s.ins {
			m.view(&c.ins[i], &s.ins[i], w, row, slot)
		}
		for i := range s.dins {
			m.view(&c.dins[i], &s.dins[i], w, row, slot)
		}
	}
	c.saved, c.scratch = nil, nil
	if s.saved != nil {
		c.saved = memoryOf(s.saved, w, slot)[:s.saved.size:s.saved.size]
	}
	if s.scratch != nil {
		c.scratch = memoryOf(s.scratch, w, slot)[:s.scratch.size:s.scratch.size]
	}
	if u := s.unit; u != nil {
		n := u.needs.prepared
		c.prepared = m.ready[u.prepared:][:n:n]
		c.own = w.own[u.own:][:u.needs.own:u.needs.own]
	}
	if m.chunkSums != nil {
		c.sums = m.chunkSums[chunk]
	}
}

func memoryOf(b *buffer, w *worker, slot int) []float32 {
	if b.wide {
		return w.wide[b.offset+slot*b.stride:]
	}
	return w.local[b.offset:]
}

func (m *machine) view(v *view, o *operand, w *worker, row, slot int) {
	v.T, v.C = m.lengths[o.node+1][row], o.channels
	b := o.buffer
	if b == nil {
		v.X, v.room = nil, nil
		return
	}
	v.room = memoryOf(b, w, slot)
	v.X, v.lead = v.room[b.lead:], b.lead
	v.stride = 0
	if b.wide {
		v.stride = b.stride
	}
}

// clearAround writes the zeros that readers want around what a step wrote.
func clearAround(s *step, c *call) {
	if s.clearsOut {
		c.out.clearAround(s.out.buffer)
	}
	for i, yes := range s.clearsDins {
		if yes {
			c.inputGrad(i).clearAround(s.dins[i].buffer)
		}
	}
}

func (v *view) clearAround(b *buffer) {
	if b.lead > 0 {
		clear(v.room[:b.lead])
	}
	if b.trail > 0 {
		clear(v.X[v.T*v.C:][:b.trail])
	}
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
