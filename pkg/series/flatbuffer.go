package series

import "encoding/binary"

// flat reads a FlatBuffer, whose tables point to one another by offsets:
// https://flatbuffers.dev/internals/
//
// Once something lies outside, bad is set and all that is read is zero.
type flat struct {
	data []byte
	left int // how many tables and bytes of text may still be visited: offsets may make two the same
	bad  bool
}

func newFlat(data []byte) *flat { return &flat{data: data, left: 4*len(data) + 1} }

// spend takes n off what may be visited.
func (f *flat) spend(n int) {
	f.left -= n
	f.bad = f.bad || f.left < 0
}

// bytes returns n bytes at a place, zeros where they are not there.
func (f *flat) bytes(at, n int) []byte {
	if f.bad || at < 0 || n < 0 || at > len(f.data)-n {
		f.bad = true
		return make([]byte, min(max(n, 0), 8))
	}
	return f.data[at : at+n]
}

func (f *flat) byte(at int) byte    { return f.bytes(at, 1)[0] }
func (f *flat) int16(at int) int    { return int(binary.LittleEndian.Uint16(f.bytes(at, 2))) }
func (f *flat) int64(at int) int64  { return int64(binary.LittleEndian.Uint64(f.bytes(at, 8))) }
func (f *flat) uint32(at int) int   { return int(binary.LittleEndian.Uint32(f.bytes(at, 4))) }
func (f *flat) follow(at int) int   { return at + f.uint32(at) }
func (f *flat) offset32(at int) int { return int(int32(f.uint32(at))) }

// field returns the place of a table's field, 0 where it has none.
func (f *flat) field(table, i int) int {
	fields := table - f.offset32(table)
	slot := 4 + 2*i
	if f.bad || slot+2 > f.int16(fields) {
		return 0
	}
	at := f.int16(fields + slot)
	if at == 0 || f.bad {
		return 0
	}
	return table + at
}

// table returns the place of the table to which a field points, 0 where it has none.
func (f *flat) table(table, i int) int {
	at := f.field(table, i)
	if at == 0 {
		return 0
	}
	f.spend(1)
	return f.follow(at)
}

// vector returns the place and length of the vector to which a field points, whose elements have
// this size.
func (f *flat) vector(table, i, size int) (at, n int) {
	at = f.field(table, i)
	if at == 0 {
		return 0, 0
	}
	at = f.follow(at)
	n = f.uint32(at)
	f.spend(n)
	if f.bad || n > (len(f.data)-at-4)/size {
		f.bad = true
		return 0, 0
	}
	return at + 4, n
}
