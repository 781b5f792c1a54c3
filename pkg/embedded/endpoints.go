package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// Endpoints says where the servers of one process are and how to be let in. It holds passwords:
// printing and logging leave them out, JSON does not.
type Endpoints struct {
	PID        int           `json:"pid"`
	NATS       NATSEndpoint  `json:"nats"`
	Redis      RedisEndpoint `json:"redis"`
	S3         S3Endpoint    `json:"s3"`
	GatewayURL string        `json:"gateway_url,omitempty"` // set by the caller
	OTLP       string        `json:"otlp,omitempty"`        // where traces go; set by the caller
}

// NATSEndpoint is a NATS server.
type NATSEndpoint struct {
	URL      string `json:"url"`
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
}

// RedisEndpoint is a Redis server.
type RedisEndpoint struct {
	Addr     string `json:"addr"`
	Password string `json:"password,omitempty"`
}

// S3Endpoint is an S3 server and the bucket to use in it.
type S3Endpoint struct {
	Endpoint  string `json:"endpoint"` // http://…, https://… or unix:///path
	Bucket    string `json:"bucket"`
	Region    string `json:"region"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// String leaves the password out.
func (e NATSEndpoint) String() string { return e.URL }

// String leaves the password out.
func (e RedisEndpoint) String() string { return "redis://" + e.Addr }

// String leaves the keys out.
func (e S3Endpoint) String() string { return e.Endpoint + " bucket " + e.Bucket }

// String leaves the secrets out.
func (e Endpoints) String() string {
	return fmt.Sprintf("process %d: %v, %v, %v", e.PID, e.NATS, e.Redis, e.S3)
}

// GoString leaves the password out.
func (e NATSEndpoint) GoString() string { return e.String() }

// GoString leaves the password out.
func (e RedisEndpoint) GoString() string { return e.String() }

// GoString leaves the keys out.
func (e S3Endpoint) GoString() string { return e.String() }

// GoString leaves the secrets out.
func (e Endpoints) GoString() string { return e.String() }

// LogValue leaves the secrets out.
func (e Endpoints) LogValue() slog.Value { return slog.StringValue(e.String()) }

// ErrNotRunning says that no process is using a data directory. It is an fs.ErrNotExist.
var ErrNotRunning = fmt.Errorf("nothing is running there: %w", fs.ErrNotExist)

// maxEndpointsFile bounds what is read of an endpoints file.
const maxEndpointsFile = 64 << 10

func endpointsPath(dir string) string { return filepath.Join(dir, runFolder, "endpoints.json") }

// WriteEndpoints leaves e in dir, readable for this user only, for other processes to find with
// [ReadEndpoints]. [Servers.Close] removes it.
func WriteEndpoints(dir string, e Endpoints) error {
	data, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	path := endpointsPath(dir)
	file, err := os.CreateTemp(filepath.Dir(path), ".endpoints-*") // with mode 0600
	if err != nil {
		return explainDir(dir, fmt.Errorf("write endpoints: %w", err))
	}
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return explainDir(dir, fmt.Errorf("write endpoints: %w", err))
	}
	return nil
}

// ReadEndpoints returns what the process that uses dir has written there. [ErrNotRunning]: there is
// no such process, or it is not ready yet.
func ReadEndpoints(dir string) (Endpoints, error) {
	path := endpointsPath(dir)
	if !isLocked(dir) {
		return Endpoints{}, fmt.Errorf("data directory %s: %w", dir, ErrNotRunning)
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Endpoints{}, fmt.Errorf("data directory %s: %w (or it is still starting)", dir, ErrNotRunning)
	}
	if err != nil {
		return Endpoints{}, fmt.Errorf("read endpoints: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxEndpointsFile+1))
	if err != nil {
		return Endpoints{}, fmt.Errorf("read endpoints: %w", err)
	}
	e, err := decodeEndpoints(data)
	if err != nil {
		return Endpoints{}, fmt.Errorf("read endpoints %s: %w (restart what uses this directory)", path, err)
	}
	return e, nil
}

func decodeEndpoints(data []byte) (Endpoints, error) {
	var e Endpoints
	if len(data) > maxEndpointsFile {
		return e, fmt.Errorf("the file has more than %d bytes", maxEndpointsFile)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return Endpoints{}, err
	}
	if e.PID <= 0 || e.NATS.URL == "" || e.Redis.Addr == "" || e.S3.Endpoint == "" {
		return Endpoints{}, errors.New("pid, nats.url, redis.addr or s3.endpoint is missing")
	}
	return e, nil
}
