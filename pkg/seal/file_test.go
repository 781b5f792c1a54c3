package seal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path, k := filepath.Join(t.TempDir(), "key.pem"), NewKey()
	require.NoError(t, WriteKey(path, k))
	about, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), about.Mode().Perm())
	back, err := ReadKey(path)
	require.NoError(t, err)
	require.Equal(t, k.private, back.private)

	require.ErrorContains(t, WriteKey(path, NewKey()), "exists, and a key is not overwritten")
	back, err = ReadKey(path)
	require.NoError(t, err)
	require.Equal(t, k.Public(), back.Public())
	require.Error(t, WriteKey(filepath.Join(path, "below a file"), k))
	require.ErrorContains(t, WriteKey(filepath.Join(t.TempDir(), "x"), Key{}), "there is no key")
}

// The private key of RFC 8410, section 10.3, and its public key there.
const (
	rfcKey    = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n"
	rfcPublic = "ed25519 Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
)

func TestKeysAreOfRFC8410(t *testing.T) {
	t.Parallel()
	k, err := parseKey([]byte(rfcKey))
	require.NoError(t, err)
	require.Equal(t, rfcPublic, k.Public().String())
	data, err := encodeKey(k)
	require.NoError(t, err)
	require.Equal(t, rfcKey, string(data))
}

func TestReadKeyRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	for want, path := range map[string]string{
		"has mode 0644, which lets others at it: chmod 0600": file("world", rfcKey, 0o644),
		"has mode 0620, which lets others at it":             file("group", rfcKey, 0o620),
		"is not a regular file":                              dir,
		"no such file":                                       filepath.Join(dir, "none"),
		"is larger than 4096 bytes":                          file("large", strings.Repeat("x", maxKeyBytes+1), 0o600),
		"it is not PEM":                                      file("text", "secret", 0o600),
		`it holds "ENCRYPTED PRIVATE KEY": want an unenc`:    file("encrypted", strings.ReplaceAll(rfcKey, "PRIVATE", "ENCRYPTED PRIVATE"), 0o600),
		"something follows the key":                          file("two", rfcKey+rfcKey, 0o600),
		"it is damaged":                                      file("damaged", strings.Replace(rfcKey, "MC4CAQ", "MC4CAA", 1), 0o400),
	} {
		k, err := ReadKey(path)
		require.ErrorContains(t, err, want)
		require.Zero(t, k)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestTrustedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "trusted")
	alice, bob := trust("alice@example.org", fixed(1)), trust("bob", fixed(2))
	text := "# who may sign\n\n" + alice.String() + "\r\n  \t" + bob.String() + "  \n#" + bob.String()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	require.NoError(t, os.Chmod(path, 0o644))
	keys, err := ReadTrusted(path)
	require.NoError(t, err)
	require.Equal(t, []TrustedKey{alice, bob}, keys)

	require.NoError(t, os.Chmod(path, 0o664))
	_, err = ReadTrusted(path)
	require.ErrorContains(t, err, "has mode 0664, which lets others at it: chmod 0644")
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, os.WriteFile(path, []byte("ssh-rsa x y"), 0o600))
	_, err = ReadTrusted(path)
	require.ErrorContains(t, err, "trusted: line 1: 3 words, the first \"ssh-rsa\"")
}

func TestParseTrustedRefuses(t *testing.T) {
	t.Parallel()
	key := rfcPublic
	for want, text := range map[string]string{
		"there is no key in it":              "# nobody\n",
		"line 2: 2 words":                    "\n" + key,
		"line 1: 4 words":                    key + " a b",
		"is not a public key: want 32 bytes": "ed25519 AAAA a",
		`"AAA" is not a public key`:          "ed25519 AAA a",
		"the name \"a/b\": want":             key + " a/b",
		"the name \"é\": want":               key + " é",
		"at most 64 letters":                 key + " " + strings.Repeat("a", 65),
		"the name a comes twice":             key + " a\n" + fixed(1).Public().String() + " a",
		"the key of b is that of a":          key + " a\n" + key + " b",
		"65537 bytes, at most 65536":         strings.Repeat("\n", maxTrustedBytes+1),
	} {
		_, err := ParseTrusted([]byte(text))
		require.ErrorContains(t, err, want)
	}
	var many strings.Builder
	for i := range maxTrustedKeys + 1 {
		k := PublicKey{[32]byte{byte(i), byte(i >> 8)}}
		many.WriteString(TrustedKey{strings.Repeat("a", i%60+1) + string(rune('A'+i/60)), k}.String() + "\n")
	}
	_, err := ParseTrusted([]byte(many.String()))
	require.ErrorContains(t, err, "line 257: more than 256 keys")
}

func FuzzParseTrusted(f *testing.F) {
	f.Add([]byte(rfcPublic + " a\n# b\n"))
	f.Add([]byte("ed25519 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= alice@example.org"))
	f.Add([]byte("ed25519\x00 = \xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := ParseTrusted(data)
		if err != nil {
			return
		}
		var text strings.Builder
		for _, k := range keys {
			text.WriteString(k.String() + "\n")
		}
		again, err := ParseTrusted([]byte(text.String()))
		require.NoError(t, err)
		require.Equal(t, keys, again)
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte(rfcKey))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := parseKey(data)
		if err != nil {
			require.Zero(t, k)
			return
		}
		text, err := encodeKey(k)
		require.NoError(t, err)
		again, err := parseKey(text)
		require.NoError(t, err)
		require.Equal(t, k.private, again.private)
	})
}
