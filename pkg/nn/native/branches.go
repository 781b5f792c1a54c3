package native

// sum adds the outputs of branches.
type sum struct{ branches int }

func newSum(s *site) op { return &sum{len(s.node.Inputs)} }

func (o *sum) needs() needs { return needs{backInPlace: true} }

func (o *sum) forward() []stage { return perRow(o.run) }

func (o *sum) run(c *call) {
	y := c.through()
	for i := 1; i < o.branches; i++ {
		c.k.Add(y, c.ins[i].values())
	}
}

func (o *sum) backward() []stage { return perRow(o.back) }

func (o *sum) back(c *call) {
	for i := range o.branches {
		if d := c.inputGrad(i); d.X != nil {
			same(d, &c.dout)
		}
	}
}

// join puts the channels of branches side by side.
type join struct{ branches int }

func newJoin(s *site) op { return &join{len(s.node.Inputs)} }

func (o *join) needs() needs { return needs{} }

func (o *join) forward() []stage { return perRow(o.run) }

func (o *join) run(c *call) {
	at := 0
	for i := range o.branches {
		in := c.input(i)
		copyColumns(c.out.X[at:], c.out.C, in.X, in.C, in.C, c.out.T)
		at += in.C
	}
}

func (o *join) backward() []stage { return perRow(o.back) }

func (o *join) back(c *call) {
	at := 0
	for i := range o.branches {
		d := c.inputGrad(i)
		if d.X != nil {
			copyColumns(d.X, d.C, c.dout.X[at:], c.dout.C, d.C, c.dout.T)
		}
		at += d.C
	}
}

// copyColumns copies n values of each of so many rows.
func copyColumns(dst []float32, to int, x []float32, from, n, rows int) {
	for i := range rows {
		copy(dst[i*to:][:n], x[i*from:])
	}
}
