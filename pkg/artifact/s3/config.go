package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// DefaultRegion is the region of a Config that names none.
const DefaultRegion = "us-east-1"

// Config says where the store is and who asks.
type Config struct {
	Endpoint  string // http://host:port, https://host or unix:///absolute/path.sock
	Bucket    string // made if missing
	Region    string // empty: DefaultRegion
	AccessKey string
	SecretKey string
}

// String leaves the keys out, so that a Config can be printed.
func (c Config) String() string { return fmt.Sprintf("bucket %s at %s", c.Bucket, c.Endpoint) }

// GoString leaves the keys out as well.
func (c Config) GoString() string { return c.String() }

// Validate names the first field that cannot be right.
func (c Config) Validate() error {
	if _, err := c.parseEndpoint(); err != nil {
		return err
	}
	if err := s3utils.CheckValidBucketNameStrict(c.Bucket); err != nil {
		return fmt.Errorf("s3 bucket %q: %w (3 to 63 lower-case letters, digits, dots and hyphens)", c.Bucket, err)
	}
	if c.AccessKey == "" || c.SecretKey == "" {
		return errors.New("the s3 access key or secret key is empty: set both")
	}
	return nil
}

func (c Config) parseEndpoint() (*url.URL, error) {
	const want = "want http://host:port, https://host or unix:///absolute/path.sock"
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("s3 endpoint is not a URL: %s", want) // not quoted: it may hold a password
	}
	if u.User != nil {
		return nil, fmt.Errorf("s3 endpoint for host %q holds credentials: give them as access key and secret key", u.Host)
	}
	switch u.Scheme {
	case "unix":
		if u.Host != "" || !filepath.IsAbs(u.Path) {
			return nil, fmt.Errorf("s3 endpoint %q: %s", c.Endpoint, want)
		}
	case "http", "https":
		if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return nil, fmt.Errorf("s3 endpoint %q: %s, without a path", c.Endpoint, want)
		}
	default:
		return nil, fmt.Errorf("s3 endpoint %q: %s", c.Endpoint, want)
	}
	return u, nil
}

// client builds the one way in which we talk to S3: path-style addresses, no checksums of our own
// in the headers (objects are checked by digest, and some servers refuse the trailing form), no
// retries below ours, connections that are kept.
func (c Config) client() (*minio.Core, *http.Transport, error) {
	u, err := c.parseEndpoint()
	if err != nil {
		return nil, nil, err
	}
	dialer := &net.Dialer{Timeout: answerTime, KeepAlive: 30 * time.Second}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		TLSHandshakeTimeout:   answerTime,
		DisableCompression:    true,
		ForceAttemptHTTP2:     true,
	}
	host := u.Host
	if u.Scheme == "unix" {
		host = "localhost"
		transport.Proxy = nil
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", u.Path)
		}
	}
	core, err := minio.NewCore(host, &minio.Options{
		Creds:        credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:       u.Scheme == "https",
		Transport:    transport,
		Region:       c.Region,
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   1,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("s3 endpoint %q: %w", c.Endpoint, err)
	}
	return core, transport, nil
}
