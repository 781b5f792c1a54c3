package deployer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	cfg.S3.AccessKey, cfg.S3.SecretKey = "a", "s"
	require.NoError(t, cfg.Validate())
	for _, refresh := range []time.Duration{0, -time.Second, time.Second - 1} {
		cfg.Refresh = refresh
		require.ErrorContains(t, cfg.Validate(), "refresh: "+refresh.String())
	}
	cfg = DefaultConfig()
	cfg.NATSURL = "bogus"
	require.ErrorContains(t, cfg.Validate(), "nats_url")
}
