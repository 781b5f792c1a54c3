package trainer

import "github.com/longmemory/hurst/pkg/worker"

// Config of the trainer service.
type Config struct {
	worker.Settings `koanf:",squash"`
}

// DefaultConfig returns what holds where nothing is configured.
func DefaultConfig() Config { return Config{worker.DefaultSettings()} }
