package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/longmemory/hurst/pkg/nn/graph"
	"github.com/longmemory/hurst/pkg/nn/nntest"
)

func TestGradients(t *testing.T) {
	t.Parallel()
	nntest.Gradients(t, graph.New())
}

// TestThreads leaves recurrent layers out: there is nothing in them that threads could change, and
// they take long to build.
func TestThreads(t *testing.T) {
	t.Parallel()
	cases := slices.DeleteFunc(nntest.Specs(), func(c nntest.Case) bool {
		return strings.Contains(c.Name, "lstm") || strings.Contains(c.Name, "gru")
	})
	nntest.Threads(t, graph.New(), cases...)
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
