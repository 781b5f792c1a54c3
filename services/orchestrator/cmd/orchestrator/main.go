// Command orchestrator runs the orchestrator service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/orchestrator"
)

func main() {
	os.Exit(service.Main("orchestrator", orchestrator.DefaultConfig(), orchestrator.New))
}
