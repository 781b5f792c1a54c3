// Command extractor runs the extractor service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/extractor"
)

func main() {
	os.Exit(service.Main("extractor", extractor.DefaultConfig(), extractor.New))
}
