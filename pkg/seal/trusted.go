package seal

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
)

const algorithm = "ed25519"

// What a file of trusted keys may hold.
const (
	maxTrustedBytes = 64 << 10
	maxTrustedKeys  = 256
	maxName         = 64 // bytes
)

// TrustedKey is a public key and whose it is.
type TrustedKey struct {
	Name string // 1 to 64 letters, digits and any of ._@+-
	Key  PublicKey
}

// String returns the key's line in a file of trusted keys.
func (t TrustedKey) String() string { return t.Key.String() + " " + t.Name }

// ReadTrusted reads a file of trusted keys; see [ParseTrusted]. A file that others may write to is
// refused: whoever can add a key to it decides what is trusted.
func ReadTrusted(path string) ([]TrustedKey, error) {
	data, err := read(path, maxTrustedBytes, groupWrite|othersWrite)
	if err != nil {
		return nil, fmt.Errorf("trusted keys: %w", err)
	}
	keys, err := ParseTrusted(data)
	if err != nil {
		return nil, fmt.Errorf("trusted keys: %s: %w", path, err)
	}
	return keys, nil
}

// ParseTrusted reads trusted keys, at most 256 in 64 KiB, one in each line:
//
//	ed25519 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= alice@example.org
//
// Empty lines, and those that begin with #, say nothing. No key and no name may come twice. That there
// is no key at all is an error, for it would be trust in nobody.
func ParseTrusted(data []byte) ([]TrustedKey, error) {
	if len(data) > maxTrustedBytes {
		return nil, fmt.Errorf("%d bytes, at most %d", len(data), maxTrustedBytes)
	}
	var keys []TrustedKey
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		key, err := parseTrusted(words)
		if err == nil {
			err = fits(keys, key)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key in it")
	}
	return keys, nil
}

func parseTrusted(words []string) (t TrustedKey, err error) {
	if len(words) != 3 || words[0] != algorithm {
		return t, fmt.Errorf("%d words, the first %.20q: want ed25519, a public key in base64, and a name", len(words), words[0])
	}
	raw, err := encoding.DecodeString(words[1])
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return t, fmt.Errorf("%.60q is not a public key: want %d bytes in base64", words[1], ed25519.PublicKeySize)
	}
	if err := checkName(words[2]); err != nil {
		return t, err
	}
	t.Name = words[2]
	copy(t.Key.raw[:], raw)
	return t, nil
}

func checkName(name string) error {
	odd := func(c rune) bool {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		return !letter && (c < '0' || c > '9') && !strings.ContainsRune("._@+-", c)
	}
	if len(name) > maxName || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("the name %.80q: want at most %d letters, digits and any of ._@+-", name, maxName)
	}
	return nil
}

func fits(keys []TrustedKey, key TrustedKey) error {
	if len(keys) == maxTrustedKeys {
		return fmt.Errorf("more than %d keys", maxTrustedKeys)
	}
	for _, k := range keys {
		if k.Name == key.Name {
			return fmt.Errorf("the name %s comes twice", key.Name)
		}
		if k.Key == key.Key {
			return fmt.Errorf("the key of %s is that of %s", key.Name, k.Name)
		}
	}
	return nil
}
