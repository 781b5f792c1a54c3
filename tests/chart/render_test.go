// Package chart renders the Helm chart and reads what comes out as Kubernetes would: every
// manifest is decoded strictly into its type, compared with a golden file that people can review,
// and held to what the services rely on. It is a module of its own, so that the product's go.mod
// stays free of Helm and Kubernetes.
package chart

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

const (
	root     = "../.."
	chartDir = root + "/deploy/helm/hurst"
)

// services are the eight services, each a Deployment of the chart.
var services = []string{"orchestrator", "datagen", "extractor", "trainer", "tuner", "deployer", "inference", "gateway"}

// scenarios are the values files that the tests render, by name.
var scenarios = map[string]string{
	"default": "testdata/default.values.yaml",
	"minimal": "testdata/minimal.values.yaml",
	"ha":      "testdata/ha.values.yaml",
	"dev":     chartDir + "/values-dev.yaml",
}

// each runs a parallel subtest for every scenario.
func each(t *testing.T, test func(t *testing.T, scenario string)) {
	t.Helper()
	for _, scenario := range slices.Sorted(maps.Keys(scenarios)) {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			test(t, scenario)
		})
	}
}

// scenarioValues reads the values of a scenario.
func scenarioValues(t *testing.T, scenario string) map[string]any {
	t.Helper()
	return readValues(t, scenarios[scenario])
}

func readValues(t *testing.T, file string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	values := map[string]any{}
	require.NoError(t, yaml.Unmarshal(data, &values))
	return values
}

// render returns the chart's files for some values, in the order of their names.
func render(t *testing.T, values map[string]any) (string, error) {
	t.Helper()
	chart, err := loader.LoadDir(chartDir)
	require.NoError(t, err)
	release := common.ReleaseOptions{Name: "hurst", Namespace: "science", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, values, release, common.DefaultCapabilities)
	if err != nil {
		return "", err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := strings.TrimSpace(files[name])
		if path.Ext(name) != ".yaml" || text == "" {
			continue
		}
		out.WriteString("---\n# Source: " + name + "\n" + text + "\n")
	}
	return out.String(), nil
}

// objects are the decoded manifests of one rendering.
type objects struct {
	all        []runtime.Object
	workloads  []workload
	configMaps []*corev1.ConfigMap
	secrets    []*corev1.Secret
}

// A workload is what a Deployment and a StatefulSet have in common.
type workload struct {
	name     string
	selector map[string]string
	pod      corev1.PodTemplateSpec
	ours     bool // one of the eight services
}

// component is the part of the system that the workload runs.
func (w workload) component() string { return w.pod.Labels["app.kubernetes.io/component"] }

// rendered renders a scenario and decodes it.
func rendered(t *testing.T, scenario string) objects {
	t.Helper()
	text, err := render(t, scenarioValues(t, scenario))
	require.NoError(t, err)
	return decode(t, text)
}

// decode reads manifests strictly: an unknown or repeated field, or an unknown kind, is an error.
func decode(t *testing.T, text string) objects {
	t.Helper()
	var found objects
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		var kind struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
		}
		require.NoError(t, yaml.Unmarshal(doc, &kind), "%s", doc)
		gvk := schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind)
		object, err := scheme.Scheme.New(gvk)
		require.NoError(t, err, "%s", doc)
		require.NoError(t, yaml.UnmarshalStrict(doc, object), "%s", doc)
		found.add(object)
	}
}

func (o *objects) add(object runtime.Object) {
	o.all = append(o.all, object)
	switch object := object.(type) {
	case *appsv1.Deployment:
		o.workloads = append(o.workloads, workload{object.Name, object.Spec.Selector.MatchLabels, object.Spec.Template, true})
	case *appsv1.StatefulSet:
		o.workloads = append(o.workloads, workload{object.Name, object.Spec.Selector.MatchLabels, object.Spec.Template, false})
	case *corev1.ConfigMap:
		o.configMaps = append(o.configMaps, object)
	case *corev1.Secret:
		o.secrets = append(o.secrets, object)
	}
}

// config returns the configuration file of a service as rendered.
func (o *objects) config(t *testing.T, service string) string {
	t.Helper()
	for _, m := range o.configMaps {
		if m.Labels["app.kubernetes.io/component"] == service {
			return m.Data["config.yaml"]
		}
	}
	require.Fail(t, "no ConfigMap for "+service)
	return ""
}

// golden is where the rendering of a scenario is checked in.
func golden(scenario string) string { return filepath.Join("testdata", scenario+".golden.yaml") }
