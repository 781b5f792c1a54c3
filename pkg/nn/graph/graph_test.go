package graph_test

import (
	"testing"

	"github.com/longmemory/hurst/pkg/nn/graph"
	"github.com/longmemory/hurst/pkg/nn/nntest"
)

func TestGradients(t *testing.T) {
	t.Parallel()
	nntest.Gradients(t, graph.New())
}

func TestThreads(t *testing.T) {
	t.Parallel()
	nntest.Threads(t, graph.New())
}

func TestSteps(t *testing.T) {
	t.Parallel()
	nntest.Steps(t, graph.New())
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	nntest.Refuses(t, graph.New())
}

// TestMixedLengths allows rounding: the order of gorgonia's sums may depend on a matrix's size.
func TestMixedLengths(t *testing.T) {
	t.Parallel()
	nntest.MixedLengths(t, graph.New(), 1e-5)
}
