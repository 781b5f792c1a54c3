//go:build integration

// Package e2e runs the same scenario in every way in which Hurst can be run, and requires the same
// bytes from all of them.
package e2e

import (
	_ "embed"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tests/system"
)

//go:embed testdata/small.yaml
var small []byte

// limit is how long a small run may take on a slow machine.
const limit = 90 * time.Second

// variant is a way to run Hurst.
type variant struct {
	name  string
	start func(t *testing.T) (c *system.Client, stop func())
}

func variants() []variant {
	up := func(args ...string) func(t *testing.T) (*system.Client, func()) {
		return func(t *testing.T) (*system.Client, func()) {
			u := system.StartUp(t, filepath.Join(t.TempDir(), "data"), args...)
			return &u.Client, func() { t.Logf("stopped in %s", u.Stop(t).Round(time.Millisecond)) }
		}
	}
	separate := func(counts system.Counts) func(t *testing.T) (*system.Client, func()) {
		return func(t *testing.T) (*system.Client, func()) {
			s := system.StartSeparate(t, t.TempDir(), counts)
			return &s.Client, func() { t.Logf("stopped in %s", s.Stop(t).Round(time.Millisecond)) }
		}
	}
	return []variant{
		{"embedded", up()},
		{"processes", up("--processes")},
		{"separate, 1 worker of each kind", separate(nil)},
		{"separate, 3 workers of each kind", separate(system.Counts{
			"datagen": 3, "extractor": 3, "trainer": 3, "tuner": 3, "orchestrator": 2, "inference": 2,
		})},
	}
}

// TestSameEverywhere is the scenario in every variant. The variants take turns: each is a whole
// system, and the machine is small.
func TestSameEverywhere(t *testing.T) {
	var first map[string]string
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			client, stop := v.start(t)
			digests := scenario(t, client)
			if first == nil {
				first = digests
			}
			require.Equal(t, first, digests, "what was trained differs from what the first variant trained")
			stop()
		})
	}
}
