package safetensors

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	tensors := []Tensor{
		{Name: "b", Shape: []int{2, 3}, F32: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "a", Shape: []int{1}, F32: []float32{-1}},
		{Name: "z \"ü\"", Shape: []int{2}, F64: []float64{math.Pi, math.SmallestNonzeroFloat64}},
	}
	data, err := Encode(tensors, map[string]string{"by": "us"})
	require.NoError(t, err)
	back, about, err := Decode(data)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"by": "us"}, about)
	require.Equal(t, []Tensor{tensors[2], tensors[1], tensors[0]}, back)

	for _, bad := range []Tensor{
		{Name: "", Shape: []int{1}, F32: []float32{1}},
		{Name: "a", Shape: []int{1}, F32: []float32{1}}, // a second one
		{Name: "x", Shape: []int{2}, F32: []float32{1}},
		{Name: "x", Shape: nil, F32: []float32{1}},
		{Name: "x", Shape: []int{0}, F32: []float32{}},
		{Name: "x", Shape: []int{-1, -1}, F32: []float32{1}},
		{Name: "x", Shape: []int{1}, F32: []float32{float32(math.NaN())}},
		{Name: "x", Shape: []int{1}, F64: []float64{math.Inf(1)}},
	} {
		_, err := Encode(append([]Tensor{bad}, tensors...), nil)
		require.Error(t, err, "%+v", bad)
	}
}

// raw builds a safetensors file by hand.
func raw(header string, data ...byte) []byte {
	out := make([]byte, 8, 8+len(header)+len(data))
	out[0], out[1] = byte(len(header)), byte(len(header)>>8)
	return append(append(out, header...), data...)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	one := make([]byte, 4)
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty":          {nil, "no safetensors"},
		"header beyond":  {[]byte{255, 0, 0, 0, 0, 0, 0, 0, '{'}, "255 bytes"},
		"huge header":    {[]byte{255, 255, 255, 255, 255, 255, 255, 255}, "at most"},
		"no object":      {raw("[]"), "object"},
		"no end":         {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`, one...), "header"},
		"more behind":    {raw(`{} {}`), "follows"},
		"twice":          {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, one...), "twice"},
		"other type":     {raw(`{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}`, one...), "I32"},
		"unknown field":  {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, one...), "unknown field"},
		"beyond the end": {raw(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, one...), "lies at"},
		"negative":       {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, one...), "lies at"},
		"backwards":      {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, one...), "lies at"},
		"no offsets":     {raw(`{"a":{"dtype":"F32","shape":[1]}}`, one...), "lies at"},
		"overlap":        {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, one...), "overlap"},
		"gap":            {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, make([]byte, 8)...), "gap"},
		"unused end":     {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 8)...), "end at byte"},
		"other shape":    {raw(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, one...), "does not fit"},
		"overflow":       {raw(`{"a":{"dtype":"F32","shape":[4294967296,4294967297],"data_offsets":[0,4]}}`, one...), "shape"},
		"a scalar":       {raw(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, one...), "dimensions"},
		"not a number":   {raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0xc0, 0x7f), "NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := Decode(c.data)
			require.Error(t, err)
			require.ErrorContains(t, err, c.says)
		})
	}
	tensors, about, err := Decode(raw(`{"__metadata__":{"by":"others"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, one...))
	require.NoError(t, err)
	require.Len(t, tensors, 1)
	require.Equal(t, "others", about["by"])
}

func FuzzDecode(f *testing.F) {
	data, err := Encode([]Tensor{{Name: "a", Shape: []int{2}, F32: []float32{1, 2}}, {Name: "b", Shape: []int{1, 1}, F64: []float64{3}}}, map[string]string{"x": "y"})
	require.NoError(f, err)
	f.Add(data)
	f.Add(raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, about, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode(tensors, about)
		require.NoError(t, err)
		back, said, err := Decode(again)
		require.NoError(t, err)
		require.ElementsMatch(t, tensors, back)
		require.Equal(t, len(about), len(said))
	})
}
