package native

import "github.com/longmemory/hurst/pkg/nn/kernel"

// vectorDense is a dense layer on vectors. The vectors of a batch, or in prediction of a chunk, are
// the rows of one matrix, so that a large matrix of weights is read once for all.
type vectorDense struct{ dense }

const (
	columnTask = 32      // units, at least, that a forward task computes
	seriesTask = 4       // series, at least
	rowTask    = 512     // inputs, at most, that a backward task computes
	rowBlock   = 128     // of these at a time
	smallWork  = 1 << 17 // multiplications that are not worth sharing
)

func (o *vectorDense) needs() needs {
	n := needs{input: true, sign: o.relu}
	switch {
	case !o.s.training:
		n.prepared = o.folded()
	case o.s.inputGrad:
		n.scratch = roundUp(o.s.batch*o.units) + rowBlock*o.s.batch
	}
	return n
}

// prepare folds; in training the matrix serves as it is.
func (o *vectorDense) prepare(c *call) {
	if !o.s.training {
		o.fold(c)
	}
}

func (o *vectorDense) forward() []stage {
	if o.s.training {
		return []stage{{batch: o.runBatch, tasks: o.forwardTasks}}
	}
	return perChunk(o.run)
}

func (o *vectorDense) run(cs []call) {
	c := &cs[0]
	c.k.MatMul(o.product(c, len(cs), c.in.stride, c.out.stride))
}

// columnParts returns into how many parts the units are cut between so many threads.
func (o *vectorDense) columnParts(threads int) int { return max(1, min(threads, o.units/columnTask)) }

func (o *vectorDense) forwardTasks(rows, threads int) int {
	if rows*o.in*o.units < smallWork {
		return 1
	}
	columns := o.columnParts(threads)
	return columns * max(1, min((threads+columns-1)/columns, rows/seriesTask))
}

// runBatch computes some units of some series. However they are cut, each value is the same chain.
// As many tasks as threads are cut into as many columns, and more only where there are no more columns.
func (o *vectorDense) runBatch(c *call, task, tasks int) {
	columns := o.columnParts(tasks)
	parts := tasks / columns
	first, last := task/columns*c.rows/parts, (task/columns+1)*c.rows/parts
	from, to := part(o.units, task%columns, columns)
	p := o.product(c, last-first, c.in.stride, c.out.stride)
	p.A = p.A[first*p.ARow:]
	p.N, p.B, p.C = to-from, p.B[from:], p.C[first*p.CRow+from:]
	if p.Bias != nil {
		p.Bias = p.Bias[from:]
	}
	c.k.MatMul(p)
}

// part returns the task-th of so many equal parts of n, which begin at multiples of 16.
func part(n, task, tasks int) (from, to int) {
	cut := func(i int) int {
		if i == tasks {
			return n
		}
		return i * n / tasks &^ (line - 1)
	}
	return cut(task), cut(task + 1)
}

func (o *vectorDense) backward() []stage {
	stages := []stage{{batch: o.backBatch, tasks: o.rowTasks}}
	if o.relu {
		mask := stage{row: func(c *call) { c.k.ReLUBack(c.dout.values(), c.out.values()) }, early: true}
		stages = append([]stage{mask}, stages...)
	}
	return stages
}

func (o *vectorDense) rowTasks(rows, _ int) int {
	if rows*o.in*o.units < smallWork {
		return 1
	}
	return (o.in + rowTask - 1) / rowTask
}

// backBatch computes the gradients that belong to some of the inputs: rows of the matrix, and columns
// of the inputs' gradient.
func (o *vectorDense) backBatch(c *call, task, tasks int) {
	if task == 0 && o.biased {
		bias := c.grad(1)
		clear(bias)
		for r := range c.rows {
			c.k.Add(bias, c.dout.X[r*c.dout.stride:][:o.units])
		}
	}
	from, to := part(o.in, task, tasks)
	c.product = kernel.MatMul{
		M: to - from, N: o.units, K: c.rows, A: c.in.X[from:], ARow: 1, ACol: c.in.stride,
		B: c.dout.X, BRow: c.dout.stride, C: c.grad(0)[from*o.units:], CRow: o.units,
	}
	c.k.MatMul(&c.product)
	if c.din.X != nil {
		o.backInput(c, from, to)
	}
}

// backInput computes some columns of the inputs' gradient dX = dY·Wᵀ as the transpose of W·dYᵀ, which
// needs W as it is, in blocks that stay in the cache.
func (o *vectorDense) backInput(c *call, from, to int) {
	turned, block := c.scratch[:o.units*c.rows], c.scratch[roundUp(o.s.batch*o.units):]
	c.k.TransposeRows(turned, c.rows, c.dout.X, c.dout.stride, c.rows, o.units)
	for ; from < to; from += rowBlock {
		n := min(rowBlock, to-from)
		c.product = kernel.MatMul{
			M: n, N: c.rows, K: o.units, A: c.param(0)[from*o.units:], ARow: o.units, ACol: 1,
			B: turned, BRow: c.rows, C: block, CRow: c.rows,
		}
		c.k.MatMul(&c.product)
		c.k.TransposeRows(c.din.X[from:], c.din.stride, block, c.rows, n, c.rows)
	}
}
