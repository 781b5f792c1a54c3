package train

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/safetensors"
)

// The weights after five steps of torch.optim.Adam and AdamW (PyTorch 1.13), lr 0.05, weight_decay
// 0.1, from (1, -2, 0.5) with gradients (0.3t, -0.2, 0.01t²). The kernels'
// 1 - 0.999 in float32 is 1.3e-5 off, which is 3e-7 in each step of 0.05: 2e-6 in all.
func TestAdamIsPyTorchs(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string][]float64{
		Adam:  {0.7547964, -1.7502931, 0.2556354},
		AdamW: {0.7351379, -1.7029854, 0.2652565},
	} {
		a := newAdam(&nn.Plan{Size: 3, Params: []nn.Param{{Shape: []int{3}, Decays: true}}}, kind)
		w := []float32{1, -2, 0.5}
		for step := 1; step <= 5; step++ {
			// Half the update's gradient and a scale of two: clipping comes before the decay.
			grad := []float32{0.15 * float32(step), -0.1, 0.005 * float32(step*step)}
			a.update(w, grad, 2, 0.05, 0.1)
		}
		for i := range want {
			require.InDelta(t, want[i], w[i], 2e-6, "%s, weight %d", kind, i)
		}
	}
}

func TestOnlyMatricesDecay(t *testing.T) {
	t.Parallel()
	p := &nn.Plan{Size: 5, Params: []nn.Param{{Shape: []int{2}, Decays: true}, {Shape: []int{1}, Offset: 2}, {Shape: []int{1}, Offset: 3}, {Shape: []int{1}, Offset: 4, Decays: true}}}
	for _, kind := range []string{Adam, AdamW} {
		a, w := newAdam(p, kind), []float32{1, 1, 1, 1, 1}
		a.update(w, make([]float32, 5), 1, 0.1, 0.5)
		require.Equal(t, []float32{1, 1}, w[2:4], kind)
		require.Less(t, w[0], float32(1))
		require.Equal(t, w[0], w[4])
	}
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	cosine := Schedule{Kind: Cosine, Cycles: 1, Floor: 0.1}
	require.InDelta(t, 1, cosine.factor(0, 100), 1e-12)
	require.InDelta(t, 0.55, cosine.factor(50, 100), 1e-12)
	require.InDelta(t, 0.1, cosine.factor(100, 101), 1e-3)
	warm := Schedule{Kind: Constant, Warmup: 10, Cycles: 1}
	require.InDelta(t, 0.1, warm.factor(0, 100), 1e-12)
	require.InDelta(t, 1, warm.factor(9, 100), 1e-12)
	require.InDelta(t, 1, warm.factor(99, 100), 1e-12)
	cycles := Schedule{Kind: Cosine, Cycles: 3}
	for _, first := range []int{0, 33, 66} {
		require.InDelta(t, 1, cycles.factor(first, 100), 1e-12, "a cycle begins at step %d", first)
	}
	require.Less(t, cycles.factor(32, 100), 0.01)
	require.Less(t, cycles.factor(99, 100), 0.01)
	p, s := plateau{Factor: 1}, Schedule{Kind: Plateau, Factor: 0.5, Patience: 2, Floor: 0.2}
	for _, e := range []float64{3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1} {
		p.next(s, e)
	}
	require.InDelta(t, 0.2, p.Factor, 1e-12, "halved after two without a better one, down to the floor")
}

// lengths is a source of series of these lengths without values.
type lengths struct {
	all     []int
	endless bool
}

func (l lengths) Info() Info {
	n := len(l.all)
	if l.endless {
		n = 0
	}
	return Info{Len: n, Shortest: slices.Min(l.all), Longest: slices.Max(l.all)}
}
func (l lengths) Length(i uint64) int { return l.all[i%uint64(len(l.all))] }
func (lengths) Maker() Maker          { return nil }

// padding returns the part of batches that is padding, and how often each sample was in one.
func padding(s sequence, steps int) (float64, map[uint64]int) {
	total, filled, seen := 0, 0, map[uint64]int{}
	for step := range steps {
		longest := 0
		for _, e := range s.batch(step) {
			longest = max(longest, e.length)
			filled += e.length
			seen[e.index]++
		}
		total += longest * len(s.batch(step))
	}
	return 1 - float64(filled)/float64(total), seen
}

func TestOrderTakesEachSampleOnceAnEpoch(t *testing.T) {
	t.Parallel()
	var all []int
	for i := range 1000 {
		all = append(all, 64<<(i*7%6))
	}
	o := newOrder(1, 32, []phase{newPhase(lengths{all: all}, 0, 32)}, slicer{})
	for epoch := range 3 {
		seen := map[uint64]int{}
		for step := epoch * 32; step < (epoch+1)*32; step++ {
			b := o.batch(step)
			require.Contains(t, []int{31, 32}, len(b))
			for _, e := range b {
				seen[e.index]++
			}
		}
		require.Len(t, seen, 1000, "epoch %d", epoch)
	}
	waste, _ := padding(o, 96)
	t.Logf("%.1f %% padding", 100*waste)
	require.Less(t, waste, 0.2, "unsorted batches would be more than half padding")
	other := newOrder(1, 32, o.phases, slicer{})
	require.Equal(t, slices.Clone(o.batch(77)), slices.Clone(other.batch(77)), "a batch depends on its number alone")
	require.NotEqual(t, slices.Clone(o.batch(7)), slices.Clone(o.batch(39)), "another epoch has another order")
}

func TestOrderOfEndlessSourcesRepeatsNothing(t *testing.T) {
	t.Parallel()
	short, all := lengths{[]int{100}, true}, lengths{[]int{100, 200, 400, 800}, true}
	o := newOrder(1, 32, []phase{newPhase(short, 0, 32), newPhase(all, 10, 32)}, slicer{})
	require.Zero(t, o.batch(9)[0].stage)
	require.Equal(t, 1, o.batch(10)[0].stage)
	draws := map[uint64]bool{}
	for step := range 200 {
		for _, e := range o.batch(step) {
			require.False(t, draws[e.draw])
			draws[e.draw] = true
		}
	}
	waste, _ := padding(newOrder(1, 32, []phase{newPhase(all, 0, 32)}, slicer{}), 160)
	require.Zero(t, waste, "lengths in turns fill batches of their own")
}

func TestFillInterpolates(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	x := []float64{nan, 2, nan, nan, 5, nan}
	fill(x)
	require.Equal(t, []float64{2, 2, 3, 4, 5, 5}, x)
	none := []float64{nan, nan}
	fill(none)
	require.True(t, math.IsNaN(none[0]))
}

func TestFoldAndUnfold(t *testing.T) {
	t.Parallel()
	for _, head := range []nn.Head{{Kind: nn.Point}, {Kind: nn.Gaussian}, {Kind: nn.Quantiles, Levels: []float64{0.1, 0.5, 0.9}}, {Kind: nn.Point, Sigmoid: true}} {
		p, err := nn.Spec{Input: nn.Input{Channels: 3}, Layers: []nn.Layer{{Kind: nn.Dense, Units: 4}}, Head: head}.Plan()
		require.NoError(t, err)
		w := p.NewWeights(1)
		again := w.Clone()
		s := Scale{0.5, 0.23}
		fold(p, again, s)
		if !head.Sigmoid {
			require.NotEqual(t, w, again)
		}
		unfold(p, again, s)
		for i := range w.Params { // two roundings of values below 2
			require.InDelta(t, w.Params[i], again.Params[i], 5e-7)
		}
	}
}

// A decoder of what may be anything must not fall.
func FuzzUnpack(f *testing.F) {
	f.Add(pack(map[string]int{"a": 1}, []section{{name: "a", values: []float32{1, 2, 3}}, {name: "b", inner: []byte{1}}}))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(b []byte) {
			var h map[string]any
			stored, err := unpack(b, &h)
			if err != nil {
				require.ErrorIs(t, err, ErrState)
				return
			}
			size := 0
			for _, s := range stored {
				size += 4*len(s.F32) + len(s.U8)
			}
			require.LessOrEqual(t, size, len(b))
		}
		check(data)
		check(sealed(t, data)) // past the digest
	})
}

// sealed makes a header of bytes, and a state that is whole as far as the digest tells.
func sealed(t *testing.T, header []byte) []byte {
	t.Helper()
	text := strings.ToValidUTF8(string(header), "?")
	about := map[string]string{keyVersion: stateVersion, keyHeader: text}
	file, err := safetensors.Encode(nil, about)
	if err != nil {
		return nil // a header that is too long
	}
	about[keyDigest] = digestOf([]byte(text), file)
	file, err = safetensors.Encode(nil, about)
	if err != nil {
		return nil
	}
	return file
}

func TestStatesThatCannotGoOnAreNone(t *testing.T) {
	t.Parallel()
	require.Nil(t, pack(1, []section{{name: "a", values: []float32{float32(math.Inf(1))}}}))
}
