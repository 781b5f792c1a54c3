package native

// place gives values their buffers: memory of their own, or that of what they are computed from.
func (p *program) place() {
	p.values[0].act = p.buffer(p.points[0] * p.values[0].channels)
	for _, u := range p.units {
		p.placeValue(u)
		p.placeParams(u)
	}
	for i := len(p.units) - 1; i >= 0 && p.training; i-- {
		p.placeGrad(p.units[i])
	}
	for _, u := range p.units {
		p.pad(u)
	}
}

func (p *program) placeValue(u *unit) {
	v, in := p.value(u.out), p.root(u.ins[0])
	v.act = in.act
	if !p.mayOverwrite(u, in) {
		v.act = p.buffer(p.points[u.out+1] * v.channels)
	}
	if p.training {
		v.act.output = v.act.output || u.needs.output
		v.act.sign = v.act.sign || u.needs.sign
	}
	if u.needs.saved > 0 && p.training {
		u.saved = p.buffer(u.needs.saved)
	}
}

// mayOverwrite tells whether a unit may leave its output where its input was.
func (p *program) mayOverwrite(u *unit, in *value) bool {
	if !u.needs.inPlace || len(u.ins) != 1 || in.reads != 1 || p.isLast(u.ins[0]) {
		return false
	}
	return !p.training || !u.needs.input && !in.act.output && (u.needs.keepsSign || !in.act.sign)
}

// isLast tells whether a node's values are the network's output.
func (p *program) isLast(node int) bool {
	return p.value(node).root == p.value(len(p.plan.Nodes)-1).root
}

func (p *program) placeParams(u *unit) {
	u.prepared, p.prepared = p.prepared, p.prepared+roundUp(u.needs.prepared)
	u.own, p.own = p.own, p.own+roundUp(u.needs.own)
	if !p.training {
		return
	}
	for _, s := range u.op.backward() {
		u.direct = u.direct || s.batch != nil
	}
	for _, t := range u.params {
		if u.direct {
			u.places = append(u.places, t.Offset)
			continue
		}
		u.places = append(u.places, p.sums)
		p.sums += t.Len()
	}
}

// placeGrad lets the gradient of a unit's input have the memory of its output's. Units are taken from
// the last to the first.
func (p *program) placeGrad(u *unit) {
	out := p.root(u.out)
	if !u.needs.backInPlace || len(u.ins) != 1 || out.grad == nil {
		return
	}
	if in := p.root(u.ins[0]); in.grad != nil && in.reads == 1 {
		in.grad = out.grad
	}
}

// pad asks for the zeros that a unit wants around its input and its output's gradient.
func (p *program) pad(u *unit) {
	in := p.root(u.ins[0])
	c := p.value(u.ins[0]).channels
	in.act.pad(u.needs.front*c, u.needs.back*c)
	if out := p.root(u.out); out.grad != nil {
		c := p.value(u.out).channels
		out.grad.pad(u.needs.frontGrad*c, u.needs.backGrad*c)
	}
}
