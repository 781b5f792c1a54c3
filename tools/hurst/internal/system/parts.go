package system

import (
	"context"

	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/services/datagen"
	"github.com/longmemory/hurst/services/deployer"
	"github.com/longmemory/hurst/services/extractor"
	"github.com/longmemory/hurst/services/gateway"
	"github.com/longmemory/hurst/services/inference"
	"github.com/longmemory/hurst/services/orchestrator"
	"github.com/longmemory/hurst/services/trainer"
	"github.com/longmemory/hurst/services/tuner"
)

// part is one service: how to open it in this process, and its main as a program of its own.
type part struct {
	name string
	rank rank
	open func(ctx context.Context, s settings, env service.Env) (service.Part, error)
	main func(args []string) int
}

// rank is the order of stopping: first those who work, then those who decide, then the one who
// shows it all and keeps the traces of the others.
type rank int

const (
	works rank = iota
	decides
	shows
	ranks
)

// settings are what services are told beyond their defaults.
type settings struct {
	servers  config.Servers
	listen   string // of the gateway
	traceDir string // of the gateway
}

// parts are all services, in the order in which they are started.
func parts() []part {
	return []part{
		define("gateway", shows, gateway.DefaultConfig, gateway.New, func(c *gateway.Config, s settings) {
			c.Servers, c.Listen, c.TraceDir = s.servers, s.listen, s.traceDir
		}),
		define("orchestrator", decides, orchestrator.DefaultConfig, orchestrator.New,
			func(c *orchestrator.Config, s settings) { c.Servers = s.servers }),
		define("deployer", decides, deployer.DefaultConfig, deployer.New,
			func(c *deployer.Config, s settings) { c.Servers = s.servers }),
		define("inference", decides, inference.DefaultConfig, inference.New,
			func(c *inference.Config, s settings) { c.Servers = s.servers }),
		define("datagen", works, datagen.DefaultConfig, datagen.New,
			func(c *datagen.Config, s settings) { c.Servers = s.servers }),
		define("extractor", works, extractor.DefaultConfig, extractor.New,
			func(c *extractor.Config, s settings) { c.Servers = s.servers }),
		define("tuner", works, tuner.DefaultConfig, tuner.New,
			func(c *tuner.Config, s settings) { c.Servers = s.servers }),
		define("trainer", works, trainer.DefaultConfig, trainer.New,
			func(c *trainer.Config, s settings) { c.Servers = s.servers }),
	}
}

func define[C any, P service.Part](
	name string, r rank, defaults func() C,
	build func(context.Context, C, service.Env) (P, error), adopt func(*C, settings),
) part {
	return part{
		name: name,
		rank: r,
		open: func(ctx context.Context, s settings, env service.Env) (service.Part, error) {
			cfg := defaults()
			adopt(&cfg, s)
			p, err := build(ctx, cfg, env)
			if err != nil {
				return nil, err // not p: a nil pointer in an interface is not nil
			}
			return p, nil
		},
		main: func(args []string) int { return service.MainArgs(name, args, defaults(), build) },
	}
}

// Names lists the services.
func Names() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// Main is the main function of the service with this name. It tells whether there is one.
func Main(name string, args []string) (code int, ok bool) {
	for _, p := range parts() {
		if p.name == name {
			return p.main(args), true
		}
	}
	return 0, false
}
