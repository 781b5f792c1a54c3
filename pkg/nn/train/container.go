package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// A state is, in this order, numbers little-endian:
//
//	magic     8 bytes, with the version
//	header    its length as 4 bytes, JSON
//	sections  their number as 4 bytes; of each, its length as 8 bytes, and the bytes
//	digest    SHA-256 of all before
const magic = "hurstfit"

// Limits of a state, which may come from outside.
const (
	maxHeader   = 1 << 20
	maxSections = 4096
)

// ErrState is what errors about a state wrap: it is damaged, or another job's.
var ErrState = errors.New("not a state of this training")

// pack makes a state.
func pack(header any, sections [][]byte) []byte {
	text, err := json.Marshal(header)
	if err != nil {
		panic("train: a state without a JSON form: " + err.Error())
	}
	size := len(magic) + 4 + len(text) + 4 + sha256.Size
	for _, s := range sections {
		size += 8 + len(s)
	}
	b := append(make([]byte, 0, size), magic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	b = append(b, text...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(sections)))
	for _, s := range sections {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// unpack reads a state. The sections share its memory.
func unpack(data []byte, header any) ([][]byte, error) {
	if len(data) < len(magic)+sha256.Size || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrState)
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, fmt.Errorf("%w: its digest does not fit", ErrState)
	}
	r := reader{body[len(magic):]}
	text := r.take(r.number(4), maxHeader)
	count := r.number(4)
	if text == nil || count > maxSections {
		return nil, fmt.Errorf("%w: its header does not fit", ErrState)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrState, err)
	}
	sections := make([][]byte, 0, count)
	for range count {
		s := r.take(r.number(8), math.MaxInt64)
		if s == nil {
			return nil, fmt.Errorf("%w: section %d does not fit", ErrState, len(sections))
		}
		sections = append(sections, s)
	}
	if len(r.rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes behind its end", ErrState, len(r.rest))
	}
	return sections, nil
}

// reader takes parts from the front of bytes.
type reader struct{ rest []byte }

// number returns a number of so many bytes, or one that nothing has if they are not there.
func (r *reader) number(width int) uint64 {
	if len(r.rest) < width {
		r.rest = nil
		return math.MaxUint64
	}
	var b [8]byte
	copy(b[:], r.rest[:width])
	r.rest = r.rest[width:]
	return binary.LittleEndian.Uint64(b[:])
}

// take returns the next n bytes, or nil if there are not so many or n is above most.
func (r *reader) take(n, most uint64) []byte {
	if n > most || n > uint64(len(r.rest)) {
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

func floatBytes(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// readFloats fills dst from bytes. It fails where these are not as many, or a value is not finite.
func readFloats(dst []float32, b []byte) error {
	if len(b) != 4*len(dst) {
		return fmt.Errorf("%w: %d bytes for %d numbers", ErrState, len(b), len(dst))
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	if !allFinite(dst) {
		return fmt.Errorf("%w: a number is not finite", ErrState)
	}
	return nil
}
