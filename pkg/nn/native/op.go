package native

import (
	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// op computes a node, or several that are fused, and its gradients.
type op interface {
	// needs says what memory the op wants.
	needs() needs
	// forward returns the stages that compute out from in.
	forward() []stage
	// backward returns the stages that compute, from dout, the gradients of the parameters and, if
	// din is wanted, din. They may change dout.
	backward() []stage
}

// preparer is an op that keeps its weights in another form as well: transposed, transformed, or with
// a batch norm folded in.
type preparer interface {
	// prepare fills c.prepared from the parameters: in training before each forward pass, else when
	// the weights are set.
	prepare(c *call)
}

// stage is a part of an op. One of the functions is set.
type stage struct {
	// row computes one series. A worker runs a chunk's series in order.
	row func(c *call)
	// chunk computes the series of one chunk together.
	chunk func(cs []call)
	// batch computes a part of the whole batch; c is the call of its first series. There are as many
	// tasks as tasks says, in any order, after everything before and before everything behind.
	batch func(c *call, task, tasks int)
	tasks func(rows, threads int) int
	// early: neither out nor din is touched.
	early bool

	read, write, seed, add bool // the framework's own stages
}

// needs is what an op reads in its backward pass and the memory it wants, in float32 values.
type needs struct {
	input  bool // backward reads in
	output bool // backward reads out
	sign   bool // backward reads which values of out are above zero, and not how much
	// inPlace: out may be the memory of in, if nothing else needs it; where it is not, the op must
	// copy what it needs (see call.through).
	inPlace bool
	// keepsSign: in place, what is above zero stays so, or its gradient becomes zero.
	keepsSign bool
	// backInPlace: din may be the memory of dout.
	backInPlace bool
	saved       int // for each series, from forward to backward
	scratch     int // for each worker and stage; what is in it at the start is arbitrary
	prepared    int // for the op, see preparer
	own         int // for each worker, kept over the series of a chunk within one stage
	// frontGrad and backGrad are rows of zeros that backward wants before and behind dout.
	frontGrad, backGrad int
	// front and back are rows of zeros that the op wants before and behind in.
	front, back int
}

// site is where an op stands.
type site struct {
	plan      *nn.Plan
	node      nn.Node
	index     int       // of the node
	fused     []nn.Node // those behind it that the op computes too
	kernels   kernel.Set
	training  bool
	inputGrad bool // the gradient with respect to the input is wanted
	points    int  // most points of the first input; of a vector, 1
	outPoints int  // most points of the output
	batch     int  // most series in a batch
	rows      int  // most series in a chunk
	chunks    int  // most chunks
}

// view is one series' values at a node.
type view struct {
	X    []float32 // T×C, then whatever follows in memory
	T, C int
	// room begins lead values before X: the zeros that a reader's padding asked for.
	room []float32
	lead int
	// stride leads from a series to the next: X[stride] is the first value of the next one. It is zero
	// where values of one series only are kept, which stages for chunks and batches never see.
	stride int
}

// values returns the T×C values.
func (v *view) values() []float32 { return v.X[:v.T*v.C] }

// call is what a stage gets for one series.
type call struct {
	k      kernel.Set
	pass   nn.Pass
	row    int  // of the series in the batch
	rows   int  // series in the batch, or in the predictor's chunk
	chunk  int  // of the series
	chunks int  // of the batch
	first  bool // of its chunk
	last   bool

	in, out   view
	din, dout view // of backward stages; din.X is nil if it is not wanted
	ins, dins []view

	saved, scratch, prepared, own []float32

	params []float32 // all the network's
	state  []float32
	sums   []float32 // gradients: of the chunk, or in batch stages of the network
	unit   *unit

	// For the op's use: on the stack they would be allocated.
	product  kernel.MatMul
	three    kernel.Conv3
	gradient kernel.Conv3Gradient
}

// moment returns the i-th tensor of the op's state.
func (c *call) moment(i int) []float32 { return c.unit.state[i].Of(c.state) }

// param returns the i-th tensor of the op's node.
func (c *call) param(i int) []float32 { return c.unit.params[i].Of(c.params) }

// grad returns where to add the gradient of the i-th tensor: the chunk's sum, or in a batch stage the
// gradient itself, which is to be set.
func (c *call) grad(i int) []float32 {
	at, n := c.unit.places[i], c.unit.params[i].Len()
	return c.sums[at:][:n:n]
}

// input returns the i-th input.
func (c *call) input(i int) *view {
	if i == 0 {
		return &c.in
	}
	return &c.ins[i]
}

// inputGrad returns the gradient of the i-th input.
func (c *call) inputGrad(i int) *view {
	if i == 0 {
		return &c.din
	}
	return &c.dins[i]
}

// through makes out the values of in, for ops that then change them in place.
func (c *call) through() []float32 { return same(&c.out, &c.in) }

// backThrough makes din the values of dout, for ops that then change them in place.
func (c *call) backThrough() []float32 { return same(&c.din, &c.dout) }

func same(dst, src *view) []float32 {
	d, s := dst.values(), src.values()
	if len(d) > 0 && &d[0] != &s[0] {
		copy(d, s)
	}
	return d
}

// perRow is the stages of an op that does all it does with a series at once.
func perRow(f func(c *call)) []stage { return []stage{{row: f}} }

// perChunk is the stages of an op that computes a chunk's series together.
func perChunk(f func(cs []call)) []stage { return []stage{{chunk: f}} }
