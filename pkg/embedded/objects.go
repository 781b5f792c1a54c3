package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

// Bucket is where the embedded object store keeps everything, and its region.
const (
	Bucket = "hurst"
	region = "us-east-1"
)

// objectsReady is how long the object store may take to listen.
const objectsReady = 10 * time.Second

// objects is a running S3 server.
type objects struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // why it ended; read after done
}

// startObjects starts the S3 server over the files in root, on a unix socket.
func startObjects(root, socket, accessKey, secretKey string, log *slog.Logger) (*objects, error) {
	if err := os.Mkdir(filepath.Join(root, Bucket), 0o700); err == nil {
		err = syncPath(root)
		if err != nil {
			return nil, err
		}
	} else if !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	if err := removeIfThere(socket); err != nil { // left by a process that was killed
		return nil, err
	}
	if err := removeUnfinished(root); err != nil {
		return nil, err
	}
	backend, err := newFiles(root, log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := &objects{cancel: cancel, done: make(chan struct{})}
	listening := make(chan struct{})
	cfg := &embedgw.Config{
		RootUserAccess:    accessKey,
		RootUserSecret:    secretKey,
		IAMService:        newAccount(accessKey, secretKey),
		Region:            region,
		Ports:             []string{socket},
		SocketPerm:        "0600",
		MaxConnections:    1024,
		MaxRequests:       1024,
		MultipartMaxParts: 10000,
		KeepAlive:         true,
		Quiet:             true,
		DisableACLs:       true,
		S3Options:         []s3api.Option{s3api.WithOnListen(func() { close(listening) })},
	}
	go func() {
		defer close(o.done)
		o.err = embedgw.RunVersityGW(ctx, backend, cfg)
		backend.Shutdown() // again, for it returns early from some errors
	}()
	select {
	case <-listening:
		if err := answers(socket); err != nil {
			o.stop()
			return nil, fmt.Errorf("start the object store on %s: %w", socket, err)
		}
		return o, nil
	case <-o.done:
		cancel()
		return nil, fmt.Errorf("start the object store on %s: %w", socket, o.err)
	case <-time.After(objectsReady):
		o.stop()
		return nil, fmt.Errorf("start the object store: it does not listen on %s after %v", socket, objectsReady)
	}
}

// answers waits until a server answers on a socket, whatever it says. The object store calls itself
// listening a moment before it serves, and a stop within that moment would leave it serving for ever.
func answers(socket string) error {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), objectsReady)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://s3/", nil)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("it does not answer: %w", err)
	}
	return response.Body.Close()
}

// removeUnfinished removes the uploads that a killed process did not finish.
func removeUnfinished(root string) error {
	buckets, err := os.ReadDir(root)
	for _, bucket := range buckets {
		err = errors.Join(err, os.RemoveAll(filepath.Join(root, bucket.Name(), posix.MetaTmpDir)))
	}
	return err
}

// stop ends the server, which finishes the requests it has for up to 10 seconds, and waits for it.
func (o *objects) stop() {
	o.cancel()
	<-o.done
}
