package trainer

import (
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/worker"
)

// Config of the trainer service.
type Config struct {
	worker.Settings `koanf:",squash"`

	FrameworkPriority []string      `koanf:"framework_priority" help:"engines of neural networks in the order in which they are tried: cuda, native, gorgonia"`
	Checkpoint        time.Duration `koanf:"checkpoint" help:"least time between two checkpoints of a training"`
	Threads           int           `koanf:"threads" help:"threads that one network is trained with; 0: one for each core. The result does not depend on it"`
}

// DefaultConfig returns what holds where nothing is configured.
func DefaultConfig() Config {
	return Config{Settings: worker.DefaultSettings(), FrameworkPriority: engine.Priority(), Checkpoint: 2 * time.Second}
}

// Validate names the first setting that cannot work.
func (c *Config) Validate() error {
	if err := engine.Check(c.FrameworkPriority); err != nil {
		return fmt.Errorf("framework_priority: %w", err)
	}
	if c.Checkpoint < 10*time.Millisecond || c.Checkpoint > time.Hour {
		return fmt.Errorf("checkpoint: %s; allowed: 10ms to 1h", c.Checkpoint)
	}
	if c.Threads < 0 || c.Threads > 256 {
		return fmt.Errorf("threads: %d; allowed: 0 (one for each core) to 256", c.Threads)
	}
	return c.Settings.Validate()
}
