package inference

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/nn/engine"
)

// Config of an inference replica.
type Config struct {
	config.Servers `koanf:",squash"`

	Models       []string      `koanf:"models" help:"names of the models whose champions are served"`
	Refresh      time.Duration `koanf:"refresh" help:"how often the registry is asked for the champions, besides being told of them at once"`
	Queue        int           `koanf:"queue" help:"series in hand at once; requests beyond that are refused as overloaded"`
	Workers      int           `koanf:"workers" help:"batches computed at once; 0: one for each core"`
	CacheEntries int           `koanf:"cache_entries" help:"answers remembered, about 1 KiB each; 0: none"`

	FrameworkPriority []string `koanf:"framework_priority" help:"engines of neural networks in the order in which they are tried: cuda, native, gorgonia"`
}

// DefaultConfig returns what holds where nothing is configured.
func DefaultConfig() Config {
	return Config{
		Servers: config.DefaultServers(),
		Models:  []string{"hurst"},
		Refresh: 10 * time.Second,
		Queue:   4096, CacheEntries: 10_000,
		FrameworkPriority: engine.Priority(),
	}
}

// Validate names the settings that cannot work.
func (c *Config) Validate() error {
	var errs []error
	if len(c.Models) == 0 || slices.Contains(c.Models, "") || len(c.Models) > 64 {
		errs = append(errs, fmt.Errorf("models: %q; allowed: 1 to 64 names", c.Models))
	}
	if c.Refresh < time.Second {
		errs = append(errs, fmt.Errorf("refresh: %s is too short; allowed: 1s or more", c.Refresh))
	}
	if c.Queue < maxSeries || c.Queue > 1<<20 {
		errs = append(errs, fmt.Errorf("queue: %d; allowed: %d (the largest request) to %d", c.Queue, maxSeries, 1<<20))
	}
	if c.Workers < 0 || c.Workers > 1024 {
		errs = append(errs, fmt.Errorf("workers: %d; allowed: 0 (one for each core) to 1024", c.Workers))
	}
	if c.CacheEntries < 0 || c.CacheEntries > 10_000_000 {
		errs = append(errs, fmt.Errorf("cache_entries: %d; allowed: 0 (no cache) to 10000000", c.CacheEntries))
	}
	if err := engine.Check(c.FrameworkPriority); err != nil {
		errs = append(errs, fmt.Errorf("framework_priority: %w", err))
	}
	return errors.Join(append(errs, c.Servers.Validate())...)
}
