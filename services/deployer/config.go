package deployer

import (
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/config"
)

// Config of the deployer.
type Config struct {
	config.Servers `koanf:",squash"`

	Refresh time.Duration `koanf:"refresh" help:"how often the pointers that replicas watch are compared with the registry"`
}

// DefaultConfig returns what holds where nothing is configured.
func DefaultConfig() Config {
	return Config{Servers: config.DefaultServers(), Refresh: 10 * time.Second}
}

// Validate names the first setting that cannot work.
func (c *Config) Validate() error {
	if c.Refresh < time.Second {
		return fmt.Errorf("refresh: %s is too short; allowed: 1s or more", c.Refresh)
	}
	return c.Servers.Validate()
}
