// Command deployer runs the deployer service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/deployer"
)

func main() {
	os.Exit(service.Main("deployer", deployer.DefaultConfig(), deployer.New))
}
