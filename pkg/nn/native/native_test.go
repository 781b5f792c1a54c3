package native

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
	"github.com/longmemory/hurst/pkg/nn/nntest"
)

// engines returns an engine for each implementation of the kernels that this processor has.
func engines() map[string]*Engine {
	all := map[string]*Engine{}
	for path := kernel.Portable; path <= kernel.Best().Path(); path++ {
		all[path.String()] = New(Options{Path: &path})
	}
	return all
}

func TestSuite(t *testing.T) {
	t.Parallel()
	for name, e := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := append(nntest.Specs(), ours()...)
			t.Run("gradients", func(t *testing.T) { nntest.Gradients(t, e, slices.DeleteFunc(slices.Clone(cases), kinked)...) })
			t.Run("threads", func(t *testing.T) { nntest.Threads(t, e, cases...) })
			t.Run("mixed lengths", func(t *testing.T) { nntest.MixedLengths(t, e, 0, cases...) })
			t.Run("steps", func(t *testing.T) { nntest.Steps(t, e, cases...) })
			t.Run("refuses", func(t *testing.T) { nntest.Refuses(t, e) })
		})
	}
}

// TestPathsAgree holds the portable kernels against the fastest, within what rounding makes of sums.
func TestPathsAgree(t *testing.T) {
	t.Parallel()
	portable := kernel.Portable
	nntest.Agree(t, New(Options{Path: &portable}), New(Options{}), append(nntest.Specs(), ours()...)...)
}

func TestNoAllocations(t *testing.T) { //nolint:paralleltest // it counts the allocations of the whole program
	nntest.NoAllocations(t, New(Options{}), append(nntest.Specs(), ours()...)...)
}

// kinked tells whether a case has so many ReLUs and maxima that differences rarely find none of them
// switching. The suite's smaller cases have the same layers.
func kinked(c nntest.Case) bool { return strings.HasPrefix(c.Name, "native kinked") }

// ours are cases for what this engine does in several ways: windows as one product or as several,
// memory shared or not, norms fused or not.
func ours() []nntest.Case {
	type layers = []nn.Layer
	kind := func(k nn.Kind) nn.Layer { return nn.Layer{Kind: k} }
	gelu, relu, mean, norm := kind(nn.GELU), kind(nn.ReLU), kind(nn.MeanPool), kind(nn.BatchNorm)
	conv := func(units, kernel, stride, padding, dilation int) nn.Layer {
		return nn.Layer{Kind: nn.Conv1D, Units: units, Kernel: kernel, Stride: stride, Padding: padding, Dilation: dilation}
	}
	dense := func(n int) nn.Layer { return nn.Layer{Kind: nn.Dense, Units: n} }
	pairs := nn.Layer{Kind: nn.MaxPool, Kernel: 2}
	branches := func(k nn.Kind, b ...layers) nn.Layer { return nn.Layer{Kind: k, Branches: b} }
	var all []nntest.Case
	add := func(name string, channels int, l ...nn.Layer) {
		in := nn.Input{Channels: channels, Series: true, MinLength: 15}
		all = append(all, nntest.Case{
			Name: "native " + name, Rows: 6, Lengths: []int{23, 15, 18, 40, 23, 31},
			Spec: nn.Spec{Input: in, Layers: l, Head: nn.Head{Kind: nn.Gaussian}},
		})
	}
	add("stride", 2, conv(5, 5, 2, 2, 1), gelu, conv(4, 4, 3, 1, 1), gelu, mean)
	add("stride of one channel", 1, conv(5, 5, 2, 2, 3), gelu, conv(1, 4, 1, 1, 1), gelu, conv(3, 3, 2, 1, 2), mean)
	add("dilation", 2, conv(5, 3, 1, 2, 2), relu, conv(4, 3, 2, 1, 3), gelu, mean)
	add("no bias", 2, nn.Layer{Kind: nn.Conv1D, Units: 3, Kernel: 3, NoBias: true}, relu,
		nn.Layer{Kind: nn.Dense, Units: 3, NoBias: true}, norm, mean, nn.Layer{Kind: nn.Dense, Units: 5, NoBias: true}, norm, relu)
	add("kinked norms", 2, norm, conv(17, 3, 1, 1, 1), norm, relu, pairs, nn.Layer{Kind: nn.Dropout, Rate: 0.2},
		conv(16, 3, 1, 1, 1), norm, relu, mean, dense(6), norm, relu)
	add("windows of three", 3, conv(16, 3, 1, 1, 1), gelu, conv(64, 3, 1, 1, 1), gelu, conv(33, 3, 1, 0, 1), norm, gelu, mean)
	add("kinked windows of three", 3, conv(16, 3, 1, 1, 1), relu, pairs, conv(64, 3, 1, 1, 1), norm, relu, pairs,
		conv(33, 3, 1, 1, 1), relu, conv(32, 3, 1, 2, 1), relu, pairs, mean)
	add("pools", 2, conv(5, 3, 1, 1, 1), nn.Layer{Kind: nn.MaxPool, Kernel: 3, Stride: 2}, conv(4, 3, 1, 1, 1),
		nn.Layer{Kind: nn.AvgPool, Kernel: 2, Stride: 1}, kind(nn.LastPoint))
	add("energies", 1, branches(nn.Parallel,
		layers{conv(16, 9, 1, 4, 1), kind(nn.Square), mean, kind(nn.Log)},
		layers{conv(8, 5, 1, 0, 3), kind(nn.Square), mean},
		layers{nn.Layer{Kind: nn.Conv1D, Units: 9, Kernel: 1, NoBias: true}, kind(nn.Square), mean, kind(nn.Log)},
		layers{conv(4, 3, 1, 2, 1), gelu, conv(1, 3, 1, 0, 1), conv(8, 3, 1, 0, 1), kind(nn.Square), mean},
		layers{conv(8, 3, 1, 0, 1), kind(nn.Square), kind(nn.LastPoint)},
		layers{nn.Layer{Kind: nn.AvgPool, Kernel: 2}, conv(5, 3, 1, 1, 2), kind(nn.Square), mean, kind(nn.Log)}), dense(4), gelu)
	add("shared", 2, conv(4, 3, 1, 1, 1), branches(nn.Residual, layers{conv(4, 3, 1, 1, 1), gelu}, nil, nil, layers{kind(nn.Tanh)}),
		gelu, mean, branches(nn.Parallel, layers{dense(3)}, layers{kind(nn.Tanh)}, layers{dense(4), kind(nn.PReLU)}, nil), gelu)
	in := nn.Input{Channels: 2, Series: true, Length: 21}
	all = append(all, nntest.Case{
		Name: "native kinked flattened", Rows: 37,
		Spec: nn.Spec{Input: in, Layers: layers{
			conv(4, 3, 1, 1, 1), norm, relu, pairs, nn.Layer{Kind: nn.Dropout, Rate: 0.2}, kind(nn.Flatten), dense(40), norm, relu, dense(3),
		}, Head: nn.Head{Kind: nn.Point, Sigmoid: true}},
	}, nntest.Case{
		Name: "native large", Rows: 33, // enough work to share
		Spec: nn.Spec{Input: nn.Input{Channels: 130}, Layers: layers{dense(100), kind(nn.Tanh), dense(70)}, Head: nn.Head{Kind: nn.Point}},
	}, nntest.Case{
		Name: "native flattened twice", Rows: 3,
		Spec: nn.Spec{Input: in, Layers: layers{conv(4, 3, 1, 1, 1), branches(nn.Parallel,
			layers{kind(nn.Flatten), relu}, layers{kind(nn.Flatten), dense(3)}, layers{mean})}, Head: nn.Head{Kind: nn.Point}},
	})
	return all
}

func TestNew(t *testing.T) {
	t.Parallel()
	require.Equal(t, "native", New(Options{}).Name())
	portable := kernel.Portable
	require.Equal(t, kernel.Portable, New(Options{Path: &portable}).kernels.Path())
	if next := kernel.Best().Path() + 1; next <= kernel.AVX512 {
		require.Panics(t, func() { New(Options{Path: &next}) })
	}
}
