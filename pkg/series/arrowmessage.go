package series

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

const (
	arrowMagic    = "ARROW1"
	arrowMark     = "\xff\xff\xff\xff" // begins a message, so that a stream begins with it
	metadataBytes = 16 << 20           // longest header of a message
	bodyBytes     = 1 << 30            // longest body
	fieldDepth    = 32                 // deepest nesting of types
	unionType     = 14
)

// Kinds of messages.
const (
	schemaMessage     = 1
	dictionaryMessage = 2
	batchMessage      = 3
)

// messages reads the messages of an Arrow stream and checks them before arrow-go reads them, for it
// makes room for what they claim. A file is a stream between two magic words, with a list of its
// messages at the end, which is not needed.
//
// It is the interface MessageReader of arrow-go.
type messages struct {
	in     io.Reader
	isFile bool
	opt    Options
	held   int64 // bytes of all dictionaries, which last as long as the stream
	err    error // of the input
}

func (m *messages) Retain()  {}
func (m *messages) Release() {}

// Message returns the next message, io.EOF after the last.
func (m *messages) Message() (*ipc.Message, error) {
	n, err := m.start()
	if err != nil {
		return nil, err
	}
	meta, err := m.take(n)
	if err != nil {
		return nil, err
	}
	f := newFlat(meta)
	root := f.follow(0)
	size := int64(0)
	if at := f.field(root, 3); at != 0 {
		size = f.int64(at)
	}
	if f.bad || size < 0 || size > bodyBytes {
		return nil, fmt.Errorf("%w: an Arrow message of %d bytes, at most %d; write smaller batches", ErrFormat, size, bodyBytes)
	}
	body, err := m.take(size)
	if err != nil {
		return nil, err
	}
	if err := m.check(f, root, body); err != nil {
		return nil, err
	}
	return ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body)), nil
}

// start reads how long the next message's header is.
func (m *messages) start() (int64, error) {
	var word [4]byte
	_, err := io.ReadFull(m.in, word[:])
	switch {
	case errors.Is(err, io.EOF) && !m.isFile: // a stream may just end
		return 0, io.EOF
	case err != nil:
		return 0, m.cut(err)
	}
	if string(word[:]) == arrowMark {
		if _, err := io.ReadFull(m.in, word[:]); err != nil {
			return 0, m.cut(err)
		}
	} // else it is from before version 0.15, and the length comes first
	n := int64(binary.LittleEndian.Uint32(word[:]))
	switch {
	case n == 0:
		return 0, io.EOF
	case n > metadataBytes:
		return 0, fmt.Errorf("%w: an Arrow message with a header of %d bytes, at most %d", ErrFormat, n, metadataBytes)
	}
	return n, nil
}

// take reads n bytes into memory that grows as they come.
func (m *messages) take(n int64) ([]byte, error) {
	var b bytes.Buffer
	if _, err := io.CopyN(&b, m.in, n); err != nil {
		return nil, m.cut(err)
	}
	return b.Bytes(), nil
}

// cut keeps a read's error, which does not get through arrow-go as it is.
func (m *messages) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: the Arrow data are cut off", ErrFormat)
	}
	m.err = err
	return err
}

func (m *messages) check(f *flat, root int, body []byte) error {
	f.checkMetadata(root, 4)
	kind, header := byte(0), f.table(root, 2)
	if at := f.field(root, 1); at != 0 {
		kind = f.byte(at)
	}
	var err error
	switch {
	case f.bad || header == 0:
		f.bad = true
	case kind == schemaMessage:
		f.checkSchema(header)
	case kind == dictionaryMessage:
		var n int64
		n, err = f.checkBatch(f.table(header, 1), body, m.opt)
		if m.held += n; err == nil && m.held > bodyBytes {
			err = fmt.Errorf("%w: Arrow dictionaries of more than %d bytes", ErrFormat, bodyBytes)
		}
	case kind == batchMessage:
		_, err = f.checkBatch(header, body, m.opt)
	default:
		return fmt.Errorf("%w: an Arrow message of kind %d, no table", ErrFormat, kind)
	}
	if f.bad {
		return fmt.Errorf("%w: an Arrow message is not well formed", ErrFormat)
	}
	return err
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

// checkBatch checks that the parts of a batch of rows lie in its body and returns to how many bytes
// they expand.
func (f *flat) checkBatch(table int, body []byte, opt Options) (int64, error) {
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
	total := int64(len(body))
	for k := 0; k < n && !f.bad; k++ {
		size, err := f.checkBuffer(at+16*k, body, compressed, opt)
		if total += size; err == nil && total > bodyBytes+int64(len(body)) {
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
func (f *flat) checkBuffer(at int, body []byte, compressed bool, opt Options) (int64, error) {
	start, n := f.int64(at), f.int64(at+8)
	if start < 0 || n < 0 || start%8 != 0 || start > int64(len(body)) || n > int64(len(body))-start {
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
	size := int64(binary.LittleEndian.Uint64(body[start:]))
	if size == -1 {
		return 0, nil
	}
	if !opt.mayExpandTo(n, size) {
		return 0, fmt.Errorf("%w: %d bytes in an Arrow batch say that they expand to %d", ErrFormat, n, size)
	}
	return size, nil
}
