// Command s3server is an S3 server over plain files for tests: versitygw as it comes, with MD5 ETags
// and metadata in extended attributes, unlike the embedded store of `hurst up`. Its own command needs
// SDKs that we have no other use for.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9000", "host:port")
	dir := flag.String("dir", "", "where buckets are folders")
	flag.Parse()
	if err := run(*listen, *dir, os.Getenv("ACCESS_KEY"), os.Getenv("SECRET_KEY")); err != nil {
		fmt.Fprintln(os.Stderr, "s3server:", err)
		os.Exit(1)
	}
}

// run serves until SIGTERM or SIGINT.
func run(listen, dir, access, secret string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return err
	}
	backend, err := posix.New(root, meta.XattrMeta{}, posix.PosixOpts{CopyObjectThreshold: 5 << 30, ForceNoTmpFile: false})
	if err != nil {
		return fmt.Errorf("open %s: %w", root, err)
	}
	return embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess:    access,
		RootUserSecret:    secret,
		IAMService:        auth.NewIAMServiceSingle(auth.Account{Access: access, Secret: secret, Role: auth.RoleAdmin}),
		Region:            "us-east-1",
		Ports:             []string{listen},
		MaxConnections:    1024,
		MaxRequests:       1024,
		MultipartMaxParts: 10000,
		KeepAlive:         true,
		Quiet:             true,
		DisableACLs:       true,
	})
}
