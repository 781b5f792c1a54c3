package graph

import (
	"testing"

	"github.com/stretchr/testify/require"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/nntest"
)

// TestTapeMachine runs the graphs of trainings through gorgonia's own machine as well: outputs and
// gradients are the same but for rounding. One graph it gets wrong, for it writes a result over a
// value that is read once more; finite differences are with us.
func TestTapeMachine(t *testing.T) {
	t.Parallel()
	for _, c := range nntest.Specs() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p, b := c.Plan(t), c.Batch(c.Rows, 7)
			n, err := newNetwork(p, shape{b.Rows, b.Length, c.Lengths != nil}, true)
			require.NoError(t, err)
			in := &given{weights: nntest.Weights(p, 5), batch: b, pass: nn.Pass{Seed: 1}, lengths: lengths(n.tracks, b),
				outputs: make([]float32, b.Rows*p.Outputs())}
			for i := range in.outputs {
				in.outputs[i] = float32(i%3) - 0.7
			}
			for _, kind := range []when{ofBatch, ofParams, ofOutputs} {
				n.fill(kind, in)
			}
			require.NoError(t, n.machine.outputs())
			require.NoError(t, n.machine.gradients())

			results := append([]*G.Node{n.out}, n.params...)
			read := make([]G.Value, len(results))
			for i, r := range results {
				G.Read(r, &read[i])
			}
			for _, f := range n.feeds {
				require.NoError(t, G.Let(f.node, f.value(in)))
			}
			tape := G.NewTapeMachine(n.out.Graph())
			defer tape.Close()
			require.NoError(t, tape.RunAll())
			if c.Name == "dropout" {
				require.NotEqual(t, n.machine.value(results[1]).Data(), read[1].Data(), "gorgonia has mended it: say so in the package's comment")
				return
			}
			for i, r := range results {
				require.InDeltaSlice(t, n.machine.value(r).Data(), read[i].Data(), 1e-10, "result %d", i)
			}
		})
	}
}

// faulty is an operation that panics.
type faulty struct{ rows }

func (*faulty) Do(...G.Value) (G.Value, error) { panic("no such thing") }

// TestPanicIsAnError holds that a panic in an operation ends in an error that names it.
func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	g := G.NewGraph()
	x := G.NewMatrix(g, tensor.Float64, G.WithShape(2, 3), G.WithName("x"))
	y, err := G.ApplyOp(&faulty{rows{width: 3, counts: []int{2}, index: []int{0}}}, x)
	require.NoError(t, err)
	m := newMachine([]*G.Node{y}, nil)
	m.set(x, matrix(make([]float64, 6), 2, 3))
	require.ErrorContains(t, m.outputs(), "no such thing")
}

// TestMachineLetsGo holds that after a run only inputs, results, and what gradients read are kept.
func TestMachineLetsGo(t *testing.T) {
	t.Parallel()
	g := G.NewGraph()
	x := G.NewMatrix(g, tensor.Float64, G.WithShape(2, 2), G.WithName("x"))
	y := G.Must(G.Tanh(x))
	z := G.Must(G.Sigmoid(y))
	out := G.Must(G.Tanh(z))
	m := newMachine([]*G.Node{out}, nil)
	m.set(x, matrix([]float64{1, 2, 3, 4}, 2, 2))
	for range 2 {
		require.NoError(t, m.outputs())
		require.NotNil(t, m.value(x))
		require.NotNil(t, m.value(out))
		require.Nil(t, m.value(y))
		require.Nil(t, m.value(z))
	}

	m = newMachine([]*G.Node{out}, []*G.Node{G.Must(G.HadamardProd(z, out))})
	m.set(x, matrix([]float64{1, 2, 3, 4}, 2, 2))
	require.NoError(t, m.outputs())
	require.Nil(t, m.value(y))
	require.NotNil(t, m.value(z), "for the gradients")
	for range 2 {
		require.NoError(t, m.gradients())
	}
}

// TestRows holds what is copied, and where gradients go, with several inputs, repeated rows and none.
func TestRows(t *testing.T) {
	t.Parallel()
	r := &rows{width: 2, counts: []int{2, 1}, index: []int{2, 0, -1, 1, 0}}
	got, err := r.Do(matrix([]float64{1, 2, 3, 4}, 2, 2), matrix([]float64{5, 6}, 1, 2))
	require.NoError(t, err)
	require.Equal(t, []float64{5, 6, 1, 2, 0, 0, 3, 4, 1, 2}, got.Data())

	grad := matrix([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5, 2)
	first, err := (&scattered{r, 0, 2}).Do(grad)
	require.NoError(t, err)
	require.Equal(t, []float64{3 + 9, 4 + 10, 7, 8}, first.Data())
	second, err := (&scattered{r, 2, 1}).Do(grad)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 2}, second.Data())

	_, err = r.Do(grad)
	require.Error(t, err)
	_, err = r.Do(grad, grad)
	require.Error(t, err)
}
