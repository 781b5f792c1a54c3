package native

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/kernel"
)

// mixed are lengths of a chunk: runs of equal ones, rising and falling, over several blocks of points.
func mixed() []int { return []int{3, 7, 1, 65, 65, 130, 64} }

func sameBits(t *testing.T, what string, want, got []float32) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i, v := range want {
		require.Equal(t, math.Float32bits(v), math.Float32bits(got[i]), "%s, value %d: %g and %g", what, i, v, got[i])
	}
}

// one returns the op of series i by itself.
func (o *lone) one(t *testing.T, i int) *lone {
	l := o.site.node.Layer
	c := &o.cs[i]
	alone := newLone(t, o.site.kernels, l, c.in.C, []int{c.in.T}, o.site.training)
	copy(alone.params, o.params)
	copy(alone.cs[0].in.X, c.in.X)
	copy(alone.cs[0].dout.X, c.dout.X)
	return alone
}

// TestSequenceAlone: in prediction and in training, a series' outputs and gradients have the same bits
// in company as alone, and training computes what prediction does.
func TestSequenceAlone(t *testing.T) {
	t.Parallel()
	for name, l := range sequenceLayers() {
		if l.Learned {
			l.Length = slices.Max(mixed())
		}
		for _, k := range paths(t) {
			t.Run(name+"/"+k.Path().String(), func(t *testing.T) {
				t.Parallel()
				p := newLone(t, k, l, sequenceChannels, mixed(), false)
				o := newLone(t, k, l, sequenceChannels, mixed(), true)
				p.forward()
				o.forward()
				dout := slices.Clone(o.cs)
				for i := range dout {
					dout[i].dout.X = slices.Clone(dout[i].dout.X)
				}
				o.backward()
				for i := range o.cs {
					sameBits(t, "training and prediction", p.cs[i].out.values(), o.cs[i].out.values())
					alone := p.one(t, i)
					alone.forward()
					sameBits(t, "prediction", alone.cs[0].out.values(), p.cs[i].out.values())
					o.cs[i].dout = dout[i].dout
					alone = o.one(t, i)
					alone.forward()
					alone.backward()
					sameBits(t, "gradient of the input", alone.cs[0].din.values(), o.cs[i].din.values())
				}
			})
		}
	}
}

// TestSequencePaths: AVX2 and AVX-512 give the same bits; plain Go agrees to 1e-4 of the largest value,
// as its products are rounded before they are added, up to 130 points in turn.
func TestSequencePaths(t *testing.T) {
	t.Parallel()
	for name, l := range sequenceLayers() {
		if l.Learned {
			l.Length = slices.Max(mixed())
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all []*lone
			for _, k := range paths(t) {
				o := newLone(t, k, l, sequenceChannels, mixed(), true)
				o.forward()
				o.backward()
				all = append(all, o)
			}
			for i := 1; i < len(all); i++ {
				for j := range all[i].cs {
					near(t, "output", all[0].cs[j].out.values(), all[i].cs[j].out.values(), 1e-4)
					near(t, "gradient", all[0].cs[j].din.values(), all[i].cs[j].din.values(), 1e-4)
				}
				near(t, "gradient of the weights", all[0].sums, all[i].sums, 1e-4)
			}
			if len(all) < 3 {
				return
			}
			for j := range all[1].cs {
				sameBits(t, "output", all[1].cs[j].out.values(), all[2].cs[j].out.values())
				sameBits(t, "gradient", all[1].cs[j].din.values(), all[2].cs[j].din.values())
			}
			sameBits(t, "gradient of the weights", all[1].sums, all[2].sums)
		})
	}
}

// TestSequenceAllocations cannot run beside others, which allocate.
func TestSequenceAllocations(t *testing.T) {
	for name, l := range sequenceLayers() {
		for _, training := range []bool{false, true} {
			o := newLone(t, kernel.Best(), l, sequenceChannels, []int{5, 9, 65}, training)
			o.forward()
			forward, backward := o.op.forward(), o.op.backward()
			require.Zero(t, testing.AllocsPerRun(5, func() {
				o.run(forward)
				if training {
					o.run(backward)
				}
			}), name)
		}
	}
}

// TestSinusoids has values of Vaswani et al., section 3.5, by the formula in double precision.
func TestSinusoids(t *testing.T) {
	t.Parallel()
	const T, C = 200, 7
	table := sinusoids(T, C)
	for _, at := range []int{0, 1, 99, 199} {
		for i := range (C + 1) / 2 {
			angle := float64(at) / math.Pow(10000, 2*float64(i)/C)
			require.InDelta(t, math.Sin(angle), table[at*C+2*i], 1e-6)
			if 2*i+1 < C {
				require.InDelta(t, math.Cos(angle), table[at*C+2*i+1], 1e-6)
			}
		}
	}
}

// TestPositionAdds what the table has, to points of a series shorter than the table.
func TestPositionAdds(t *testing.T) {
	t.Parallel()
	o := newLone(t, kernel.Best(), nn.Layer{Kind: nn.Position, Learned: true, Length: 9}, 3, []int{4}, true)
	o.forward()
	for i, y := range o.cs[0].out.values() {
		require.Equal(t, o.cs[0].in.X[i]+o.params[i], y)
	}
	o.backward()
	sameBits(t, "gradient of the table", o.cs[0].din.values(), o.sums[:12])
	require.Equal(t, make([]float32, 15), o.sums[12:])
}
