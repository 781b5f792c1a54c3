package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

const (
	keyMode     = 0o600
	maxKeyBytes = 4 << 10
	pemType     = "PRIVATE KEY"
)

// WriteKey writes a key to a new file that only its owner may read, in the form that OpenSSL has
// (PKCS #8 in PEM, RFC 8410), and returns when it is on the disk. It never overwrites a file.
func WriteKey(path string, k Key) error {
	data, err := encodeKey(k)
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyMode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write key: %s exists, and a key is not overwritten: give another path, or move that file away", path)
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write key: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// ReadKey reads a key that [WriteKey] or OpenSSL ("openssl genpkey -algorithm ed25519") has written. A
// file that others than its owner may read or write is refused.
func ReadKey(path string) (Key, error) {
	data, err := read(path, maxKeyBytes, groupAll|othersAll)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	k, err := parseKey(data)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %s: %w", path, err)
	}
	return k, nil
}

func encodeKey(k Key) ([]byte, error) {
	if k.private == nil {
		return nil, errors.New("there is no key")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// parseKey tells nothing of what it read: it may be a secret.
func parseKey(data []byte) (Key, error) {
	block, rest := pem.Decode(data)
	if block == nil {
		return Key{}, errors.New("it is not PEM: want a file that begins with -----BEGIN PRIVATE KEY-----")
	}
	if block.Type != pemType {
		return Key{}, fmt.Errorf("it holds %.40q: want an unencrypted %q", block.Type, pemType)
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return Key{}, errors.New("something follows the key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, errors.New("it is damaged: want a private key in PKCS #8")
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("it is a %T: want an ed25519 key", parsed)
	}
	return Key{private}, nil
}
