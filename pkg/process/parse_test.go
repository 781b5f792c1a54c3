package process_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

func TestParseSpec(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]process.Spec{
		"fgn":                               {Kind: "fgn"},
		" arfima( ar = 0.5  -0.2 ,ma=1e-1)": {Kind: "arfima", Params: map[string][]float64{"ar": {0.5, -0.2}, "ma": {0.1}}},
		`{"kind":"mrw","lambda2":0.02}`:     {Kind: "mrw", Params: map[string][]float64{"lambda2": {0.02}}},
	} {
		got, err := process.ParseSpec(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
		again, err := process.ParseSpec(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	}
	for text, word := range map[string]string{
		"arfima(":               "is no spec",
		"(ar=1)":                "is no spec",
		"arfima()":              "name=value",
		"arfima(ar)":            "name=value",
		"arfima(ar=1,ar=2)":     "once each",
		"arfima(ar=)":           "0 values",
		"arfima(ar=x)":          `ar is "x"`,
		`{"kind":7}`:            "a name is needed",
		`{"kind":"x","a":null}`: "a is null",
	} {
		_, err := process.ParseSpec(text)
		require.ErrorContains(t, err, word, text)
	}
}

func FuzzParseSpec(f *testing.F) {
	for _, s := range []string{"fgn", "arfima(ar=0.5)", `{"kind":"arfima","ar":[0.5,1e300]}`, "a(b=1 2,c=3)", "a(=)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := process.ParseSpec(text)
		if err != nil {
			return
		}
		_, _ = s.Check()
		data, err := json.Marshal(s)
		if err != nil {
			return // a number that JSON does not have
		}
		var again process.Spec
		require.NoError(t, json.Unmarshal(data, &again))
	})
}
