// Command gateway runs the gateway service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/gateway"
)

func main() {
	os.Exit(service.Main("gateway", gateway.DefaultConfig(), gateway.New))
}
