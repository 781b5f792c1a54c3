package process

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Stream is a stream of random numbers. It is not safe for concurrent use.
type Stream struct {
	*rand.Rand
	bits   *rand.ChaCha8
	normal xoshiro
}

// Source returns the random stream that belongs to (seed, stage, index). It is the one way in which
// the project derives randomness: never from time or from who does the work, so that the same
// triple gives the same numbers anywhere, and different triples give independent ones.
//
// The stream is ChaCha8 under the SHA-256 of the seed, the stage's length and text, and the index,
// numbers as eight little-endian bytes. [Stream.Normals] have a faster generator under the same key.
func Source(seed uint64, stage string, index uint64) *Stream {
	k := key(seed, stage, index)
	bits := rand.NewChaCha8(k)
	return &Stream{Rand: rand.New(bits), bits: bits, normal: newXoshiro(k)}
}

// Reset makes the stream the one that [Source] returns for the triple, without taking memory.
func (s *Stream) Reset(seed uint64, stage string, index uint64) {
	k := key(seed, stage, index)
	s.bits.Seed(k)
	s.normal = newXoshiro(k)
}

func key(seed uint64, stage string, index uint64) [32]byte {
	var buf [128]byte
	b := binary.LittleEndian.AppendUint64(buf[:0], seed)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(stage)))
	b = append(b, stage...)
	b = binary.LittleEndian.AppendUint64(b, index)
	return sha256.Sum256(b)
}
