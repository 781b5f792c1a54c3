package series

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/parquet/compress"
)

const (
	deltaPacked = 5       // the encoding DELTA_BINARY_PACKED
	deltaBlock  = 1 << 16 // most values in a block of it; 128 is usual
)

// checkBody looks into a page where claims are hidden in it: in a block of Snappy or Zstandard, the
// size to which it expands, and in packed differences, the size of their blocks.
func (p *pages) checkBody(body io.Reader, h pageHeader) error {
	delta := h.encoding == deltaPacked && h.kind != dictionaryPage
	packed := !p.isPlain(h) && (p.codec == compress.Codecs.Snappy || p.codec == compress.Codecs.Zstd)
	if !delta && !packed {
		return nil
	}
	var data bytes.Buffer // it grows by what is there
	if _, err := io.CopyN(&data, body, h.packed); err != nil {
		return err
	}
	values := data.Bytes()[h.levels:]
	if !p.isPlain(h) {
		var err error
		if values, err = p.expand(values, h.size-h.levels); err != nil {
			return err
		}
	}
	if delta {
		return p.checkDelta(values, h)
	}
	return nil
}

// expand returns the size bytes for which data stand, and fails if they are more or fewer.
func (p *pages) expand(data []byte, size int64) ([]byte, error) {
	if size == 0 && len(data) == 0 { // a page of gaps only
		return nil, nil
	}
	codec, err := compress.GetCodec(p.codec)
	if err != nil {
		return nil, err
	}
	switch p.codec {
	case compress.Codecs.Snappy:
		if n, k := binary.Uvarint(data); k <= 0 || n != uint64(size) {
			return nil, errExpands
		}
		data, err = compress.Decode(codec, make([]byte, size), data)
	case compress.Codecs.Zstd:
		data, err = expandStream(codec, data, size)
	default: // into the room that is given
		data, err = compress.Decode(codec, make([]byte, size), data)
	}
	if err == nil && int64(len(data)) != size {
		err = errExpands
	}
	return data, err
}

var errExpands = errors.New("it does not expand to the size that its header says")

func expandStream(codec compress.Codec, data []byte, size int64) ([]byte, error) {
	streaming, ok := codec.(compress.StreamingCodec)
	if !ok {
		return nil, fmt.Errorf("codec %T is no stream", codec)
	}
	r := streaming.NewReader(bytes.NewReader(data))
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, size+1))
}

// checkDelta checks the size of the blocks of packed differences, for which arrow-go makes room.
// In pages of version 1 the levels come before them, each kind with its length in front.
func (p *pages) checkDelta(data []byte, h pageHeader) error {
	for range p.levels {
		if h.kind == dataPageV2 {
			break
		}
		if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
			return errors.New("its levels are cut off")
		}
		data = data[4+binary.LittleEndian.Uint32(data):]
	}
	n, k := binary.Uvarint(data)
	if k < 0 || n > deltaBlock {
		return fmt.Errorf("differences packed in blocks of %d, at most %d", n, deltaBlock)
	}
	return nil // nothing at all, with k = 0, are no values
}
