package client

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/fault"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(key string) string { return m[key] }
}

func TestDefaultData(t *testing.T) {
	t.Parallel()
	dir, err := DefaultData(env("XDG_DATA_HOME", "/x"))
	require.NoError(t, err)
	require.Equal(t, "/x/hurst", dir)
	dir, err = DefaultData(env("XDG_DATA_HOME", "relative"))
	if err == nil {
		require.NotContains(t, dir, "relative", "the XDG specification has relative paths ignored")
	}
}

// A flag wins over the environment, which wins over the directory that is used without either.
func TestFindPrecedence(t *testing.T) {
	t.Parallel()
	fromEnv := env("HURST_NATS_URL", "nats://env:1", "HURST_NATS_USER", "u", "HURST_NATS_PASSWORD", "p", "XDG_DATA_HOME", t.TempDir())

	e, err := Find(Options{NATSURL: "nats://flag:1", Getenv: fromEnv})
	require.NoError(t, err)
	require.Equal(t, "nats://flag:1", e.NATS.URL)
	require.Equal(t, "p", e.NATS.Password)

	e, err = Find(Options{NATSUser: "other", Getenv: fromEnv})
	require.NoError(t, err)
	require.Equal(t, "nats://env:1", e.NATS.URL)
	require.Equal(t, "other", e.NATS.User)

	for _, o := range []Options{
		{Data: t.TempDir(), DataSet: true, Getenv: fromEnv},
		{Getenv: env("XDG_DATA_HOME", t.TempDir())},
	} {
		_, err = Find(o)
		require.Equal(t, fault.Unavailable, fault.CodeOf(err))
		require.ErrorContains(t, err, "`hurst up`")
	}
}

func TestReceivers(t *testing.T) {
	t.Parallel()
	const key = "OTEL_EXPORTER_OTLP_ENDPOINT"
	require.Equal(t, "", Receivers("", env()))
	require.Equal(t, "http://a", Receivers("http://a", env()))
	require.Equal(t, "http://b", Receivers("", env(key, "http://b")))
	require.Equal(t, "http://a,http://b", Receivers("http://a", env(key, "http://b")))
	require.Equal(t, "http://a", Receivers("http://a", env(key, "http://a")))
}
