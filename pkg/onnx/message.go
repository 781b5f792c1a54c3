package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, which never
// change within an IR version.
const (
	modelIRVersion = 1  // ModelProto.ir_version
	modelProducer  = 2  // ModelProto.producer_name
	modelDoc       = 6  // ModelProto.doc_string
	modelGraph     = 7  // ModelProto.graph
	modelOpset     = 8  // ModelProto.opset_import
	modelMetadata  = 14 // ModelProto.metadata_props

	opsetVersion = 2 // OperatorSetIdProto.version; the domain, field 1, is ONNX's own where it is empty

	entryKey   = 1 // StringStringEntryProto.key
	entryValue = 2 // StringStringEntryProto.value

	graphNode        = 1  // GraphProto.node
	graphName        = 2  // GraphProto.name
	graphInitialiser = 5  // GraphProto.initializer
	graphInput       = 11 // GraphProto.input
	graphOutput      = 12 // GraphProto.output

	nodeInput     = 1 // NodeProto.input
	nodeOutput    = 2 // NodeProto.output
	nodeName      = 3 // NodeProto.name
	nodeOp        = 4 // NodeProto.op_type
	nodeAttribute = 5 // NodeProto.attribute

	attributeName  = 1  // AttributeProto.name
	attributeFloat = 2  // AttributeProto.f
	attributeInt   = 3  // AttributeProto.i
	attributeText  = 4  // AttributeProto.s
	attributeInts  = 8  // AttributeProto.ints
	attributeType  = 20 // AttributeProto.type

	tensorDims = 1 // TensorProto.dims
	tensorType = 2 // TensorProto.data_type
	tensorName = 8 // TensorProto.name
	tensorRaw  = 9 // TensorProto.raw_data: little-endian, row-major

	valueName = 1 // ValueInfoProto.name
	valueType = 2 // ValueInfoProto.type
	valueDoc  = 3 // ValueInfoProto.doc_string

	typeTensor   = 1 // TypeProto.tensor_type
	typeElement  = 1 // TypeProto.Tensor.elem_type
	typeShape    = 2 // TypeProto.Tensor.shape
	shapeDim     = 1 // TensorShapeProto.dim
	dimSize      = 1 // TensorShapeProto.Dimension.dim_value
	dimParameter = 2 // TensorShapeProto.Dimension.dim_param
)

// AttributeProto.AttributeType.
const (
	isFloat = 1
	isInt   = 2
	isText  = 3
	isInts  = 7
)

// element is TensorProto.DataType: what a tensor holds.
type element int64

const (
	float32s element = 1
	int64s   element = 7
	float64s element = 11
)

// message is a protobuf message in the making. Fields are written in the order of the calls.
type message []byte

func (m *message) number(field protowire.Number, v int64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(v))
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, v)
}

func (m *message) text(field protowire.Number, v string) { m.bytes(field, []byte(v)) }

// packed writes a repeated field of numbers; an empty one leaves no trace.
func (m *message) packed(field protowire.Number, v []int64) {
	if len(v) == 0 {
		return
	}
	var all []byte
	for _, n := range v {
		all = protowire.AppendVarint(all, uint64(n))
	}
	m.bytes(field, all)
}

// attribute is a setting of an operation; which field counts, its kind says.
type attribute struct {
	name string
	kind int64
	f    float32
	i    int64
	s    string
	ints []int64
}

func float(name string, v float32) attribute { return attribute{name: name, kind: isFloat, f: v} }

func integer(name string, v int) attribute { return attribute{name: name, kind: isInt, i: int64(v)} }

func text(name, v string) attribute { return attribute{name: name, kind: isText, s: v} }

func integers(name string, v ...int) attribute {
	return attribute{name: name, kind: isInts, ints: wide(v)}
}

func (a attribute) encode() []byte {
	var m message
	m.text(attributeName, a.name)
	switch a.kind {
	case isFloat:
		m.float(attributeFloat, a.f)
	case isInt:
		m.number(attributeInt, a.i)
	case isText:
		m.text(attributeText, a.s)
	case isInts:
		m.packed(attributeInts, a.ints)
	}
	m.number(attributeType, a.kind)
	return m
}

// node is an operation of the graph.
type node struct {
	op              string
	name            string
	inputs, outputs []string
	attributes      []attribute
}

func (n node) encode() []byte {
	var m message
	for _, name := range n.inputs {
		m.text(nodeInput, name)
	}
	for _, name := range n.outputs {
		m.text(nodeOutput, name)
	}
	m.text(nodeName, n.name)
	m.text(nodeOp, n.op)
	for _, a := range n.attributes {
		m.bytes(nodeAttribute, a.encode())
	}
	return m
}

// tensor is a constant: of weights, or of what operations take as inputs, such as shapes.
type tensor struct {
	name string
	kind element
	dims []int
	raw  []byte
}

func (t tensor) encode() []byte {
	m := make(message, 0, len(t.raw)+len(t.name)+64)
	m.packed(tensorDims, wide(t.dims))
	m.number(tensorType, int64(t.kind))
	m.text(tensorName, t.name)
	m.bytes(tensorRaw, t.raw)
	return m
}

// dim is a dimension: of some size, or where that is zero, of any, with a name.
type dim struct {
	size int
	name string
}

// port is an input or an output of the whole graph, of float32.
type port struct {
	name, doc string
	dims      []dim
}

func (p port) encode() []byte {
	var shape, kind, whole, m message
	for _, d := range p.dims {
		var one message
		if d.size > 0 {
			one.number(dimSize, int64(d.size))
		} else {
			one.text(dimParameter, d.name)
		}
		shape.bytes(shapeDim, one)
	}
	kind.number(typeElement, int64(float32s))
	kind.bytes(typeShape, shape)
	whole.bytes(typeTensor, kind)
	m.text(valueName, p.name)
	m.bytes(valueType, whole)
	m.text(valueDoc, p.doc)
	return m
}

func wide(v []int) []int64 {
	all := make([]int64, len(v))
	for i, n := range v {
		all[i] = int64(n)
	}
	return all
}

func littleFloats(v []float32) []byte {
	raw := make([]byte, 0, 4*len(v))
	for _, f := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return raw
}

func littleDoubles(v []float64) []byte {
	raw := make([]byte, 0, 8*len(v))
	for _, f := range v {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(f))
	}
	return raw
}

func littleIntegers(v []int) []byte {
	raw := make([]byte, 0, 8*len(v))
	for _, n := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(n))
	}
	return raw
}
