// Package artifact is durable truth: immutable bytes named by their SHA-256, and small documents
// that change only by compare-and-set. It says what a store must offer; adapters offer it.
package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
)

// MaxObject is the largest object in bytes that [Get] reads: four times a shard's target size.
const MaxObject = 64 << 20

// What a store's methods return, possibly wrapped, when the key or the condition is the matter.
var (
	ErrNotFound = errors.New("no such key")
	ErrConflict = errors.New("the key's content is not what the condition asks for")
)

// Store keeps documents under keys such as "runs/ab12/state.json". All methods are safe for
// concurrent use. A key must not be a folder of another ("x" beside "x/y").
type Store interface {
	// Read returns the document under key. ErrNotFound: there is none.
	Read(ctx context.Context, key string) (Document, error)
	// Write stores data under key if cond holds, whole or not at all, and returns its new ETag.
	// ErrConflict: cond does not hold.
	Write(ctx context.Context, key string, data []byte, cond Condition) (etag string, err error)
	// Exists tells whether there is a document under key.
	Exists(ctx context.Context, key string) (bool, error)
	// Delete removes the document under key, if there is one.
	Delete(ctx context.Context, key string) error
	// List yields the keys that start with prefix, in lexical order, recursively.
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
}

// Document is the content of a key at one moment.
type Document struct {
	Data []byte
	ETag string // opaque; changes with the content
}

// Condition says when a write may happen and how safe it must be. The zero value always writes.
type Condition struct {
	Absent  bool   // only where the key does not exist
	Match   string // only where the key's ETag is this; empty: do not ask
	Durable bool   // return only when the bytes outlive a power cut
}

// Digest is a SHA-256 as 64 hexadecimal digits.
type Digest string

// DigestOf returns the digest of data.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest(hex.EncodeToString(sum[:]))
}

// Valid tells whether d has the form of a digest.
func (d Digest) Valid() bool {
	if len(d) != 2*sha256.Size {
		return false
	}
	for _, c := range d {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Short returns the first 12 digits, for people.
func (d Digest) Short() string { return string(d[:min(12, len(d))]) }

// Key returns where the object with this digest lives.
func (d Digest) Key() string { return "objects/" + string(d) }

// Ref names immutable bytes.
type Ref struct {
	Digest Digest `json:"digest"`
	Size   int64  `json:"size"` // bytes
	Type   string `json:"type"` // media type
}

// LostError says that an object's bytes are gone or damaged. Whoever can compute them again should.
type LostError struct {
	Digest Digest
	Reason string
}

func (e *LostError) Error() string {
	return fmt.Sprintf("object %s is lost: %s", e.Digest.Short(), e.Reason)
}

// Put stores data as an object and returns its reference. Storing the same bytes twice is one object.
func Put(ctx context.Context, s Store, data []byte, mediaType string) (Ref, error) {
	ref := Ref{Digest: DigestOf(data), Size: int64(len(data)), Type: mediaType}
	if len(data) > MaxObject {
		return ref, fmt.Errorf("object of %d bytes is larger than the limit of %d", len(data), MaxObject)
	}
	_, err := s.Write(ctx, ref.Digest.Key(), data, Condition{Absent: true})
	if errors.Is(err, ErrConflict) {
		return ref, mend(ctx, s, ref, data)
	}
	if err != nil {
		return ref, fmt.Errorf("store object %s: %w", ref.Digest.Short(), err)
	}
	return ref, nil
}

// mend rewrites an object that exists but does not hold its bytes, as after a power cut.
func mend(ctx context.Context, s Store, ref Ref, data []byte) error {
	_, err := Get(ctx, s, ref)
	var lost *LostError
	if !errors.As(err, &lost) {
		return err
	}
	_, err = s.Write(ctx, ref.Digest.Key(), data, Condition{})
	return err
}

// Get returns an object's bytes, checked against its digest. A missing or damaged object is a
// *[LostError].
func Get(ctx context.Context, s Store, ref Ref) ([]byte, error) {
	if !ref.Digest.Valid() {
		return nil, fmt.Errorf("%q is not a digest: want 64 hexadecimal digits", ref.Digest)
	}
	doc, err := s.Read(ctx, ref.Digest.Key())
	if errors.Is(err, ErrNotFound) {
		return nil, &LostError{ref.Digest, "it is not in the store"}
	}
	if err != nil {
		return nil, fmt.Errorf("read object %s: %w", ref.Digest.Short(), err)
	}
	if DigestOf(doc.Data) != ref.Digest {
		return nil, &LostError{ref.Digest, fmt.Sprintf("its %d bytes do not match the digest", len(doc.Data))}
	}
	return doc.Data, nil
}
