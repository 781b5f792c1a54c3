package series

import (
	"encoding/binary"
	"fmt"
	"io"
)

const (
	footerBytes   = 64 << 20 // longest footer
	schemaNodes   = 10_000   // most columns with their groups
	schemaDepth   = 32
	nameBytes     = 1 << 10 // longest name of a column
	parquetMagic  = "PAR1"
	encryptedTail = "PARE"
)

// checkFooter walks the metadata at a file's end before arrow-go reads them, for it makes room for
// what they claim: a hundred million row groups, or a column of two thousand million parts, in a
// file of thirty bytes.
func checkFooter(r io.ReaderAt, size int64) error {
	const tail = 8 // the footer's length and the magic
	end := make([]byte, tail)
	if size < tail+int64(len(parquetMagic)) {
		return fmt.Errorf("%w: %d bytes are no Parquet file", ErrFormat, size)
	}
	if _, err := r.ReadAt(end, size-tail); err != nil {
		return fmt.Errorf("%w: read the footer: %w", ErrFormat, err)
	}
	n := int64(binary.LittleEndian.Uint32(end))
	switch magic := string(end[4:]); {
	case magic == encryptedTail:
		return fmt.Errorf("%w: the Parquet file is encrypted", ErrFormat)
	case magic != parquetMagic:
		return fmt.Errorf("%w: it does not end as a Parquet file does; it may be cut off", ErrFormat)
	case n > size-tail-int64(len(parquetMagic)):
		return fmt.Errorf("%w: a footer of %d bytes in a file of %d", ErrFormat, n, size)
	case n > footerBytes:
		return fmt.Errorf("%w: a footer of %d bytes, at most %d", ErrFormat, n, footerBytes)
	}
	data := make([]byte, n)
	if _, err := r.ReadAt(data, size-tail-n); err != nil {
		return fmt.Errorf("%w: read the footer: %w", ErrFormat, err)
	}
	return checkMetadata(data)
}

// checkMetadata checks a FileMetaData structure.
func checkMetadata(data []byte) error {
	t := &thrift{data: data}
	var children []int64 // of each node of the schema, which comes in depth-first order
	t.structure(0, func(id int, kind byte) bool {
		if id != 2 || kind != thriftList {
			return false
		}
		t.list(func(kind byte) {
			if kind != thriftStruct {
				t.bad = true
				return
			}
			children = append(children, t.schemaElement())
		})
		return true
	})
	if t.bad {
		return fmt.Errorf("%w: the Parquet footer is not well formed", ErrFormat)
	}
	if len(children) == 0 || len(children) > schemaNodes {
		return fmt.Errorf("%w: a Parquet schema of %d nodes, at most %d", ErrFormat, len(children), schemaNodes)
	}
	if rest, ok := checkTree(children, 0); !ok || len(rest) > 0 {
		return fmt.Errorf("%w: the Parquet schema is no tree of depth %d at most", ErrFormat, schemaDepth)
	}
	return nil
}

// schemaElement reads a node and returns how many children it has.
func (t *thrift) schemaElement() (children int64) {
	t.structure(1, func(id int, kind byte) bool {
		switch {
		case id == 4 && kind == thriftBinary:
			if len(t.bytes(t.varint())) > nameBytes {
				t.bad = true
			}
			return true
		case id == 5 && kind == thriftInt32:
			children = t.int()
			return true
		}
		return false
	})
	return children
}

// checkTree takes a node with all below it off the front.
func checkTree(children []int64, depth int) (rest []int64, ok bool) {
	if len(children) == 0 || depth > schemaDepth {
		return nil, false
	}
	n, rest := children[0], children[1:]
	if n < 0 || n > int64(len(rest)) {
		return nil, false
	}
	for range n {
		if rest, ok = checkTree(rest, depth+1); !ok {
			return nil, false
		}
	}
	return rest, true
}
