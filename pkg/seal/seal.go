// Package seal signs digests with ed25519 keys and checks such signatures against the keys that a
// person trusts (RFC 8032; in Go's crypto/ed25519).
//
// A model's bundle is signed by the digest of its bytes without a signature, so that a signature can
// travel in the bundle itself. A signature says who vouches for the bytes, not that they are harmless
// or good: decoding stays as careful as it is without.
package seal

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/longmemory/hurst/pkg/artifact"
)

// Why a signature is not good; errors of [Verify] wrap one of them.
var (
	ErrUnsigned  = errors.New("there is no signature")
	ErrUntrusted = errors.New("the signature is of a key that is not trusted")
	ErrInvalid   = errors.New("the signature is not valid")
)

// A signature is one line: the scheme, the key's ID and the signature proper in base64.
const (
	scheme = "hurst-ed25519-v1"
	// MaxSignature is more than any signature has, in bytes.
	MaxSignature = 256
)

// What is signed is the digest behind these words, lest a signature of something else that a key
// signs, in another program, pass for one of a digest.
const preamble = "hurst signature of a SHA-256 digest, version 1\n"

// encoding is base64 in its one canonical form.
var encoding = base64.StdEncoding.Strict()

// Key is a private key. However it is printed, only its ID shows. The zero value is no key.
type Key struct{ private ed25519.PrivateKey }

// NewKey returns a fresh key from the system's source of randomness.
func NewKey() Key {
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) // it never fails: the program ends where there is no randomness
	return Key{ed25519.NewKeyFromSeed(seed)}
}

// Public returns the key's public half.
func (k Key) Public() PublicKey {
	if k.private == nil {
		panic("seal: the zero Key is no key")
	}
	var p PublicKey
	copy(p.raw[:], k.private[ed25519.SeedSize:])
	return p
}

// Format implements [fmt.Formatter], for every verb.
func (k Key) Format(f fmt.State, _ rune) {
	if k.private == nil {
		fmt.Fprint(f, "no private key")
		return
	}
	fmt.Fprintf(f, "private key %s", k.Public().ID())
}

// PublicKey is the half of a key that others may know. It can be compared with ==.
type PublicKey struct{ raw [ed25519.PublicKeySize]byte }

// ID names the key in signatures and for people: the first 32 hexadecimal digits of its SHA-256.
func (p PublicKey) ID() string {
	sum := sha256.Sum256(p.raw[:])
	return hex.EncodeToString(sum[:16])
}

// String returns the key as a line of trusted keys has it: "ed25519" and base64.
func (p PublicKey) String() string { return algorithm + " " + encoding.EncodeToString(p.raw[:]) }

// Sign returns a key's signature of a digest, of less than [MaxSignature] bytes of text. Equal keys and
// digests give equal signatures. It panics without a key.
func Sign(k Key, digest artifact.Digest) ([]byte, error) {
	id := k.Public().ID()
	if !digest.Valid() {
		return nil, fmt.Errorf("sign: %.80q is not a digest: want 64 hexadecimal digits", string(digest))
	}
	return compose(id, ed25519.Sign(k.private, message(digest))), nil
}

// Verify checks that a signature of a digest was made with one of the trusted keys, and returns that
// one. An error wraps [ErrUnsigned], [ErrUntrusted] or [ErrInvalid].
func Verify(trusted []TrustedKey, digest artifact.Digest, signature []byte) (TrustedKey, error) {
	var none TrustedKey
	if len(signature) == 0 {
		return none, ErrUnsigned
	}
	id, raw, err := parse(signature)
	if err != nil {
		return none, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if !digest.Valid() {
		return none, fmt.Errorf("%w: %.80q is not a digest: want 64 hexadecimal digits", ErrInvalid, string(digest))
	}
	for _, t := range trusted {
		if t.Key.ID() != id {
			continue
		}
		if !ed25519.Verify(t.Key.raw[:], message(digest), raw) {
			return none, fmt.Errorf("%w: it names key %s (%s), which did not sign digest %s: the bytes or the signature were changed",
				ErrInvalid, id, t.Name, digest.Short())
		}
		return t, nil
	}
	return none, fmt.Errorf("%w: it names key %s, and %s", ErrUntrusted, id, among(trusted))
}

func among(trusted []TrustedKey) string {
	switch len(trusted) {
	case 0:
		return "no key is trusted"
	case 1:
		return "only " + trusted[0].Name + " is trusted"
	}
	return fmt.Sprintf("none of the %d trusted keys is that one", len(trusted))
}

func message(d artifact.Digest) []byte { return []byte(preamble + string(d)) }

func compose(id string, raw []byte) []byte {
	return []byte(scheme + " " + id + " " + encoding.EncodeToString(raw) + "\n")
}

// parse takes a signature apart. It takes the one form only that compose writes, so that a signature
// cannot be changed at all.
func parse(signature []byte) (id string, raw []byte, err error) {
	if len(signature) > MaxSignature {
		return "", nil, fmt.Errorf("%d bytes, at most %d", len(signature), MaxSignature)
	}
	parts := strings.Split(string(signature), " ")
	if len(parts) != 3 || parts[0] != scheme {
		return "", nil, fmt.Errorf("%.40q: want a line that begins with %s", signature, scheme)
	}
	raw, err = encoding.DecodeString(strings.TrimSuffix(parts[2], "\n"))
	if err != nil || len(raw) != ed25519.SignatureSize || string(compose(parts[1], raw)) != string(signature) {
		return "", nil, fmt.Errorf("%.40q: want a line with a key's ID and %d bytes in base64", signature, ed25519.SignatureSize)
	}
	return parts[1], raw, nil
}
