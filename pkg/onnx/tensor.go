package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// tensor is a constant: of weights, or of what operations take as inputs, such as shapes. One of its
// slices holds the values.
type tensor struct {
	name    string
	dims    []int
	floats  []float32
	doubles []float64
	whole   []int
}

// kind returns what the tensor holds and the bytes of all its values.
func (t tensor) kind() (element, int) {
	switch {
	case t.floats != nil:
		return float32s, 4 * len(t.floats)
	case t.doubles != nil:
		return float64s, 8 * len(t.doubles)
	}
	return int64s, 8 * len(t.whole)
}

// tensor writes a TensorProto as a field. Weights may be many, and so are written in place.
func (m *message) tensor(field protowire.Number, t tensor) {
	kind, size := t.kind()
	var head message
	head.packed(tensorDims, wide(t.dims))
	head.number(tensorType, int64(kind))
	head.text(tensorName, t.name)
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendVarint(*m, uint64(len(head)+protowire.SizeTag(tensorRaw)+protowire.SizeBytes(size)))
	*m = append(*m, head...)
	*m = protowire.AppendTag(*m, tensorRaw, protowire.BytesType)
	*m = protowire.AppendVarint(*m, uint64(size))
	for _, v := range t.floats {
		*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
	}
	for _, v := range t.doubles {
		*m = binary.LittleEndian.AppendUint64(*m, math.Float64bits(v))
	}
	for _, v := range t.whole {
		*m = binary.LittleEndian.AppendUint64(*m, uint64(v))
	}
}
