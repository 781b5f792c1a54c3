package inference

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/artifact"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

// cacheKey is all that an answer depends on.
type cacheKey struct {
	values [sha256.Size]byte // digest of the values as little-endian float64: for a stored series, of its object
	level  float64
	bundle artifact.Digest
}

// cache remembers the answers that were asked for most lately. It is safe for concurrent use; nil
// remembers nothing.
type cache struct {
	answers *lru.Cache[cacheKey, *predictv1.Prediction]
}

func newCache(entries int) (*cache, error) {
	if entries == 0 {
		return nil, nil
	}
	answers, err := lru.New[cacheKey, *predictv1.Prediction](entries)
	return &cache{answers}, err
}

// get returns a copy of the answer, or nil.
func (c *cache) get(key cacheKey) *predictv1.Prediction {
	if c == nil {
		return nil
	}
	p, ok := c.answers.Get(key)
	if !ok {
		return nil
	}
	p = proto.CloneOf(p)
	p.Cached = true
	return p
}

// put remembers a copy of the answer.
func (c *cache) put(key cacheKey, p *predictv1.Prediction) {
	if c != nil {
		c.answers.Add(key, proto.CloneOf(p))
	}
}

// digest is the digest that an object with these values has.
func digest(values []float64) [sha256.Size]byte {
	h := sha256.New()
	var block [4096]byte
	for len(values) > 0 {
		n := min(len(values), len(block)/8)
		for i, v := range values[:n] {
			binary.LittleEndian.PutUint64(block[8*i:], math.Float64bits(v))
		}
		h.Write(block[:8*n])
		values = values[n:]
	}
	return [sha256.Size]byte(h.Sum(nil))
}
