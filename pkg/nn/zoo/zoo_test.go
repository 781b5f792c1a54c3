package zoo_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/zoo"
)

// options are what each network is counted and tabled with.
func options(name string) zoo.Options {
	if name == zoo.NameMLP {
		return zoo.Options{Features: 29}
	}
	return zoo.Options{Length: 500}
}

// Counts of parameters as PyTorch has them for the same modules, sum(p.numel() for p in
// net.parameters()), less a second bias of each recurrent layer that an LSTM does not need, and with a
// slope per channel for PReLU's one.
func TestNetworksHaveTheParametersOfTheirSources(t *testing.T) {
	t.Parallel()
	lstm := 207_490 - 2*4*128 + 63 // 207,490 is the figure in LMSParEst
	want := map[string]int{
		zoo.NameAdaptiveCNN:         541_761,
		zoo.NameReferenceCNN:        42_049,
		zoo.NameAdaptiveTransformer: 105_537,
		zoo.NameMLP:                 29*64 + 64 + 64*32 + 32 + 33,
		zoo.NameLSTM:                lstm,
		zoo.NameConv:                (4*64 + 64) + (4*64*64 + 64) + (4*64*128 + 128) + 3*(4*128*128+128) + 2*64 + 4*128 + (128*64 + 64) + 64 + 65,
		zoo.NameFilterBank:          9_473,
	}
	for name, count := range want {
		s, err := zoo.New(name, options(name))
		require.NoError(t, err)
		p, err := s.Plan()
		require.NoError(t, err)
		require.Equal(t, count, p.Size, name)
	}
}

func TestEveryNetworkTakesItsLengths(t *testing.T) {
	t.Parallel()
	for _, n := range zoo.Networks() {
		if n.Name == zoo.NameMLP {
			continue
		}
		for _, length := range []int{0, 64, 100, 500, 8192} {
			if length == 0 && n.Name == zoo.NameFeedForward || length == 8192 && n.Name == zoo.NameCNN {
				continue // it needs one; it has 262,144 values there, too many for a vector
			}
			s, err := zoo.New(n.Name, zoo.Options{Length: length})
			require.NoError(t, err, "%s at %d", n.Name, length)
			require.Equal(t, length, s.Input.Length)
			require.Equal(t, nn.Point, s.Head.Kind)
		}
	}
}

func TestFilterBankTakesTheLongest(t *testing.T) {
	t.Parallel()
	for _, length := range []int{1, 7, 100_000, nn.MaxLength} {
		s, err := zoo.New(zoo.NameFilterBank, zoo.Options{Length: length})
		require.NoError(t, err)
		require.LessOrEqual(t, len(s.Layers[0].Branches), 13)
	}
}

// Options come from configurations: whatever they hold, New answers or says what is wrong.
func FuzzNew(f *testing.F) {
	for _, name := range zoo.Names() {
		f.Add(name, []byte(`{"length":500,"units":8,"hidden":[4]}`))
		f.Add(name, []byte(`{"min_length":1,"levels":13,"layers":32,"heads":3,"kernel":4096,"features":65536}`))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		var o zoo.Options
		if json.Unmarshal(data, &o) != nil {
			return
		}
		if s, err := zoo.New(name, o); err == nil {
			require.NoError(t, s.Validate())
		}
	})
}

func TestAdaptiveCNNFollowsTheLength(t *testing.T) {
	t.Parallel()
	flat := func(o zoo.Options) int {
		p, err := zoo.AdaptiveCNN(o).Plan()
		require.NoError(t, err)
		for _, n := range p.Nodes {
			if n.Layer.Kind == nn.Flatten || n.Layer.Kind == nn.MeanPool {
				return n.Out.Channels
			}
		}
		return 0
	}
	for length, want := range map[int]int{0: 128, 8: 4 * 32, 20: 5 * 64, 40: 5 * 128, 500: 62 * 128, 2000: 125 * 128, 8192: 128 * 128, 100_000: 97 * 128} {
		require.Equal(t, want, flat(zoo.Options{Length: length}), "length %d", length)
	}
}

func TestOptionsChangeTheNetwork(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string][]zoo.Options{
		zoo.NameAdaptiveCNN: {{Length: 500, Attention: true}, {Length: 500, Residual: true}, {Length: 500, Hidden: []int{8}},
			{Length: 500, Dropout: new(0.0)}, {Length: 500, Head: &nn.Head{Kind: nn.Gaussian}}, {Length: 500, Channels: 2}},
		zoo.NameAdaptiveTransformer: {{Length: 500, Residual: true}, {Length: 500, Heads: 8}, {Length: 500, Units: 32}, {Length: 500, Layers: 1}},
		zoo.NameMLP:                 {{Features: 29, Activation: "gelu"}, {Features: 29, Dropout: new(0.5)}, {Features: 29, Hidden: []int{}}},
		zoo.NameFilterBank:          {{Length: 500, Units: 8}, {Length: 500, Kernel: 5}, {Length: 500, Levels: 3}, {MinLength: 256}},
		zoo.NameBiLSTM:              {{Length: 500, Units: 8}, {Length: 500, Layers: 2}},
	} {
		base, err := zoo.New(name, options(name))
		require.NoError(t, err)
		for _, o := range changes {
			s, err := zoo.New(name, o)
			require.NoError(t, err)
			require.NotEqual(t, base, s, "%s %+v", name, o)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for want, try := range map[string]struct {
		name string
		o    zoo.Options
	}{
		"there is no network \"cnm\": known are filter-bank": {"cnm", zoo.Options{}},
		"it has no option heads":                             {zoo.NameMLP, zoo.Options{Features: 3, Heads: 4}},
		"features: how many there are is needed":             {zoo.NameMLP, zoo.Options{}},
		"length: it is needed":                               {zoo.NameFeedForward, zoo.Options{}},
		"length: -5: want at most":                           {zoo.NameFilterBank, zoo.Options{Length: -5}},
		"length 5, min_length 5: want one of them":           {zoo.NameFilterBank, zoo.Options{Length: 5, MinLength: 5}},
		"dropout: 1: want 0 to 0.95":                         {zoo.NameCNN, zoo.Options{Dropout: new(1.0)}},
		"hidden: [64 0]: want 1 to":                          {zoo.NameCNN, zoo.Options{Hidden: []int{64, 0}}},
		"activation: \"step\": known are [relu gelu tanh]":   {zoo.NameMLP, zoo.Options{Features: 3, Activation: "step"}},
		"64 channels cannot be split into 7 heads":           {zoo.NameTransformer, zoo.Options{Heads: 7}},
		"too few":                     {zoo.NameFilterBank, zoo.Options{Length: 64, Levels: 8}},
		"layers: 33: want at most 32": {zoo.NameResNet, zoo.Options{Layers: 33}},
		"there is no kind of head":    {zoo.NameCNN, zoo.Options{Head: &nn.Head{Kind: "tail"}}},
	} {
		_, err := zoo.New(try.name, try.o)
		require.ErrorContains(t, err, want)
	}
}

func TestEveryNetworkHasAWordForPeople(t *testing.T) {
	t.Parallel()
	require.Len(t, zoo.Names(), len(zoo.Networks()))
	for _, n := range zoo.Networks() {
		require.NotEmpty(t, n.About, n.Name)
		require.Equal(t, strings.ToLower(n.Name), n.Name)
	}
}

func ExampleNew() {
	spec, err := zoo.New(zoo.NameFilterBank, zoo.Options{Length: 500, Levels: 2, Hidden: []int{32}})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, _ := spec.Plan() // New has checked it
	for _, row := range plan.Rows() {
		fmt.Println(row.Name, row.Out, row.Parameters)
	}
	// Output:
	// 0.0.0.conv1d 500×16 160
	// 0.0.1.square 500×16 0
	// 0.0.2.mean_pool 16 0
	// 0.0.3.log 16 0
	// 0.1.0.avg_pool 250×1 0
	// 0.1.1.conv1d 250×16 160
	// 0.1.2.square 250×16 0
	// 0.1.3.mean_pool 16 0
	// 0.1.4.log 16 0
	// 0.parallel 32 0
	// 1.layer_norm 32 64
	// 2.dense 32 1056
	// 3.gelu 32 0
	// head.0.dense 1 33
}
