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
// makes room for what they claim. It is arrow-go's interface MessageReader.
type messages struct {
	in  io.Reader
	opt Options
	claims
	err error // of the input
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
	if f.bad {
		return nil, fmt.Errorf("%w: an Arrow message is not well formed", ErrFormat)
	}
	if size < 0 || size > bodyBytes {
		return nil, fmt.Errorf("%w: an Arrow message of %d bytes, at most %d; write smaller batches", ErrFormat, size, bodyBytes)
	}
	body, err := m.take(size)
	if err != nil {
		return nil, err
	}
	if err := m.check(f, root, bytes.NewReader(body), m.opt); err != nil {
		return nil, err
	}
	return ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body)), nil
}

// start reads how long the next message's header is.
func (m *messages) start() (int64, error) {
	var word [4]byte
	_, err := io.ReadFull(m.in, word[:])
	switch {
	case errors.Is(err, io.EOF): // a stream may just end
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
