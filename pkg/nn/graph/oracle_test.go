package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn/graph"
	"github.com/longmemory/hurst/pkg/nn/kernel"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/pkg/nn/nntest"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// TestNativeAgrees holds the native engine, on each implementation of its kernels, against this one:
// hand-written gradients in float32 against symbolic ones in float64.
func TestNativeAgrees(t *testing.T) {
	t.Parallel()
	for path := kernel.Portable; path <= kernel.Best().Path(); path++ {
		t.Run(path.String(), func(t *testing.T) {
			t.Parallel()
			nntest.Agree(t, graph.New(), native.New(native.Options{Path: &path}))
		})
	}
}

// TestNativeAgreesOnTheZoo does the same for the networks that are really used, at their own widths.
// Eight rows: over three, batch norms of vectors lose more digits than the tolerance has.
func TestNativeAgreesOnTheZoo(t *testing.T) {
	t.Parallel()
	var cases []nntest.Case
	for _, name := range zoo.Names() {
		o := zoo.Options{Length: 32}
		if name == zoo.NameMLP {
			o = zoo.Options{Features: 20}
		}
		spec, err := zoo.New(name, o)
		require.NoError(t, err, name)
		cases = append(cases, nntest.Case{Name: name, Spec: spec, Rows: 8})
	}
	nntest.Agree(t, graph.New(), native.New(native.Options{}), cases...)
}
