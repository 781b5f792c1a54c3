package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// checkFooter walks the Thrift structure in a file's footer before arrow-go reads it. The Thrift
// library makes room for as many list elements as a footer claims, 100 million in a file of thirty
// bytes; here a list may not claim more elements than there are bytes left.
func checkFooter(data []byte) error {
	const tail = 8 // the footer's length and the magic
	if len(data) < tail+4 || string(data[len(data)-4:]) != "PAR1" {
		return errors.New("it does not end as a Parquet file does")
	}
	size := int64(binary.LittleEndian.Uint32(data[len(data)-tail:]))
	if size > int64(len(data)-tail-4) {
		return fmt.Errorf("a footer of %d bytes in a file of %d", size, len(data))
	}
	end := len(data) - tail
	f := footer{data: data[end-int(size) : end]}
	if !f.structure(0) {
		return errors.New("the footer is not well formed")
	}
	return nil
}

// footer is a cursor over a value in Thrift's compact protocol:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
// Its methods skip a value and tell whether that was possible.
type footer struct {
	data []byte // what is left
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

const thriftDepth = 32 // Parquet's own structures nest less than ten deep

func (f *footer) structure(depth int) bool {
	for depth < thriftDepth {
		head, ok := f.byte()
		if !ok {
			return false
		}
		kind := head & 0x0f
		if kind == thriftStop {
			return true
		}
		if head>>4 == 0 { // the field's number follows
			if _, ok := f.varint(); !ok {
				return false
			}
		}
		if kind != thriftTrue && kind != thriftFalse && !f.value(kind, depth) {
			return false
		}
	}
	return false
}

func (f *footer) value(kind byte, depth int) bool {
	switch kind {
	case thriftTrue, thriftFalse, thriftByte: // in a list a truth is a byte
		return f.skip(1)
	case thriftInt16, thriftInt32, thriftInt64:
		_, ok := f.varint()
		return ok
	case thriftDouble:
		return f.skip(8)
	case thriftBinary:
		n, ok := f.varint()
		return ok && f.skip(n)
	case thriftList, thriftSet:
		return f.list(depth + 1)
	case thriftStruct:
		return f.structure(depth + 1)
	}
	return false // Parquet has no maps
}

func (f *footer) list(depth int) bool {
	head, ok := f.byte()
	n := uint64(head >> 4)
	if ok && n == 15 {
		n, ok = f.varint()
	}
	if !ok || n > uint64(len(f.data)) || depth >= thriftDepth {
		return false
	}
	for range n {
		if !f.value(head&0x0f, depth) {
			return false
		}
	}
	return true
}

func (f *footer) byte() (byte, bool) {
	if len(f.data) == 0 {
		return 0, false
	}
	b := f.data[0]
	f.data = f.data[1:]
	return b, true
}

func (f *footer) varint() (uint64, bool) {
	v, n := binary.Uvarint(f.data)
	if n <= 0 {
		return 0, false
	}
	f.data = f.data[n:]
	return v, true
}

func (f *footer) skip(n uint64) bool {
	if n > uint64(len(f.data)) {
		return false
	}
	f.data = f.data[n:]
	return true
}
