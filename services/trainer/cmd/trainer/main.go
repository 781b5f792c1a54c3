// Command trainer runs the trainer service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/trainer"
)

func main() {
	os.Exit(service.Main("trainer", trainer.DefaultConfig(), trainer.New))
}
