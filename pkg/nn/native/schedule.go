package native

// step is a stage with the memory that it uses.
type step struct {
	unit          *unit
	stage         stage
	in, out       operand
	din, dout     operand
	ins, dins     []operand
	saved         *buffer
	scratch       *buffer
	clearsOut     bool   // zeros are to be written around out
	clearsDins    []bool // for each of dins
	shared        bool   // it sees several series at once
	group, number int
}

// operand is where a step finds a node's values; without a buffer it knows their shape only.
type operand struct {
	node     int
	channels int
	buffer   *buffer
}

// span is a phase: one stage for the batch, or groups of steps that each chunk passes.
type span struct {
	batch  *step
	groups []group
}

// group is steps that follow one another for each series, or one step for a chunk.
type group struct {
	steps []*step
	chunk bool
}

// schedule cuts the units into phases and notes when which memory is used.
func (p *program) schedule() {
	last := len(p.plan.Nodes) - 1
	p.forward = append(p.forward, p.newStep(nil, stage{read: true}, operand{}, p.act(-1)))
	for _, u := range p.units {
		for _, s := range u.op.forward() {
			p.forward = append(p.forward, p.forwardStep(u, s))
		}
	}
	p.forward = append(p.forward, p.newStep(nil, stage{write: true}, p.act(last), operand{}))
	p.forwardPhases = p.spans(p.forward)
	if !p.training {
		return
	}
	forward := p.times
	if p.root(last).grad != nil {
		seed := &step{stage: stage{seed: true}, dout: p.grad(last)}
		p.backward = append(p.backward, seed)
	}
	for i := len(p.units) - 1; i >= 0; i-- {
		if u := p.units[i]; p.root(u.out).grad != nil {
			p.addBackward(u)
		}
	}
	p.backwardPhases = p.spans(p.backward)
	p.keep(forward)
}

// keep holds on to what the backward pass needs of the forward pass, whose last phase is given, until
// the next one, so that there may be several backward passes.
func (p *program) keep(forward int) {
	for _, b := range p.buffers {
		if b.group >= 0 && b.firstTime <= forward && b.lastTime > forward {
			b.lastTime = p.times
		}
	}
}

func (p *program) newStep(u *unit, s stage, in, out operand) *step {
	return &step{unit: u, stage: s, in: in, out: out, clearsOut: out.buffer != nil && !s.early}
}

func (p *program) act(node int) operand {
	return operand{node, p.value(node).channels, p.root(node).act}
}

func (p *program) grad(node int) operand {
	return operand{node, p.value(node).channels, p.root(node).grad}
}

// where returns the operand, or only its shape.
func (o operand) where(b bool) operand {
	if !b {
		o.buffer = nil
	}
	return o
}

func (p *program) forwardStep(u *unit, s stage) *step {
	t := p.newStep(u, s, p.act(u.ins[0]), p.act(u.out).where(!s.early))
	for _, in := range u.ins {
		t.ins = append(t.ins, p.act(in))
	}
	t.clearsOut = t.clearsOut && t.in.buffer != t.out.buffer
	p.memory(t)
	return t
}

func (p *program) memory(t *step) {
	t.saved = t.unit.saved
	if t.unit.needs.scratch > 0 {
		t.scratch = p.buffer(t.unit.needs.scratch)
	}
}

// addBackward adds a unit's backward steps. The gradient of a value that several units read is that
// of the first of them, and those of the others are added.
func (p *program) addBackward(u *unit) {
	var dins []operand
	var adds []*step
	var clears []bool
	for _, in := range u.ins {
		d, root := p.grad(in), p.root(in)
		clears = append(clears, d.buffer != nil && root.written == 0 && d.buffer != p.grad(u.out).buffer)
		if d.buffer != nil {
			if root.written++; root.written > 1 {
				sum := d
				d.buffer = p.buffer(d.buffer.size)
				adds = append(adds, &step{stage: stage{add: true}, din: sum, dout: d})
			}
		}
		dins = append(dins, d)
	}
	for _, s := range u.op.backward() {
		t := &step{
			unit: u, stage: s, in: p.act(u.ins[0]).where(u.needs.input),
			out:  p.act(u.out).where(u.needs.output || u.needs.sign),
			dout: p.grad(u.out), din: dins[0].where(!s.early),
		}
		for i, in := range u.ins {
			t.ins = append(t.ins, p.act(in).where(u.needs.input))
			t.dins = append(t.dins, dins[i].where(!s.early))
		}
		if !s.early {
			t.clearsDins = clears
		}
		p.memory(t)
		p.backward = append(p.backward, t)
	}
	p.backward = append(p.backward, adds...)
}

// spans groups steps and numbers them, over all calls.
func (p *program) spans(steps []*step) []span {
	var all []span
	open := false // the last span takes more steps
	for _, t := range steps {
		s := &t.stage
		switch {
		case s.batch != nil:
			all = append(all, span{batch: t})
			open = false
			p.groups++
			p.times++
		default:
			if !open {
				all = append(all, span{})
				p.times++
			}
			open = true
			now := &all[len(all)-1]
			if n := len(now.groups); n == 0 || s.chunk != nil || now.groups[n-1].chunk {
				now.groups = append(now.groups, group{chunk: s.chunk != nil})
				p.groups++
			}
			g := &now.groups[len(now.groups)-1]
			g.steps = append(g.steps, t)
		}
		p.steps++
		t.number, t.group, t.shared = p.steps, p.groups, s.batch != nil || s.chunk != nil
		p.use(t)
	}
	return all
}

// use notes what a step uses. Wide memory is handed on from phase to phase in training, where chunks
// overtake each other within one; in prediction from group to group.
func (p *program) use(t *step) {
	time := p.times
	if !p.training {
		time = p.groups
	}
	mark := func(b *buffer, shared bool) {
		if b != nil {
			b.use(t.number, t.group, time, shared)
		}
	}
	for _, o := range append(append([]operand{t.in, t.out, t.din, t.dout}, t.ins...), t.dins...) {
		mark(o.buffer, t.shared)
	}
	mark(t.saved, t.shared)
	mark(t.scratch, false)
}
