// Command tuner runs the tuner service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/tuner"
)

func main() {
	os.Exit(service.Main("tuner", tuner.DefaultConfig(), tuner.New))
}
