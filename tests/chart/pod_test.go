package chart

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// config is the part of a service's configuration file that the pod depends on.
type config struct {
	AdminListen string `json:"admin_listen"`
	Listen      string `json:"listen"`
	Grace       string `json:"grace"`
}

func TestEveryServiceIsThere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		var got []string
		for _, w := range rendered(t, scenario).workloads {
			if w.ours {
				got = append(got, w.component())
			}
		}
		require.ElementsMatch(t, services, got)
	})
}

func TestPodsAreRestricted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		for _, w := range rendered(t, scenario).workloads {
			spec := w.pod.Spec
			require.False(t, *spec.AutomountServiceAccountToken, w.name)
			require.False(t, *spec.EnableServiceLinks, w.name)
			require.True(t, *spec.SecurityContext.RunAsNonRoot, w.name)
			require.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, spec.SecurityContext.SeccompProfile.Type, w.name)
			for _, c := range spec.Containers {
				require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem, w.name)
				require.False(t, *c.SecurityContext.AllowPrivilegeEscalation, w.name)
				require.Equal(t, []corev1.Capability{"ALL"}, c.SecurityContext.Capabilities.Drop, w.name)
				require.False(t, c.Resources.Requests.Cpu().IsZero(), w.name)
				require.False(t, c.Resources.Limits.Memory().IsZero(), w.name)
			}
		}
	})
}

// TestPortsAndProbes holds that every named port that a probe asks exists, and that the
// configuration file listens where the ports say.
func TestPortsAndProbes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		found := rendered(t, scenario)
		for _, w := range found.workloads {
			container := w.pod.Spec.Containers[0]
			ports := map[string]int32{}
			for _, p := range container.Ports {
				ports[p.Name] = p.ContainerPort
			}
			require.NotNil(t, container.ReadinessProbe, w.name)
			for _, probe := range []*corev1.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
				require.False(t, w.ours && probe == nil, w.name)
				if probe != nil {
					require.Contains(t, ports, probePort(probe), w.name)
				}
			}
			if !w.ours {
				continue
			}
			cfg := parseConfig(t, found, w.component())
			require.Equal(t, address(ports["admin"]), cfg.AdminListen, w.name)
			if w.component() == "gateway" {
				require.Equal(t, address(ports["http"]), cfg.Listen)
			} else {
				require.Len(t, ports, 1, "only the gateway serves HTTP: %s", w.name)
			}
		}
	})
}

// TestGrace holds that a service has drained before its pod is killed.
func TestGrace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		found := rendered(t, scenario)
		for _, w := range found.workloads {
			if !w.ours {
				continue
			}
			grace, err := time.ParseDuration(parseConfig(t, found, w.component()).Grace)
			require.NoError(t, err)
			before := time.Duration(0)
			if hook := w.pod.Spec.Containers[0].Lifecycle; hook != nil {
				before = time.Duration(hook.PreStop.Sleep.Seconds) * time.Second
			}
			deadline := time.Duration(*w.pod.Spec.TerminationGracePeriodSeconds) * time.Second
			require.Greater(t, deadline, before+grace, w.name)
		}
	})
}

// TestSecretsStaySecret holds that no password of the values is anywhere but in the Secret, and
// that every file which a configuration names is mounted from it.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		values, found := scenarioValues(t, scenario), rendered(t, scenario)
		for _, object := range found.all {
			if _, ok := object.(*corev1.Secret); ok {
				continue
			}
			text, err := yaml.Marshal(object)
			require.NoError(t, err)
			for _, secret := range passwords(values) {
				require.NotContains(t, string(text), secret)
			}
		}
		for _, w := range found.workloads {
			if w.ours {
				require.ElementsMatch(t, namedSecrets(t, found, w.component()), mountedSecrets(w), w.name)
			}
		}
	})
}

func TestSelectors(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		found := rendered(t, scenario)
		for _, w := range found.workloads {
			require.Equal(t, []string{w.name}, selected(found, w.selector), "the selector of %s", w.name)
		}
		for _, object := range found.all {
			switch object := object.(type) {
			case *corev1.Service:
				names := selected(found, object.Spec.Selector)
				require.Equal(t, []string{object.Name}, names, "the Service %s", object.Name)
				require.Contains(t, portNames(found, object.Name), object.Spec.Ports[0].TargetPort.StrVal)
			case *policyv1.PodDisruptionBudget:
				require.Equal(t, []string{object.Name}, selected(found, object.Spec.Selector.MatchLabels))
			case *networkingv1.NetworkPolicy:
				require.NotEmpty(t, selected(found, object.Spec.PodSelector.MatchLabels), "the NetworkPolicy %s", object.Name)
			}
		}
	})
}
