package keeper

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A segment is a sequence of records, each a header and a ResourceSpans message:
//
//	length of the message   uint32, little-endian
//	CRC-32C of the message  uint32, little-endian
//	message                 at most maxRecord bytes
//
// Segments are only appended to. What a crash leaves half-written fails the length or the checksum,
// and the segment ends before it.
const (
	recordHeader = 8
	maxRecord    = 1 << 20
)

// errTorn says that the bytes at hand do not begin with a whole record.
var errTorn = errors.New("no whole record")

func checksum(message []byte) uint32 {
	return crc32.Checksum(message, crc32.MakeTable(crc32.Castagnoli))
}

// appendRecord appends a record to dst. The message must not be larger than maxRecord.
func appendRecord(dst, message []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(message)))
	dst = binary.LittleEndian.AppendUint32(dst, checksum(message))
	return append(dst, message...)
}

// readRecord returns the message of the record that data begins with, as a part of data, and how
// many bytes the record takes.
func readRecord(data []byte) (message []byte, size int, err error) {
	if len(data) < recordHeader {
		return nil, 0, errTorn
	}
	length := binary.LittleEndian.Uint32(data)
	if length > maxRecord || int(length) > len(data)-recordHeader {
		return nil, 0, errTorn
	}
	size = recordHeader + int(length)
	message = data[recordHeader:size]
	if checksum(message) != binary.LittleEndian.Uint32(data[4:]) {
		return nil, 0, errTorn
	}
	return message, size, nil
}

// scan calls fn for every readable record of a segment with its place, and returns how many bytes
// of the segment are whole records. A record that is whole but no message is skipped.
func scan(data []byte, fn func(at place, spans *tracepb.ResourceSpans)) int {
	offset := 0
	for {
		message, size, err := readRecord(data[offset:])
		if err != nil {
			return offset
		}
		var spans tracepb.ResourceSpans
		if proto.Unmarshal(message, &spans) == nil {
			fn(place{offset, size}, &spans)
		}
		offset += size
	}
}

// place is where a record lies in its segment.
type place struct{ offset, size int }
