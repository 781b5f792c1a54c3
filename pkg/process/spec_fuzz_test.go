package process_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// FuzzSpec reads any text as a spec: it is refused, or its own text reads back as itself, and what is
// made of it is an error or finite series.
func FuzzSpec(f *testing.F) {
	for _, k := range process.Kinds() {
		name, err := json.Marshal(k.Name)
		require.NoError(f, err)
		f.Add(name, uint8(16), 0.7)
		for _, p := range k.Params {
			for _, v := range []float64{p.Min, p.Max, p.Default} {
				text, err := json.Marshal(process.Spec{Kind: k.Name, Params: map[string][]float64{p.Name: {v}}})
				require.NoError(f, err)
				f.Add(text, uint8(8), 0.3)
			}
		}
	}
	for _, text := range []string{
		``, `null`, `{}`, `[]`, `"`, `{"kind":null}`, `{"kind":5}`, `{"kind":"fgn","kind":"fbm"}`, `{"kind":"arfima","ar":[]}`,
		`{"kind":"arfima","ar":[0.5,-0.2],"ma":1e-320}`, `{"kind":"fou","theta":1e308}`, `{"kind":"fou","theta":null}`,
		`{"kind":"regimes","at":[0.2,0.1]}`, `{"kind":"regimes","count":1e9}`, `{"kind":"lfsn","alpha":[1,2]}`,
		`{"kind":"mrw","scale":0.5,"lambda2":0.5}`, `{"Kind":"fgn"}`, `{"kind":"fgn","x":{"y":1}}`,
	} {
		f.Add([]byte(text), uint8(64), 0.5)
	}
	f.Fuzz(func(t *testing.T, text []byte, length uint8, h float64) {
		var spec process.Spec
		if err := json.Unmarshal(text, &spec); err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		again, err := json.Marshal(spec)
		require.NoError(t, err)
		var same process.Spec
		require.NoError(t, json.Unmarshal(again, &same), "%s", again)
		require.Equal(t, spec.String(), same.String())
		x := make([]float64, length%65)
		g, err := process.New(spec, len(x))
		if err != nil {
			return
		}
		if err := g.Generate(x, h, process.Source(1, "fuzz", 0)); err != nil {
			return
		}
		for _, v := range x {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s n=%d h=%v", again, len(x), h)
		}
	})
}
