// Package process generates series whose Hurst exponent is known.
package process

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Source returns the random stream that belongs to (seed, stage, index). It is the one way in which
// the project derives randomness: never from time or from who does the work, so that the same
// triple gives the same numbers anywhere, and different triples give independent ones.
//
// The stream is ChaCha8 under the SHA-256 of the seed, the stage's length and text, and the index,
// numbers as eight little-endian bytes.
func Source(seed uint64, stage string, index uint64) *rand.Rand {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, 64), seed)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(stage)))
	b = append(b, stage...)
	b = binary.LittleEndian.AppendUint64(b, index)
	return rand.New(rand.NewChaCha8(sha256.Sum256(b)))
}
