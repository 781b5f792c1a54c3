package doctor

import (
	"fmt"
	"runtime"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/kernel"
	"github.com/longmemory/hurst/pkg/nn/native"
	"github.com/longmemory/hurst/tools/hurst/internal/netbench"
)

// Engines looks which engines of neural networks work here, and how fast each is on one core.
func Engines() []Check {
	list, err := engine.Of()
	if err != nil {
		return []Check{{Name: "engines", State: Failed, Found: err.Error()}}
	}
	checks := []Check{kernels()}
	for _, c := range list {
		check := Check{Name: "engine " + c.Name, State: OK}
		e, err := c.Probe()
		switch {
		case err != nil && c.Name == engine.CUDA:
			check.State, check.Found = Skipped, err.Error()
		case err != nil:
			check.State, check.Found, check.Hint = Failed, err.Error(), "networks are computed by another engine"
		default:
			check = measured(check, e)
		}
		checks = append(checks, check)
	}
	return checks
}

// measured adds how fast an engine is.
func measured(c Check, e nn.Engine) Check {
	speed, err := netbench.Quick(e)
	if err != nil {
		c.State, c.Found = Failed, err.Error()
		return c
	}
	c.Found = fmt.Sprintf("%.1f GFLOP/s on a convolution, %.0f series/s by the filter bank (n = %d)", speed.GFLOPs, speed.Series, netbench.Points)
	c.GFLOPs, c.SeriesPerSecond = speed.GFLOPs, speed.Series
	return c
}

// kernels says which implementations this processor has, and that they compute the same.
func kernels() Check {
	best := kernel.Best().Path()
	c := Check{Name: "network kernels", State: OK, Found: best.String()}
	for p := kernel.Portable; p <= best; p++ {
		candidate := engine.Candidate{Name: engine.Native, Open: func() (nn.Engine, error) { return native.New(native.Options{Path: &p}), nil }}
		if _, err := candidate.Probe(); err != nil {
			c.State, c.Found = Failed, fmt.Sprintf("%s: %v", p, err)
			return c
		}
	}
	if best == kernel.Portable && runtime.GOARCH == "amd64" {
		c.State, c.Hint = Warning, "the processor has no AVX2: networks are several times slower"
	}
	return c
}
