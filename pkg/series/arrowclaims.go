package series

import (
	"encoding/binary"
	"fmt"
	"io"
)

// claims checks what messages say of themselves.
type claims struct {
	held int64 // bytes of all dictionaries, which last as long as their reader
}

// check checks the message at root, with its body.
func (c *claims) check(f *flat, root int, body sized, opt Options) error {
	f.checkMetadata(root, 4)
	kind, header := f.messageKind(root), f.table(root, 2)
	var err error
	switch {
	case f.bad || header == 0:
		f.bad = true
	case kind == schemaMessage:
		f.checkSchema(header)
	case kind == dictionaryMessage:
		var n int64
		n, err = f.checkBatch(f.table(header, 1), body, opt)
		if c.held += n; err == nil && c.held > bodyBytes {
			err = fmt.Errorf("%w: Arrow dictionaries of more than %d bytes", ErrFormat, bodyBytes)
		}
	case kind == batchMessage:
		_, err = f.checkBatch(header, body, opt)
	default:
		return fmt.Errorf("%w: an Arrow message of kind %d, no table", ErrFormat, kind)
	}
	if f.bad {
		return fmt.Errorf("%w: an Arrow message is not well formed", ErrFormat)
	}
	return err
}

func (f *flat) messageKind(root int) byte {
	if at := f.field(root, 1); at != 0 {
		return f.byte(at)
	}
	return 0
}

// checkMetadata checks a vector of pairs of texts.
func (f *flat) checkMetadata(table, i int) {
	at, n := f.vector(table, i, 4)
	for k := 0; k < n && !f.bad; k++ {
		pair := f.follow(at + 4*k)
		f.vector(pair, 0, 1)
		f.vector(pair, 1, 1)
	}
}

func (f *flat) checkSchema(table int) {
	f.checkMetadata(table, 2)
	f.checkFields(table, 1, 0)
}

// checkFields checks the columns of a schema, or the parts of one.
func (f *flat) checkFields(table, i, depth int) {
	if depth > fieldDepth {
		f.bad = true
		return
	}
	at, n := f.vector(table, i, 4)
	for k := 0; k < n && !f.bad; k++ {
		field := f.follow(at + 4*k)
		f.vector(field, 0, 1) // its name
		f.checkMetadata(field, 6)
		if kind := f.field(field, 2); kind != 0 && f.byte(kind) == unionType {
			f.bad = true // arrow-go makes room for as many alternatives as are claimed
		}
		f.checkFields(field, 5, depth+1)
	}
}

// sized is a body: bytes in memory or in a file.
type sized interface {
	io.ReaderAt
	Size() int64
}

// checkBatch checks that the parts of a batch of rows lie in its body and returns to how many bytes
// they expand.
func (f *flat) checkBatch(table int, body sized, opt Options) (int64, error) {
	if table == 0 {
		f.bad = true
		return 0, nil
	}
	at, n := f.vector(table, 1, 16)
	for k := 0; k < n && !f.bad; k++ {
		rows, gaps := f.int64(at+16*k), f.int64(at+16*k+8)
		f.bad = f.bad || gaps < 0 || rows < gaps
	}
	at, n = f.vector(table, 2, 16)
	views, count := f.vector(table, 4, 8)
	for k := 0; k < count && !f.bad; k++ {
		v := f.int64(views + 8*k)
		f.bad = f.bad || v < 0 || v > int64(n)
	}
	compressed := f.field(table, 3) != 0
	total := body.Size()
	for k := 0; k < n && !f.bad; k++ {
		size, err := f.checkBuffer(at+16*k, body, compressed, opt)
		if total += size; err == nil && total > bodyBytes+body.Size() {
			err = fmt.Errorf("%w: an Arrow batch that expands to more than %d bytes; write smaller batches", ErrFormat, bodyBytes)
		}
		if err != nil {
			return 0, err
		}
	}
	return total, nil
}

// checkBuffer returns to how many bytes a compressed part of a body expands. Its first eight bytes
// say so; -1 is for one that is not compressed after all.
func (f *flat) checkBuffer(at int, body sized, compressed bool, opt Options) (int64, error) {
	start, n := f.int64(at), f.int64(at+8)
	if start < 0 || n < 0 || start%8 != 0 || start > body.Size() || n > body.Size()-start {
		f.bad = true
		return 0, nil
	}
	if !compressed || n == 0 {
		return 0, nil
	}
	if n < 8 {
		f.bad = true
		return 0, nil
	}
	var head [8]byte
	if _, err := body.ReadAt(head[:], start); err != nil {
		return 0, fmt.Errorf("%w: read an Arrow batch: %w", ErrFormat, err)
	}
	size := int64(binary.LittleEndian.Uint64(head[:]))
	if size == -1 {
		return 0, nil
	}
	if !opt.mayExpandTo(n, size) {
		return 0, fmt.Errorf("%w: %d bytes in an Arrow batch say that they expand to %d", ErrFormat, n, size)
	}
	return size, nil
}
