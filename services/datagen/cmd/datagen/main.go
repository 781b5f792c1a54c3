// Command datagen runs the datagen service alone.
package main

import (
	"os"

	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/datagen"
)

func main() {
	os.Exit(service.Main("datagen", datagen.DefaultConfig(), datagen.New))
}
