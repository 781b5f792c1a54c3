// Package doctor checks what hurst needs: of the machine, of the data directory, and of the system
// that is running.
package doctor

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"
)

// State is how a check came out.
type State string

// The states.
const (
	OK      State = "ok"
	Warning State = "warning" // it works, but less well
	Failed  State = "failed"
	Skipped State = "skipped" // nothing to check
)

// Check is one thing that was looked at.
type Check struct {
	Name    string  `json:"name"`
	State   State   `json:"state"`
	Found   string  `json:"found"`
	Hint    string  `json:"hint,omitempty"`    // what to do
	Seconds float64 `json:"seconds,omitempty"` // how long it took, where that matters

	// Of an engine of neural networks, on one core.
	GFLOPs          float64 `json:"gflops,omitempty"`
	SeriesPerSecond float64 `json:"series_per_second,omitempty"`
}

// Machine looks at the toolchain, the system and the processor.
func Machine() []Check {
	checks := []Check{
		{Name: "program", State: OK, Found: fmt.Sprintf("%s, %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)},
		{Name: "processor", State: OK, Found: fmt.Sprintf("%s, %d cores for this process", processor(), runtime.GOMAXPROCS(0))},
	}
	if features := vector(); features != "" {
		checks = append(checks, Check{Name: "vector units", State: OK, Found: features})
	}
	return checks
}

func processor() string {
	if name := strings.TrimSpace(cpuid.CPU.BrandName); name != "" {
		return name
	}
	return "unknown"
}

func vector() string {
	var found []string
	for _, f := range []cpuid.FeatureID{cpuid.AVX2, cpuid.FMA3, cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AMXBF16, cpuid.ASIMD} {
		if cpuid.CPU.Supports(f) {
			found = append(found, f.String())
		}
	}
	return strings.Join(slices.Compact(found), ", ")
}

// timed runs f and returns a check of how it came out.
func timed(name string, f func() (string, error), hint string) Check {
	begun := time.Now()
	found, err := f()
	c := Check{Name: name, State: OK, Found: found, Seconds: time.Since(begun).Seconds()}
	if err != nil {
		c.State, c.Found, c.Hint = Failed, err.Error(), hint
	}
	return c
}
