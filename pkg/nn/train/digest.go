package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash"
	"math"
)

// digest sums up what a result depends on.
type digest struct {
	hash hash.Hash
	buf  []byte
}

func newDigest(what string) *digest {
	d := &digest{hash: sha256.New()}
	d.bytes([]byte(what))
	return d
}

// bytes takes in bytes behind their number, so that no two sequences of calls look the same.
func (d *digest) bytes(b []byte) {
	d.number(uint64(len(b)))
	d.flush()
	d.hash.Write(b)
}

func (d *digest) number(v uint64) {
	d.buf = binary.LittleEndian.AppendUint64(d.buf, v)
	if len(d.buf) >= 8192 {
		d.flush()
	}
}

func (d *digest) float(v float64) { d.number(math.Float64bits(v)) }

func (d *digest) floats(v []float32) {
	d.number(uint64(len(v)))
	for _, x := range v {
		d.number(uint64(math.Float32bits(x)))
	}
}

// json takes in a value that has a JSON form.
func (d *digest) json(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic("train: digest of a value without a JSON form: " + err.Error())
	}
	d.bytes(text)
}

func (d *digest) flush() {
	d.hash.Write(d.buf)
	d.buf = d.buf[:0]
}

func (d *digest) sum() (s [32]byte) {
	d.flush()
	d.hash.Sum(s[:0])
	return s
}
