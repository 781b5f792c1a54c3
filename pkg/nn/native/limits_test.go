package native

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

func setup(t *testing.T) (*Engine, *nn.Plan) {
	t.Helper()
	p, err := nn.Spec{
		Input:  nn.Input{Channels: 1, Series: true, MinLength: 4},
		Layers: []nn.Layer{{Kind: nn.Conv1D, Units: 64, Kernel: 3}, {Kind: nn.GELU}, {Kind: nn.MeanPool}},
		Head:   nn.Head{Kind: nn.Point},
	}.Plan()
	require.NoError(t, err)
	return New(Options{}), p
}

func TestRefusesMoreThanThereIsMemoryFor(t *testing.T) {
	t.Parallel()
	e, p := setup(t)
	_, err := e.NewTrainer(p, nn.Size{Rows: 10000, Length: 100000})
	require.ErrorContains(t, err, "10000 series of 100000 points need")
	_, err = e.NewPredictor(p, nn.Size{Rows: 1 << 19, Length: nn.MaxLength, Threads: 200})
	require.ErrorContains(t, err, "GiB")
}

func TestRefusesSizes(t *testing.T) {
	t.Parallel()
	e, p := setup(t)
	for _, c := range []struct {
		size nn.Size
		want string
	}{
		{nn.Size{Rows: 0, Length: 9}, "batches of 0 series"},
		{nn.Size{Rows: maxRows + 1, Length: 9}, "batches of 1048577 series"},
		{nn.Size{Rows: 1, Length: 3}, "room for 3 points"},
		{nn.Size{Rows: 1, Length: nn.MaxLength + 1}, "at most 1048576"},
		{nn.Size{Rows: 1, Length: 9, Threads: -1}, "-1 threads"},
		{nn.Size{Rows: 1, Length: 9, Threads: maxThreads + 1}, "257 threads"},
	} {
		_, err := e.NewTrainer(p, c.size)
		require.ErrorContains(t, err, c.want)
		_, err = e.NewPredictor(p, c.size)
		require.ErrorContains(t, err, c.want)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	e, p := setup(t)
	size := nn.Size{Rows: 1, Length: 9, Threads: 3}
	tr, err := e.NewTrainer(p, size)
	require.NoError(t, err)
	b, w := &nn.Batch{X: make([]float32, 9), Rows: 1, Length: 9}, p.NewWeights(1)
	require.NoError(t, tr.Forward(make([]float32, 1), w, b, nn.Pass{}))
	tr.Close()
	tr.Close()
	require.ErrorIs(t, tr.Forward(make([]float32, 1), w, b, nn.Pass{}), errClosed)
	require.ErrorIs(t, tr.Backward(make([]float32, p.Size), make([]float32, 1)), errClosed)
	pr, err := e.NewPredictor(p, size)
	require.NoError(t, err)
	require.ErrorContains(t, pr.Predict(make([]float32, 1), b), "without weights")
	pr.Close()
	pr.Close()
	require.ErrorIs(t, pr.SetWeights(w), errClosed)
	require.ErrorIs(t, pr.Predict(make([]float32, 1), b), errClosed)
}

// TestBackwardAgain: a second backward pass gives what the first one gave.
func TestBackwardAgain(t *testing.T) {
	t.Parallel()
	for _, c := range ours() {
		p, b := c.Plan(t), c.Batch(c.Rows, 7)
		tr, err := New(Options{}).NewTrainer(p, nn.Size{Rows: b.Rows, Length: b.Length})
		require.NoError(t, err)
		out, first, second := make([]float32, b.Rows*p.Outputs()), make([]float32, p.Size), make([]float32, p.Size)
		require.NoError(t, tr.Forward(out, p.NewWeights(1), b, nn.Pass{}))
		require.NoError(t, tr.Backward(first, out))
		require.NoError(t, tr.Backward(second, out))
		require.Equal(t, first, second, c.Name)
		tr.Close()
	}
}
