package gateway

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/longmemory/hurst/pkg/config"
)

// Config of the gateway.
type Config struct {
	config.Servers `koanf:",squash"`

	Listen   string `koanf:"listen" help:"host:port for HTTP; port 0: any free one"`
	TraceDir string `koanf:"trace_dir" help:"directory, of this gateway alone, for the traces of the last while; empty: in memory"`
}

// DefaultConfig returns what holds where nothing is configured.
func DefaultConfig() Config {
	return Config{Servers: config.DefaultServers(), Listen: "127.0.0.1:8080"}
}

// Validate names the settings that cannot work.
func (c *Config) Validate() error {
	_, port, err := net.SplitHostPort(c.Listen)
	n, bad := strconv.Atoi(port)
	if err != nil || bad != nil || n < 0 || n > 65535 {
		err = fmt.Errorf("listen: %q; allowed: host:port, such as 127.0.0.1:8080, or :8080 for all addresses", c.Listen)
	}
	return errors.Join(err, c.Servers.Validate())
}
