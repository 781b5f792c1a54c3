package chart

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// parseConfig reads a service's configuration file.
func parseConfig(t *testing.T, found objects, service string) config {
	t.Helper()
	var cfg config
	require.NoError(t, yaml.Unmarshal([]byte(found.config(t, service)), &cfg))
	return cfg
}

// address is how a configuration file says "this port on every interface".
func address(port int32) string { return fmt.Sprintf(":%d", port) }

// probePort is the name of the port that a probe asks.
func probePort(p *corev1.Probe) string {
	if p.HTTPGet != nil {
		return p.HTTPGet.Port.StrVal
	}
	return p.TCPSocket.Port.StrVal
}

// passwords lists what the values keep under secret, but for the name of a Secret.
func passwords(values map[string]any) []string {
	secrets, _ := values["secret"].(map[string]any)
	var all []string
	for key, value := range secrets {
		if text, ok := value.(string); ok && key != "existing" {
			all = append(all, text)
		}
	}
	return all
}

// namedSecrets lists the files under the mounted Secret that a configuration file names.
func namedSecrets(t *testing.T, found objects, service string) []string {
	t.Helper()
	names := []string{}
	for _, word := range strings.Fields(found.config(t, service)) {
		if strings.HasPrefix(word, secretsDir) {
			names = append(names, path.Base(word))
		}
	}
	return names
}

// secretsDir is where pods find their passwords.
const secretsDir = "/etc/hurst/secrets"

// mountedSecrets lists the files that a pod gets from its Secret.
func mountedSecrets(w workload) []string {
	names := []string{}
	for _, v := range w.pod.Spec.Volumes {
		if v.Secret == nil {
			continue
		}
		for _, item := range v.Secret.Items {
			names = append(names, item.Path)
		}
	}
	return names
}

// selected lists the workloads whose pods a selector picks.
func selected(found objects, selector map[string]string) []string {
	var names []string
	for _, w := range found.workloads {
		if matches(selector, w.pod.Labels) {
			names = append(names, w.name)
		}
	}
	return names
}

func matches(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

// portNames lists the named ports of a workload.
func portNames(found objects, name string) []string {
	var names []string
	for _, w := range found.workloads {
		if w.name != name {
			continue
		}
		for _, p := range w.pod.Spec.Containers[0].Ports {
			names = append(names, p.Name)
		}
	}
	return names
}
