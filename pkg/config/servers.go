package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/longmemory/hurst/pkg/telemetry"
)

// Servers says where the servers are that every service talks to, and how it shows itself. Services
// embed it with `koanf:",squash"`, filled by [DefaultServers].
type Servers struct {
	NATSURL       string        `koanf:"nats_url" help:"NATS servers, comma-separated"`
	NATSUser      string        `koanf:"nats_user" help:"user at NATS; empty: none"`
	NATSPassword  Secret        `koanf:"nats_password" help:"password at NATS"`
	RedisAddr     string        `koanf:"redis_addr" help:"host:port of Redis"`
	RedisPassword Secret        `koanf:"redis_password" help:"password at Redis; empty: none"`
	S3            S3            `koanf:"s3"`
	OTLPEndpoint  string        `koanf:"otlp_endpoint" help:"receivers of traces (OTLP/HTTP), http://host:port, comma-separated; empty: none"`
	AdminListen   string        `koanf:"admin_listen" help:"host:port for /healthz, /readyz and /metrics; empty: off"`
	LogLevel      string        `koanf:"log_level" help:"debug, info, warn or error"`
	LogFormat     string        `koanf:"log_format" help:"text or json"`
	Grace         time.Duration `koanf:"grace" help:"time to drain after SIGTERM; keep it below the pod's terminationGracePeriodSeconds"`
}

// S3 says where artifacts are.
type S3 struct {
	Endpoint  string `koanf:"endpoint" help:"http://host:port, https://host or unix:///path.sock"`
	Bucket    string `koanf:"bucket" help:"bucket that holds everything"`
	Region    string `koanf:"region" help:"region that requests are signed for"`
	AccessKey string `koanf:"access_key" help:"access key; empty: anonymous"`
	SecretKey Secret `koanf:"secret_key" help:"secret key"`
}

// DefaultServers returns servers on this machine, on their usual ports.
func DefaultServers() Servers {
	return Servers{
		NATSURL:   "nats://127.0.0.1:4222",
		RedisAddr: "127.0.0.1:6379",
		S3:        S3{Endpoint: "http://127.0.0.1:9000", Bucket: "hurst", Region: "us-east-1"},
		LogLevel:  "info",
		LogFormat: "text",
		Grace:     10 * time.Second,
	}
}

// Common returns s itself: it lets generic code read the servers out of any configuration that
// embeds them.
func (s Servers) Common() Servers { return s }

// Validate reports everything that is wrong, by key.
func (s Servers) Validate() error {
	var errs []error
	for item := range strings.SplitSeq(s.NATSURL, ",") {
		u, err := url.Parse(strings.TrimSpace(item))
		if err != nil || u.Hostname() == "" || !natsScheme(u.Scheme) {
			errs = append(errs, fmt.Errorf("nats_url is %q: want nats://host:port, or tls, ws, wss", shown(u, item)))
		}
	}
	if s.NATSPassword != "" && s.NATSUser == "" {
		errs = append(errs, errors.New("nats_password is set without nats_user: set both or none"))
	}
	errs = append(errs, checkAddr("redis_addr", s.RedisAddr, 1), s.S3.validate())
	if s.AdminListen != "" {
		errs = append(errs, checkAddr("admin_listen", s.AdminListen, 0))
	}
	errs = append(errs, telemetry.Config{
		OTLPEndpoint: s.OTLPEndpoint, LogLevel: s.LogLevel, LogFormat: s.LogFormat,
	}.Validate())
	if s.Grace <= 0 {
		errs = append(errs, fmt.Errorf("grace is %v: want more than 0", s.Grace))
	}
	return errors.Join(errs...)
}

func (s S3) validate() error {
	var errs []error
	if !s.endpointOK() {
		errs = append(errs, fmt.Errorf("s3.endpoint is %q: want http://host:port, https://host or unix:///path.sock", s.Endpoint))
	}
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`).MatchString(s.Bucket) {
		errs = append(errs, fmt.Errorf("s3.bucket is %q: want 3 to 63 lower-case letters, digits, dots and dashes", s.Bucket))
	}
	if s.Region == "" {
		errs = append(errs, errors.New("s3.region is empty: want a name such as us-east-1"))
	}
	if (s.AccessKey == "") != (s.SecretKey == "") {
		errs = append(errs, errors.New("of s3.access_key and s3.secret_key, one is set: set both or none"))
	}
	return errors.Join(errs...)
}

func (s S3) endpointOK() bool {
	u, err := url.Parse(s.Endpoint)
	switch {
	case err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return false
	case u.Scheme == "unix":
		return u.Host == "" && filepath.IsAbs(u.Path)
	case u.Scheme == "http", u.Scheme == "https":
		return u.Hostname() != "" && (u.Path == "" || u.Path == "/")
	}
	return false
}

func natsScheme(s string) bool { return s == "nats" || s == "tls" || s == "ws" || s == "wss" }

// shown is a URL for an error message: without its password.
func shown(u *url.URL, text string) string {
	switch {
	case u != nil:
		return u.Redacted()
	case strings.Contains(text, "@"):
		return redacted
	}
	return clip(text)
}

func checkAddr(key, addr string, lowest int) error {
	host, port, err := net.SplitHostPort(addr)
	n, bad := strconv.Atoi(port)
	if err != nil || bad != nil || n < lowest || n > 65535 || strings.ContainsAny(host, "/@ ") || (host == "" && lowest > 0) {
		return fmt.Errorf("%s is %q: want host:port with a port of %d to 65535", key, clip(addr), lowest)
	}
	return nil
}
