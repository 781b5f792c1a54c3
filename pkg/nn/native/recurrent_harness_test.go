package native

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// lone is one op by itself, on a chunk of series that all stand in one batch.
type lone struct {
	op           op
	site         *site
	cs           []call
	params, sums []float32
}

// newLone makes the op of a layer that reads sequences of some channels, for series of these lengths.
func newLone(t testing.TB, k kernel.Set, l nn.Layer, channels int, lengths []int, training bool) *lone {
	points := slices.Max(lengths)
	spec := nn.Spec{Input: nn.Input{Channels: channels, Series: true, MinLength: 1}, Layers: []nn.Layer{l}, Head: nn.Head{Kind: nn.Point}}
	if l.Learned {
		spec.Input.MinLength, spec.Input.Length = 0, l.Length
	}
	if l.Kind != nn.AttentionPool {
		spec.Layers = append(spec.Layers, nn.Layer{Kind: nn.MeanPool})
	}
	plan, err := spec.Plan()
	require.NoError(t, err)
	node := plan.Nodes[0]
	u := &unit{}
	size := 0
	for _, i := range node.Params {
		u.params, u.places = append(u.params, plan.Params[i]), append(u.places, plan.Params[i].Offset)
		size += plan.Params[i].Len()
	}
	s := &site{
		plan: plan, node: node, kernels: k, training: training, inputGrad: true, points: points, outPoints: points,
		batch: len(lengths), rows: len(lengths), chunks: 1,
	}
	o := &lone{op: newOp(s), site: s, params: noise(1, size, 0.5), sums: make([]float32, size)}
	o.calls(u, lengths)
	return o
}

// calls reserves the memory of each series, apart and full of what does not belong there.
func (o *lone) calls(u *unit, lengths []int) {
	n, in, out := o.op.needs(), o.site.node.In.Channels, o.site.node.Out.Channels
	scratch, prepared := junk(n.scratch), junk(n.prepared)
	for i, T := range lengths {
		outT := T
		if !o.site.node.Out.Series {
			outT = 1
		}
		o.cs = append(o.cs, call{
			k: o.site.kernels, row: i, rows: len(lengths), first: i == 0, unit: u, params: o.params, sums: o.sums,
			in: view{X: noise(uint64(10+i), T*in, 1), T: T, C: in}, out: view{X: junk(outT * out), T: outT, C: out},
			din: view{X: junk(T * in), T: T, C: in}, dout: view{X: noise(uint64(90+i), outT*out, 1), T: outT, C: out},
			saved: junk(n.saved), scratch: scratch, prepared: prepared,
		})
	}
}

func noise(seed uint64, n int, scale float64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 7))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(scale * rng.NormFloat64())
	}
	return x
}

func junk(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1e20
	}
	return x
}

func (o *lone) forward() {
	if p, ok := o.op.(preparer); ok {
		p.prepare(&o.cs[0])
	}
	o.run(o.op.forward())
}

func (o *lone) backward() {
	clear(o.sums)
	o.run(o.op.backward())
}

func (o *lone) run(stages []stage) {
	for _, s := range stages {
		if s.chunk != nil {
			s.chunk(o.cs)
			continue
		}
		for i := range o.cs {
			s.row(&o.cs[i])
		}
	}
}

// loss is Σ y·d over all outputs, for gradients d of the outputs.
func (o *lone) loss(d [][]float32) (sum float64) {
	o.forward()
	for i := range o.cs {
		for j, y := range o.cs[i].out.values() {
			sum += float64(y) * float64(d[i][j])
		}
	}
	return sum
}

// paths returns the implementations that this processor has.
func paths(t testing.TB) (sets []kernel.Set) {
	for _, p := range []kernel.Path{kernel.Portable, kernel.AVX2, kernel.AVX512} {
		if p <= kernel.Best().Path() {
			s, err := kernel.Of(p)
			require.NoError(t, err)
			sets = append(sets, s)
		}
	}
	return sets
}
