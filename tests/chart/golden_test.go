package chart

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden shows in review what a change of the chart does to the manifests.
func TestGolden(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		got, err := render(t, scenarioValues(t, scenario))
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(golden(scenario), []byte(got), 0o644))
		}
		want, err := os.ReadFile(golden(scenario))
		require.NoError(t, err)
		require.Equal(t, string(want), got, "if the change is meant: go test . -update, and review the diff")
	})
}

// TestLint is `helm lint --strict`, without an icon.
func TestLint(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, scenario string) {
		for _, m := range lint.RunAll(chartDir, scenarioValues(t, scenario), "science").Messages {
			require.LessOrEqual(t, m.Severity, support.InfoSev, "%s: %v", m.Path, m.Err)
		}
	})
}

// TestRefusals holds that what cannot work is refused by a sentence that says what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(values map[string]any)
		want   string
	}{
		"no addresses":    {func(v map[string]any) { delete(v, "nats") }, "nats.url is empty: give the address"},
		"no S3":           {func(v map[string]any) { delete(v, "s3") }, "s3.endpoint is empty"},
		"no password":     {func(v map[string]any) { delete(v, "secret") }, "secret.natsPassword is empty: give it, or name a Secret"},
		"unknown value":   {func(v map[string]any) { v["replica"] = 3 }, "additional properties 'replica' not allowed"},
		"unknown service": {func(v map[string]any) { service(v, "predictor")["replicas"] = 1 }, "additional properties 'predictor' not allowed"},
		"negative":        {func(v map[string]any) { service(v, "tuner")["replicas"] = -1 }, "/services/tuner/replicas"},
		"no protocol":     {func(v map[string]any) { v["nats"] = map[string]any{"url": "nats.servers"} }, "/nats/url"},
		"secret in config": {func(v map[string]any) {
			service(v, "tuner")["config"] = map[string]any{"redis_password": "x"}
		}, "services.tuner.config.redis_password: passwords belong into the Secret"},
		"S3 secret in config": {func(v map[string]any) {
			service(v, "tuner")["config"] = map[string]any{"s3": map[string]any{"secret_key": "x"}}
		}, "services.tuner.config.s3.secret_key"},
		"grace in config": {func(v map[string]any) {
			service(v, "tuner")["config"] = map[string]any{"grace": "1h"}
		}, "services.tuner.config.grace: the chart sets it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := scenarioValues(t, "default")
			c.change(values)
			_, err := render(t, values)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// service returns the values of one service, made if they are not there.
func service(values map[string]any, name string) map[string]any {
	all, ok := values["services"].(map[string]any)
	if !ok {
		all = map[string]any{}
		values["services"] = all
	}
	one := map[string]any{}
	all[name] = one
	return one
}
