package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// skaffold is what this test follows of skaffold.yaml.
type skaffold struct {
	Build struct {
		Artifacts []struct {
			Image  string `json:"image"`
			Docker struct {
				Dockerfile string `json:"dockerfile"`
			} `json:"docker"`
		} `json:"artifacts"`
	} `json:"build"`
	Deploy struct {
		Helm struct {
			Releases []struct {
				ChartPath         string            `json:"chartPath"`
				ValuesFiles       []string          `json:"valuesFiles"`
				SetValueTemplates map[string]string `json:"setValueTemplates"`
			} `json:"releases"`
		} `json:"helm"`
	} `json:"deploy"`
	PortForward []struct {
		ResourceName string `json:"resourceName"`
		Port         int32  `json:"port"`
	} `json:"portForward"`
}

// TestSkaffold holds that skaffold.yaml speaks of files, values and objects that exist.
func TestSkaffold(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(root, "skaffold.yaml"))
	require.NoError(t, err)
	var s skaffold
	require.NoError(t, yaml.Unmarshal(data, &s))

	require.Len(t, s.Build.Artifacts, 1)
	require.FileExists(t, filepath.Join(root, s.Build.Artifacts[0].Docker.Dockerfile))
	require.Len(t, s.Deploy.Helm.Releases, 1)
	release := s.Deploy.Helm.Releases[0]
	require.DirExists(t, filepath.Join(root, release.ChartPath))
	for _, file := range release.ValuesFiles {
		require.FileExists(t, filepath.Join(root, file))
	}
	values := readValues(t, filepath.Join(root, release.ChartPath, "values.yaml"))
	for key, template := range release.SetValueTemplates {
		require.True(t, hasPath(values, key), "values.yaml has no %s", key)
		require.Contains(t, template, s.Build.Artifacts[0].Image)
	}
	for _, forward := range s.PortForward {
		require.Contains(t, servicePorts(rendered(t, "dev"), forward.ResourceName), forward.Port)
	}
}

// hasPath tells whether values hold something at a dotted path.
func hasPath(values map[string]any, dotted string) bool {
	var at any = values
	for key := range strings.SplitSeq(dotted, ".") {
		table, _ := at.(map[string]any)
		next, ok := table[key]
		if !ok {
			return false
		}
		at = next
	}
	return true
}

func servicePorts(found objects, name string) []int32 {
	var ports []int32
	for _, object := range found.all {
		if s, ok := object.(*corev1.Service); ok && s.Name == name {
			for _, p := range s.Spec.Ports {
				ports = append(ports, p.Port)
			}
		}
	}
	return ports
}
