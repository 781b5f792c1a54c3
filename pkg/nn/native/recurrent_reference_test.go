package native

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/nn"
)

// reference is a case of testdata/reference.json; see reference.py.
type reference struct {
	Name, Kind        string
	Points, Inputs    int
	Units, Heads      int
	Both              bool
	X, D, Y, DX       []float32
	Weights, Gradient []float32
}

func references(t *testing.T) (all []reference) {
	data, err := os.ReadFile("testdata/reference.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &all))
	require.Len(t, all, 6)
	return all
}

// TestReference compares with PyTorch 1.13 in double precision. The tolerance of 1e-5 of the largest
// value is some hundred roundings of 2⁻²⁴: each value passes sums of up to 24 terms at 7 points in turn.
func TestReference(t *testing.T) {
	t.Parallel()
	for _, r := range references(t) {
		for _, k := range paths(t) {
			t.Run(r.Name+"/"+k.Path().String(), func(t *testing.T) {
				t.Parallel()
				l := nn.Layer{Kind: nn.Kind(r.Kind), Units: r.Units, Heads: r.Heads, Both: r.Both}
				o := newLone(t, k, l, r.Inputs, []int{r.Points}, true)
				require.Len(t, r.Weights, len(o.params))
				copy(o.params, r.Weights)
				copy(o.cs[0].in.X, r.X)
				copy(o.cs[0].dout.X, r.D)
				o.forward()
				near(t, "output", r.Y, o.cs[0].out.values(), 1e-5)
				o.backward()
				near(t, "gradient of the input", r.DX, o.cs[0].din.values(), 1e-5)
				near(t, "gradient of the weights", r.Gradient, o.sums, 1e-5)

				p := newLone(t, k, l, r.Inputs, []int{r.Points}, false)
				copy(p.params, r.Weights)
				copy(p.cs[0].in.X, r.X)
				p.forward()
				near(t, "prediction", r.Y, p.cs[0].out.values(), 1e-5)
			})
		}
	}
}

// near requires values within a tolerance that is relative to the largest of them, or to 1.
func near(t *testing.T, what string, want, got []float32, tolerance float64) {
	t.Helper()
	require.Len(t, got, len(want), what)
	scale := 1.0
	for _, v := range want {
		scale = max(scale, float64(v), -float64(v))
	}
	for i, v := range want {
		require.InDelta(t, v, got[i], tolerance*scale, "%s, value %d", what, i)
	}
}
