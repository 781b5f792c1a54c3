package seal

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
)

// fixed is a key that is always the same.
func fixed(b byte) Key {
	return Key{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize))}
}

func trust(name string, k Key) TrustedKey { return TrustedKey{Name: name, Key: k.Public()} }

func sign(t testing.TB, k Key, d artifact.Digest) []byte {
	t.Helper()
	s, err := Sign(k, d)
	require.NoError(t, err)
	return s
}

func TestSignedIsVerified(t *testing.T) {
	t.Parallel()
	alice, bob, digest := NewKey(), NewKey(), artifact.DigestOf([]byte("a bundle"))
	require.NotEqual(t, alice.Public(), bob.Public())
	trusted := []TrustedKey{trust("alice", alice), trust("bob", bob)}
	for i, k := range []Key{alice, bob} {
		s := sign(t, k, digest)
		require.Equal(t, s, sign(t, k, digest))
		require.Less(t, len(s), MaxSignature)
		who, err := Verify(trusted, digest, s)
		require.NoError(t, err)
		require.Equal(t, trusted[i], who)
	}
}

// TestSignatureIsOfRFC8032 checks a signature against a computation of its own with crypto/ed25519,
// which the form of what is signed depends on: it must never change.
func TestSignatureIsOfRFC8032(t *testing.T) {
	t.Parallel()
	k, digest := fixed(1), artifact.DigestOf(nil)
	id, raw, err := parse(sign(t, k, digest))
	require.NoError(t, err)
	require.Equal(t, k.Public().ID(), id)
	signed := "hurst signature of a SHA-256 digest, version 1\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	public := k.Public()
	require.True(t, ed25519.Verify(public.raw[:], []byte(signed), raw))
	require.Equal(t, "34750f98bd59fcfc946da45aaabe933b", id, "SHA-256 of the public key, by OpenSSL and sha256sum")
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	alice, bob, digest := fixed(1), fixed(2), artifact.DigestOf([]byte("a bundle"))
	trusted := []TrustedKey{trust("alice", alice)}
	good := sign(t, alice, digest)
	// bob signs, and says it was alice.
	_, raw, err := parse(sign(t, bob, digest))
	require.NoError(t, err)
	forged := compose(alice.Public().ID(), raw)
	for name, try := range map[string]struct {
		trusted   []TrustedKey
		digest    artifact.Digest
		signature []byte
		is        error
		says      string
	}{
		"unsigned":       {trusted, digest, nil, ErrUnsigned, "there is no signature"},
		"another key":    {trusted, digest, sign(t, bob, digest), ErrUntrusted, "only alice is trusted"},
		"nobody":         {nil, digest, good, ErrUntrusted, "no key is trusted"},
		"none of two":    {append(trusted, trust("carol", fixed(3))), digest, sign(t, bob, digest), ErrUntrusted, "none of the 2 trusted keys"},
		"another digest": {trusted, artifact.DigestOf([]byte("other")), good, ErrInvalid, "were changed"},
		"forged":         {trusted, digest, forged, ErrInvalid, "(alice), which did not sign digest"},
		"no digest":      {trusted, "abc", good, ErrInvalid, `"abc" is not a digest`},
		"too long":       {trusted, digest, make([]byte, MaxSignature+1), ErrInvalid, "257 bytes, at most 256"},
		"no line":        {trusted, digest, []byte("yes"), ErrInvalid, "want a line that begins with hurst-ed25519-v1"},
		"cut":            {trusted, digest, good[:len(good)-5], ErrInvalid, "64 bytes in base64"},
		"with more":      {trusted, digest, append(bytes.Clone(good), '\n'), ErrInvalid, "64 bytes in base64"},
		"without end":    {trusted, digest, bytes.TrimSpace(good), ErrInvalid, "64 bytes in base64"},
	} {
		who, err := Verify(try.trusted, try.digest, try.signature)
		require.ErrorIs(t, err, try.is, name)
		require.ErrorContains(t, err, try.says, name)
		require.Zero(t, who, name)
	}
}

func TestNoByteOfASignatureCanChange(t *testing.T) {
	t.Parallel()
	k, digest := fixed(1), artifact.DigestOf(nil)
	good := sign(t, k, digest)
	for i := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			_, err := Verify([]TrustedKey{trust("alice", k)}, digest, bad)
			require.Error(t, err, "byte %d, bit %d", i, bit)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	_, err := Sign(fixed(1), "ABC")
	require.ErrorContains(t, err, `"ABC" is not a digest: want 64 hexadecimal digits`)
	require.PanicsWithValue(t, "seal: the zero Key is no key", func() { _, _ = Sign(Key{}, artifact.DigestOf(nil)) })
}

func TestPrivateKeysAreNotPrinted(t *testing.T) {
	t.Parallel()
	k := fixed(7)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		require.Equal(t, "private key "+k.Public().ID(), fmt.Sprintf(verb, k), verb)
	}
	require.Equal(t, "no private key", fmt.Sprint(Key{}))
}

func FuzzVerify(f *testing.F) {
	k, digest := fixed(1), artifact.DigestOf(nil)
	good := sign(f, k, digest)
	f.Add(good)
	f.Add([]byte("hurst-ed25519-v1  "))
	f.Add(good[:60])
	f.Fuzz(func(t *testing.T, signature []byte) {
		_, err := Verify([]TrustedKey{trust("alice", k)}, digest, signature)
		require.Equal(t, bytes.Equal(signature, good), err == nil)
	})
}
