package onnx

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
