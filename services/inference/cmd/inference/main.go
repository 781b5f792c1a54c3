// Command inference runs the inference service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/inference"
)

func main() {
	os.Exit(service.Main("inference", inference.DefaultConfig(), inference.New))
}
