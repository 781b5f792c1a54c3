package seal_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/seal"
)

func Example() {
	dir, err := os.MkdirTemp("", "seal")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	// Once, whoever signs: a key in a file, and a line for those who are to trust it.
	key, path := seal.NewKey(), filepath.Join(dir, "signing.pem")
	if err := seal.WriteKey(path, key); err != nil {
		panic(err)
	}
	line := seal.TrustedKey{Name: "alice", Key: key.Public()}.String()

	// For each bundle.
	digest := artifact.DigestOf([]byte("a bundle"))
	signature, err := seal.Sign(key, digest)
	if err != nil {
		panic(err)
	}

	// Whoever gets it.
	trusted, err := seal.ParseTrusted([]byte(line))
	if err != nil {
		panic(err)
	}
	who, err := seal.Verify(trusted, digest, signature)
	fmt.Println(who.Name, err)
	_, err = seal.Verify(trusted, digest, nil)
	fmt.Println(err)
	// Output:
	// alice <nil>
	// there is no signature
}
