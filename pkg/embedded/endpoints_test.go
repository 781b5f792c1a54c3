package embedded

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func example() Endpoints {
	return Endpoints{
		PID:        7,
		NATS:       NATSEndpoint{"nats://127.0.0.1:4222", "hurst", "secret-1"},
		Redis:      RedisEndpoint{"127.0.0.1:6379", "secret-2"},
		S3:         S3Endpoint{"unix:///run/s3.sock", Bucket, region, "secret-3", "secret-4"},
		GatewayURL: "http://127.0.0.1:8080", OTLP: "http://127.0.0.1:4318",
	}
}

func TestEndpointsRoundTrip(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ReadEndpoints(dir)
	require.ErrorIs(t, err, ErrNotRunning)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = ReadEndpoints(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, ErrNotRunning)

	l, err := takeLock(dir)
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, runFolder), 0o700))
	_, err = ReadEndpoints(dir)
	require.ErrorIs(t, err, ErrNotRunning, "not ready yet")
	require.NoError(t, WriteEndpoints(dir, example()))
	got, err := ReadEndpoints(dir)
	require.NoError(t, err)
	require.Equal(t, example(), got)
	info, err := os.Stat(endpointsPath(dir))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.WriteFile(endpointsPath(dir), []byte("{"), 0o600))
	_, err = ReadEndpoints(dir)
	require.ErrorContains(t, err, endpointsPath(dir))
	require.NotErrorIs(t, err, ErrNotRunning)

	require.NoError(t, WriteEndpoints(dir, example()))
	l.release()
	_, err = ReadEndpoints(dir)
	require.ErrorIs(t, err, ErrNotRunning, "its process is gone")
	require.ErrorContains(t, WriteEndpoints(filepath.Join(dir, "none"), example()), "none")
}

func TestEndpointsDoNotPrintSecrets(t *testing.T) {
	t.Parallel()
	e := example()
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "endpoints", e)
	for _, text := range []string{
		log.String(), fmt.Sprintf("%v %+v %#v %s", e, e, e, e), fmt.Sprintf("%+v %#v", &e, &e),
		fmt.Sprintf("%+v %#v %+v %#v %+v %#v", e.NATS, e.NATS, e.Redis, e.Redis, e.S3, e.S3),
	} {
		require.NotContains(t, text, "secret")
	}
}

func FuzzDecodeEndpoints(f *testing.F) {
	good, err := json.Marshal(example())
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte(`{"pid":-1}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"pid":1,"nats":{"url":1}}`))
	f.Add([]byte(strings.Repeat("[", 1<<16)))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decodeEndpoints(data)
		if err == nil && (e.PID <= 0 || e.NATS.URL == "" || e.S3.Endpoint == "") {
			t.Errorf("accepted %v", e)
		}
	})
}

func TestLockIsExclusive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const takers = 8
	got := make(chan *lock, takers)
	for range takers {
		go func() {
			l, err := takeLock(dir)
			if err != nil {
				l = nil
			}
			got <- l
		}()
	}
	var winner *lock
	for range takers {
		if l := <-got; l != nil {
			require.Nil(t, winner, "two have the lock")
			winner = l
		}
	}
	require.NotNil(t, winner)
	require.True(t, isLocked(dir))
	winner.release()
	require.False(t, isLocked(dir))
}
