package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
	"github.com/longmemory/hurst/tools/hurst/internal/system"
)

// upFlags are those of commands that start a system.
type upFlags struct {
	listen    string
	natsPort  int
	redis     string
	processes bool
	logLevel  string
}

func (a *app) upCommand() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run everything on this machine",
		Long: "Run everything on this machine until Ctrl-C: NATS, Redis and an S3 server, all embedded and on\n" +
			"loopback only, and the eight services. What is in the data directory survives.",
		Example: "  hurst up\n  hurst up --data ./data --listen 127.0.0.1:0 --processes",
		GroupID: groupSystem,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.up(cmd.Context(), f) },
	}
	a.dataFlag(cmd)
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "host:port of the gateway (HTTP); port 0 takes a free one")
	cmd.Flags().IntVar(&f.natsPort, "nats-port", 0, "port of NATS on 127.0.0.1 (default: a free one)")
	cmd.Flags().StringVar(&f.redis, "redis", "", "host:port of a real Redis instead of the embedded one; password in HURST_REDIS_PASSWORD")
	cmd.Flags().BoolVar(&f.processes, "processes", false, "run each service as a process of its own")
	cmd.Flags().StringVar(&f.logLevel, "log-level", "warn", "debug, info, warn or error")
	return cmd
}

// ready is what `hurst up --json` prints when all is there.
type ready struct {
	Ready      bool     `json:"ready"`
	Seconds    float64  `json:"seconds"`
	GatewayURL string   `json:"gateway_url"`
	NATSURL    string   `json:"nats_url"`
	Data       string   `json:"data"`
	PID        int      `json:"pid"`
	Processes  bool     `json:"processes"`
	Services   []string `json:"services"`
}

func (a *app) up(ctx context.Context, f upFlags) error {
	begun := time.Now()
	dir, err := a.dir()
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return err
	}
	sys, err := a.start(ctx, dir, f)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	a.announce(sys.Endpoints(), dir, f, time.Since(begun))

	var failed error
	select {
	case <-ctx.Done():
	case failed = <-sys.Failed():
	}
	if !a.json {
		a.printf("stopping …\n")
	}
	stopping := time.Now()
	err = errors.Join(failed, sys.Stop())
	if err == nil && !a.json {
		a.printf("stopped after %s\n", screen.Duration(time.Since(stopping)))
	}
	return err
}

// start starts a system for this program.
func (a *app) start(ctx context.Context, dir string, f upFlags) (*system.System, error) {
	if err := (telemetry.Config{LogLevel: f.logLevel}).Validate(); err != nil {
		return nil, usage("%w", err)
	}
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return nil, usage("--listen is %q; want host:port such as 127.0.0.1:8080", f.listen)
	}
	if f.natsPort < 0 || f.natsPort > 65535 {
		return nil, usage("--nats-port is %d; allowed: 0 to 65535", f.natsPort)
	}
	self, err := os.Executable()
	if err != nil && f.processes {
		return nil, err
	}
	return system.Start(ctx, system.Config{
		Dir: dir, Listen: f.listen, NATSPort: f.natsPort,
		RedisAddr: f.redis, RedisPassword: a.getenv("HURST_REDIS_PASSWORD"),
		Processes: f.processes, Executable: self,
		Receivers: client.Receivers("", a.getenv),
		LogLevel:  f.logLevel, Log: a.logs, Version: buildVersion(),
	})
}

func (a *app) announce(e embedded.Endpoints, dir string, f upFlags, took time.Duration) {
	if a.json {
		_ = a.printJSON(ready{
			Ready: true, Seconds: took.Seconds(), GatewayURL: e.GatewayURL, NATSURL: e.NATS.URL,
			Data: dir, PID: e.PID, Processes: f.processes, Services: system.Names(),
		})
		return
	}
	a.printf("%s in %s at %s, data in %s; next: %s\n",
		a.paint.Good("ready"), screen.Duration(took), e.GatewayURL, dir, a.paint.Bold(a.command("quickstart")))
}

// command writes a command to type next, with the flag that finds the same system.
func (a *app) command(words ...string) string {
	line := "hurst " + strings.Join(words, " ")
	switch {
	case a.nats != "":
		line += " --nats " + quote(a.nats)
	case a.data != "":
		line += " --data " + quote(a.data)
	}
	return line
}

// quote makes a word safe to paste into a shell.
func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-:+=@%,", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
