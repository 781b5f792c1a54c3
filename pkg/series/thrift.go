package series

import "encoding/binary"

// thrift is a cursor over values in Thrift's compact protocol:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
//
// Once something is not well formed, bad is set, all that is read is zero and no loop goes on.
type thrift struct {
	data     []byte
	at       int
	elements int // of all lists so far
	bad      bool
}

// The protocol's types; true and false are values of their own.
const (
	thriftStop = iota
	thriftTrue
	thriftFalse
	thriftByte
	thriftInt16
	thriftInt32
	thriftInt64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
)

const (
	thriftDepth    = 32      // Parquet's own structures nest less than ten deep
	thriftElements = 1 << 20 // 100 row groups of 1,000 columns have some 800,000
)

// structure calls field for each field of the structure here. What field does not take, which it
// tells, is skipped.
func (t *thrift) structure(depth int, field func(id int, kind byte) bool) {
	id := 0
	for !t.bad {
		head := t.byte()
		kind := head & 0x0f
		if t.bad || kind == thriftStop {
			return
		}
		if delta := int(head >> 4); delta > 0 {
			id += delta
		} else {
			id = int(t.int())
		}
		if !field(id, kind) && kind != thriftTrue && kind != thriftFalse { // a truth has no bytes
			t.skip(kind, depth)
		}
	}
}

// list calls element for each element of the list here, which it must take.
func (t *thrift) list(element func(kind byte)) {
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.varint()
	}
	// An element takes a byte at least. The Thrift library makes room for as many as are claimed.
	if n > uint64(len(t.data)-t.at) || t.elements+int(n) > thriftElements {
		t.bad = true
		return
	}
	t.elements += int(n)
	for i := uint64(0); i < n && !t.bad; i++ {
		element(head & 0x0f)
	}
}

// skip goes over a value.
func (t *thrift) skip(kind byte, depth int) {
	if depth >= thriftDepth {
		t.bad = true
		return
	}
	switch kind {
	case thriftTrue, thriftFalse, thriftByte: // in a list a truth is a byte
		t.byte()
	case thriftInt16, thriftInt32, thriftInt64:
		t.varint()
	case thriftDouble:
		t.bytes(8)
	case thriftBinary:
		t.bytes(t.varint())
	case thriftList, thriftSet:
		t.list(func(kind byte) { t.skip(kind, depth+1) })
	case thriftStruct:
		t.structure(depth+1, func(int, byte) bool { return false })
	default: // Parquet has no maps
		t.bad = true
	}
}

// int reads a whole number of any width, in zigzag form.
func (t *thrift) int() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

func (t *thrift) varint() uint64 {
	if t.bad {
		return 0
	}
	v, n := binary.Uvarint(t.data[t.at:])
	if n <= 0 {
		t.bad = true
		return 0
	}
	t.at += n
	return v
}

func (t *thrift) byte() byte {
	if b := t.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// bytes returns the next n bytes, nil where they are not there.
func (t *thrift) bytes(n uint64) []byte {
	if t.bad || n > uint64(len(t.data)-t.at) {
		t.bad = true
		return nil
	}
	t.at += int(n)
	return t.data[t.at-int(n) : t.at]
}
