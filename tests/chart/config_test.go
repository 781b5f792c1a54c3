//go:build integration

package chart

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConfigIsUnderstood has every service read its rendered configuration file: an unknown key
// or a value that breaks a rule is an error there.
func TestConfigIsUnderstood(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	for _, service := range services {
		build := exec.Command("go", "build", "-o", bin+"/", "./services/"+service+"/cmd/"+service)
		build.Dir = root
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	each(t, func(t *testing.T, scenario string) {
		found, dir := rendered(t, scenario), t.TempDir()
		for _, name := range []string{"nats-password", "redis-password", "s3-secret-key"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("secret"), 0o600))
		}
		for _, service := range services {
			file := filepath.Join(dir, service+".yaml")
			text := strings.ReplaceAll(found.config(t, service), secretsDir, dir)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			verify := exec.Command(filepath.Join(bin, service), "--config", file, "--config.verify")
			verify.Env = []string{}
			out, err := verify.CombinedOutput()
			require.NoError(t, err, "%s: %s\n%s", service, out, text)
		}
	})
}
