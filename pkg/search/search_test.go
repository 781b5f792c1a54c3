package search_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/search"
)

func at(v float64) *float64 { return &v }

func space() search.Space {
	return search.Space{
		"rate":   {Min: at(1e-4), Max: at(1e-1), Log: true},
		"batch":  {Min: at(1), Max: at(4), Int: true},
		"width":  {Min: at(8), Max: at(128), Int: true, Log: true},
		"decay":  {Min: at(-1), Max: at(1)},
		"hidden": {Values: []any{[]any{64, 32}, []any{int64(16)}}},
		"act":    {Values: []any{"relu", "gelu", true, 3}},
	}
}

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func TestRandomIsDeterministicAndStableInJSON(t *testing.T) {
	t.Parallel()
	require.NoError(t, space().Validate())
	p := search.Random(space(), rng(1))
	for range 20 {
		require.Equal(t, p, search.Random(space(), rng(1)))
	}
	require.NotEqual(t, p, search.Random(space(), rng(2)))
	b, err := json.Marshal(p)
	require.NoError(t, err)
	var back search.Params
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, p, back)
}

// Of 8,000 draws a cell of probability 1/4 holds 2,000 ± 39; five standard deviations are allowed.
func TestDistribution(t *testing.T) {
	t.Parallel()
	count := map[string]map[any]int{"batch": {}, "rate": {}, "width": {}, "act": {}}
	r := rng(3)
	for range 8000 {
		p := search.Random(space(), r)
		count["batch"][p["batch"]]++
		count["act"][p["act"]]++
		count["rate"][math.Floor(4*math.Log(p["rate"].(float64)/1e-4)/math.Log(1e3))]++
		width := p["width"].(float64)
		require.Equal(t, math.Trunc(width), width)
		count["width"][math.Floor(4*math.Log(width/8)/math.Log(129.0/8))]++
		require.True(t, width >= 8 && width <= 128)
		require.True(t, math.Abs(p["decay"].(float64)) <= 1)
	}
	for _, name := range []string{"batch", "act", "rate"} {
		require.Len(t, count[name], 4)
		for v, n := range count[name] {
			require.InDelta(t, 2000, n, 195, "%s=%v", name, v)
		}
	}
	for v, n := range count["width"] { // whole numbers do not fill the cells evenly
		require.InDelta(t, 2000, n, 400, "width=%v", v)
	}
}

func TestErrorsNameThePath(t *testing.T) {
	t.Parallel()
	deep := []any{[]any{[]any{[]any{[]any{[]any{1}}}}}}
	for text, d := range map[string]search.Dimension{
		"x: has neither":                         {},
		"x.min: is missing":                      {Max: at(1)},
		"x.max: is missing":                      {Min: at(1)},
		"x.max: 1 is less than min, 2":           {Min: at(2), Max: at(1)},
		"x.min: NaN":                             {Min: at(math.NaN()), Max: at(1)},
		"x.max: +Inf":                            {Min: at(0), Max: at(math.Inf(1))},
		"x.max: 1e+308 is too far":               {Min: at(-1e308), Max: at(1e308)},
		"x.min: 0 is not positive":               {Min: at(0), Max: at(1), Log: true},
		"x.max: 1.5 is not a whole":              {Min: at(1), Max: at(1.5), Int: true},
		"x: has values together":                 {Values: []any{1}, Int: true},
		"x.values: is empty":                     {Values: []any{}},
		"x.values: has 257":                      {Values: make([]any, 257)},
		"x.values[1]: <nil> is a <nil>":          {Values: []any{1, nil}},
		"x.values[0]: lists are nested":          {Values: deep},
		"x.values[0]: map[] is a map[string]int": {Values: []any{map[string]int{}}},
	} {
		s := search.Space{"x": d}
		require.ErrorContains(t, s.Validate(), text)
		require.Panics(t, func() { search.Random(s, rng(1)) })
	}
	err := search.Space{"a": {}, "b": {Max: at(1)}, "": {Values: []any{1}}}.Validate()
	require.EqualError(t, err, "\"\": a dimension needs a name\na: has neither values nor min and max\nb.min: is missing")
}

func FuzzSpaceFromJSON(f *testing.F) {
	b, err := json.Marshal(space())
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(`{"x":{"min":1e300,"max":1e301,"log":true}}`))
	f.Add([]byte(`{"x":{"values":[[[[]]],null,1]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s search.Space
		if json.Unmarshal(b, &s) != nil || s.Validate() != nil {
			return
		}
		_, err := json.Marshal(search.Random(s, rng(1)))
		require.NoError(t, err)
	})
}
