// Command hurst runs the system on this machine and talks to it: submit pipelines, look at runs and
// models, estimate Hurst exponents.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/longmemory/hurst/tools/hurst/internal/system"
)

// version is set when a release is built.
var version = ""

func main() {
	if len(os.Args) > 2 && os.Args[1] == "service" {
		// A service handles signals by itself.
		if code, ok := system.Main(os.Args[2], os.Args[3:]); ok {
			os.Exit(code)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, os.Getenv))
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// buildVersion is the release's version, or what the toolchain knows of the build.
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
