package onnx_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// What the tests read of a model. Field numbers are written here once more, from onnx.proto3, and any
// other field fails the test.

type model struct {
	version, opset int64
	producer       string
	metadata       [][2]string
	graph          graph
}

type graph struct {
	name          string
	nodes         []node
	initialisers  map[string]tensor
	input, output port
}

type node struct {
	op, name        string
	inputs, outputs []string
	floats          map[string]float64
	integers        map[string]int
	lists           map[string][]int
	texts           map[string]string
}

// tensor holds values of any type as float64, which all values here fit in.
type tensor struct {
	kind int64
	dims []int
	data []float64
}

// port's dims are numbers, or names.
type port struct {
	name, doc string
	dims      []any
}

// field is one of a message: a number, or bytes.
type field struct {
	number protowire.Number
	value  uint64
	bytes  []byte
}

func fields(t testing.TB, message []byte) []field {
	t.Helper()
	var all []field
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		require.NoError(t, protowire.ParseError(n))
		message = message[n:]
		f := field{number: number}
		switch kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(message)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(message)
			f.value = uint64(v)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(message)
		default:
			require.Failf(t, "a wire type that ONNX has no use for", "%d", kind)
		}
		require.NoError(t, protowire.ParseError(n))
		message = message[n:]
		all = append(all, f)
	}
	return all
}

func decode(t testing.TB, data []byte) model {
	t.Helper()
	var m model
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			m.version = int64(f.value)
		case 2:
			m.producer = string(f.bytes)
		case 6:
			require.NotEmpty(t, f.bytes)
		case 7:
			m.graph = decodeGraph(t, f.bytes)
		case 8:
			for _, o := range fields(t, f.bytes) {
				require.EqualValues(t, 2, o.number)
				m.opset = int64(o.value)
			}
		case 14:
			e := fields(t, f.bytes)
			require.Len(t, e, 2)
			m.metadata = append(m.metadata, [2]string{string(e[0].bytes), string(e[1].bytes)})
		default:
			require.Failf(t, "field of ModelProto", "%d", f.number)
		}
	}
	return m
}

func decodeGraph(t testing.TB, data []byte) graph {
	t.Helper()
	g := graph{initialisers: map[string]tensor{}}
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			g.nodes = append(g.nodes, decodeNode(t, f.bytes))
		case 2:
			g.name = string(f.bytes)
		case 5:
			name, v := decodeTensor(t, f.bytes)
			require.NotContains(t, g.initialisers, name)
			g.initialisers[name] = v
		case 11:
			g.input = decodePort(t, f.bytes)
		case 12:
			g.output = decodePort(t, f.bytes)
		default:
			require.Failf(t, "field of GraphProto", "%d", f.number)
		}
	}
	return g
}

func decodeNode(t testing.TB, data []byte) node {
	t.Helper()
	n := node{floats: map[string]float64{}, integers: map[string]int{}, lists: map[string][]int{}, texts: map[string]string{}}
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			n.inputs = append(n.inputs, string(f.bytes))
		case 2:
			n.outputs = append(n.outputs, string(f.bytes))
		case 3:
			n.name = string(f.bytes)
		case 4:
			n.op = string(f.bytes)
		case 5:
			decodeAttribute(t, &n, f.bytes)
		default:
			require.Failf(t, "field of NodeProto", "%d", f.number)
		}
	}
	return n
}

func decodeAttribute(t testing.TB, n *node, data []byte) {
	t.Helper()
	all := fields(t, data)
	require.Len(t, all, 3, "name, value and type")
	name, value, kind := string(all[0].bytes), all[1], all[2]
	require.EqualValues(t, 20, kind.number)
	switch kind.value {
	case 1:
		require.EqualValues(t, 2, value.number)
		n.floats[name] = float64(math.Float32frombits(uint32(value.value)))
	case 2:
		require.EqualValues(t, 3, value.number)
		n.integers[name] = int(int64(value.value))
	case 3:
		require.EqualValues(t, 4, value.number)
		n.texts[name] = string(value.bytes)
	case 7:
		require.EqualValues(t, 8, value.number)
		n.lists[name] = numbers(t, value.bytes)
	default:
		require.Failf(t, "type of attribute", "%d", kind.value)
	}
}

func numbers(t testing.TB, packed []byte) []int {
	t.Helper()
	var all []int
	for len(packed) > 0 {
		v, n := protowire.ConsumeVarint(packed)
		require.NoError(t, protowire.ParseError(n))
		all, packed = append(all, int(int64(v))), packed[n:]
	}
	return all
}

func decodeTensor(t testing.TB, data []byte) (string, tensor) {
	t.Helper()
	name, v := "", tensor{}
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			v.dims = numbers(t, f.bytes)
		case 2:
			v.kind = int64(f.value)
		case 8:
			name = string(f.bytes)
		case 9:
			v.data = values(t, v.kind, f.bytes)
		default:
			require.Failf(t, "field of TensorProto", "%d", f.number)
		}
	}
	require.Len(t, v.data, size(v.dims), name)
	return name, v
}

func values(t testing.TB, kind int64, raw []byte) []float64 {
	t.Helper()
	var all []float64
	width := map[int64]int{1: 4, 7: 8, 11: 8}[kind]
	require.NotZero(t, width, "type %d", kind)
	for ; len(raw) > 0; raw = raw[width:] {
		switch kind {
		case 1:
			all = append(all, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
		case 7:
			all = append(all, float64(int64(binary.LittleEndian.Uint64(raw))))
		case 11:
			all = append(all, math.Float64frombits(binary.LittleEndian.Uint64(raw)))
		}
	}
	return all
}

func decodePort(t testing.TB, data []byte) port {
	t.Helper()
	var p port
	for _, f := range fields(t, data) {
		switch f.number {
		case 1:
			p.name = string(f.bytes)
		case 2:
			kind := fields(t, fields(t, f.bytes)[0].bytes)
			require.EqualValues(t, 1, kind[0].value, "float32")
			for _, d := range fields(t, kind[1].bytes) {
				one := fields(t, d.bytes)[0]
				if one.number == 1 {
					p.dims = append(p.dims, int(one.value))
				} else {
					p.dims = append(p.dims, string(one.bytes))
				}
			}
		case 3:
			p.doc = string(f.bytes)
		default:
			require.Failf(t, "field of ValueInfoProto", "%d", f.number)
		}
	}
	return p
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
