// Package client finds a running system and talks to it: by the endpoints that `hurst up` leaves in
// its data directory, or by addresses that a person gives.
package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/telemetry"
)

const closeLimit = 2 * time.Second

// Options says which system is meant. What is set by hand wins over what a data directory says.
type Options struct {
	Data     string // data directory; empty: [DefaultData]
	DataSet  bool   // a person named Data, which then wins over an address from the environment
	NATSURL  string // address given by hand; empty: none
	NATSUser string
	Getenv   func(string) string
	Version  string
	Log      io.Writer // warnings; nil: standard error
}

// DefaultData is where a system keeps its data unless told otherwise: hurst under XDG_DATA_HOME, or
// under ~/.local/share.
func DefaultData(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hurst"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.New(fault.Invalid, "no data directory: %w; name one with --data", err)
	}
	return filepath.Join(home, ".local", "share", "hurst"), nil
}

// Find returns the endpoints of the system that is meant. PID is zero when it was named by address;
// then only what was given is known.
func Find(o Options) (embedded.Endpoints, error) {
	url := o.NATSURL
	if url == "" && !o.DataSet {
		url = o.Getenv("HURST_NATS_URL")
	}
	if url != "" {
		return named(o, url), nil
	}
	dir := o.Data
	if dir == "" {
		var err error
		if dir, err = DefaultData(o.Getenv); err != nil {
			return embedded.Endpoints{}, err
		}
	}
	endpoints, err := embedded.ReadEndpoints(dir)
	if errors.Is(err, embedded.ErrNotRunning) {
		return endpoints, fault.New(fault.Unavailable, "no system is running (or it is still starting) in %s: start one with `hurst up`, or name another with --data or --nats", dir)
	}
	return endpoints, err
}

// named is a system given by address and by the variables that services are configured with.
func named(o Options, url string) embedded.Endpoints {
	user := o.NATSUser
	if user == "" {
		user = o.Getenv("HURST_NATS_USER")
	}
	region, bucket := o.Getenv("HURST_S3_REGION"), o.Getenv("HURST_S3_BUCKET")
	if region == "" {
		region = "us-east-1"
	}
	if bucket == "" {
		bucket = "hurst"
	}
	return embedded.Endpoints{
		NATS:  embedded.NATSEndpoint{URL: url, User: user, Password: o.Getenv("HURST_NATS_PASSWORD")},
		Redis: embedded.RedisEndpoint{Addr: o.Getenv("HURST_REDIS_ADDR"), Password: o.Getenv("HURST_REDIS_PASSWORD")},
		S3: embedded.S3Endpoint{
			Endpoint: o.Getenv("HURST_S3_ENDPOINT"), Bucket: bucket, Region: region,
			AccessKey: o.Getenv("HURST_S3_ACCESS_KEY"), SecretKey: o.Getenv("HURST_S3_SECRET_KEY"),
		},
		OTLP: o.Getenv("HURST_OTLP_ENDPOINT"),
	}
}

// Client is a connection to a system. Close it.
type Client struct {
	*rpc.Conn
	Endpoints embedded.Endpoints
	Telemetry *telemetry.Telemetry
}

// Dial connects to the system that is meant.
func Dial(ctx context.Context, o Options) (*Client, error) {
	endpoints, err := Find(o)
	if err != nil {
		return nil, err
	}
	return DialTo(ctx, endpoints, o)
}

// DialTo connects to the system with these endpoints.
func DialTo(ctx context.Context, endpoints embedded.Endpoints, o Options) (*Client, error) {
	tel, err := telemetry.Start(ctx, telemetry.Config{
		Service: "cli", Version: o.Version, LogLevel: "error", LogOutput: o.Log,
		OTLPEndpoint: Receivers(endpoints.OTLP, o.Getenv),
	})
	if err != nil {
		return nil, fault.New(fault.Invalid, "start tracing: %w", err)
	}
	conn, err := rpc.Connect(ctx, rpc.Config{
		URL: endpoints.NATS.URL, User: endpoints.NATS.User, Password: endpoints.NATS.Password,
		Name: "hurst-cli", Logger: tel.Logger, Tracer: tel.Tracer,
	})
	if err != nil {
		return nil, errors.Join(err, tel.Shutdown(ctx))
	}
	return &Client{Conn: conn, Endpoints: endpoints, Telemetry: tel}, nil
}

// Receivers lists where traces go: to the system's own keeper and to the collector that the person
// has set up for everything.
func Receivers(keeper string, getenv func(string) string) string {
	own := getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	switch {
	case own == "" || own == keeper:
		return keeper
	case keeper == "":
		return own
	}
	return keeper + "," + own
}

// Close sends the spans that are left and ends the connection. What cannot be sent within a moment
// is given up.
func (c *Client) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	if err := errors.Join(c.Telemetry.Shutdown(ctx), c.Conn.Close(ctx)); err != nil {
		return fmt.Errorf("close the connection: %w", err)
	}
	return nil
}
