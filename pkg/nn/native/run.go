package native

import "github.com/longmemory/hurst/pkg/nn"

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
	for i := range groups {
		if g := &groups[i]; g.chunk {
			m.runTogether(g.steps[0], w, chunk, from, to)
		} else {
			m.runApart(g.steps, w, chunk, from, to)
		}
	}
}

// runTogether computes a step for all series of a chunk.
func (m *machine) runTogether(s *step, w *worker, chunk, from, to int) {
	cs := w.calls[:to-from]
	for i := range cs {
		m.fill(&cs[i], s, w, from+i, m.slot(from+i, from), chunk)
		cs[i].first, cs[i].last = i == 0, i == len(cs)-1
	}
	s.stage.chunk(cs)
	for i := range cs {
		clearAround(s, &cs[i])
	}
}

// runApart takes one series of a chunk after the other through steps.
func (m *machine) runApart(steps []*step, w *worker, chunk, from, to int) {
	c := &w.calls[0]
	for r := from; r < to; r++ {
		for _, s := range steps {
			m.fill(c, s, w, r, m.slot(r, from), chunk)
			c.first, c.last = r == from, r == to-1
			m.runRow(s, c)
			clearAround(s, c)
		}
	}
}

// slot returns a series' place in wide memory: a predictor's worker has room for one chunk only.
func (m *machine) slot(row, from int) int {
	if m.training {
		return row
	}
	return row - from
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
