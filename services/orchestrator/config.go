package orchestrator

import (
	"fmt"
	"time"

	"github.com/longmemory/hurst/pkg/config"
)

// Config of the orchestrator.
type Config struct {
	config.Servers `koanf:",squash"`

	TaskTimeout time.Duration `koanf:"task_timeout" help:"longest time that one attempt at a task may take"`
	TaskRetries int           `koanf:"task_retries" help:"how often asynq runs an attempt again after a transient failure"`
	LostAfter   time.Duration `koanf:"lost_after" help:"silence after which a worker counts as lost"`
}

// DefaultConfig returns what holds where nothing is configured.
func DefaultConfig() Config {
	return Config{
		Servers:     config.DefaultServers(),
		TaskTimeout: 6 * time.Hour,
		TaskRetries: 8,
		LostAfter:   3 * time.Second,
	}
}

// Validate names the first setting that cannot work.
func (c *Config) Validate() error {
	switch {
	case c.TaskTimeout < time.Second:
		return fmt.Errorf("task_timeout: %s is too short; allowed: 1s or more", c.TaskTimeout)
	case c.TaskRetries < 0 || c.TaskRetries > 100:
		return fmt.Errorf("task_retries: %d; allowed: 0 to 100", c.TaskRetries)
	case c.LostAfter < 2*time.Second:
		return fmt.Errorf("lost_after: %s is too short, workers speak once a second; allowed: 2s or more", c.LostAfter)
	}
	return c.Servers.Validate()
}
