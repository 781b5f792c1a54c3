package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/config"
)

// example has a field of each type, and everything that services nest and embed.
type example struct {
	config.Servers `koanf:",squash"`

	Replicas int       `koanf:"replicas" help:"how many"`
	Bytes    uint64    `koanf:"bytes"`
	Ratio    float64   `koanf:"ratio"`
	Fast     bool      `koanf:"fast"`
	Engines  []string  `koanf:"engines" help:"in order of priority"`
	Batch    batch     `koanf:"batch"`
	Limit    int64     `koanf:"limit"`
	Skipped  io.Writer `koanf:"-"`
}

type batch struct {
	MaxDelay time.Duration `koanf:"max_delay"`
	Token    config.Secret `koanf:"token"`
}

func (e *example) Validate() error {
	if e.Replicas > 100 {
		return fmt.Errorf("replicas is %d: want at most 100", e.Replicas)
	}
	return nil
}

func defaults() example {
	return example{
		Servers:  config.DefaultServers(),
		Replicas: 1,
		Engines:  []string{"cuda", "native", "gorgonia"},
		Batch:    batch{MaxDelay: time.Millisecond},
	}
}

func write(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "hurst.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func load(cfg any, environ []string, args ...string) error {
	return config.Load(cfg, config.Options{Name: "example", Args: args, Environ: environ, Out: io.Discard})
}

func TestDefaultsStay(t *testing.T) {
	t.Parallel()
	cfg := defaults()
	require.NoError(t, load(&cfg, nil))
	require.Equal(t, defaults(), cfg)
}

func TestPriority(t *testing.T) {
	t.Parallel()
	file := write(t, "replicas: 2\nratio: 0.5\nbatch:\n  max_delay: 2s\ns3: {bucket: from-file}\nlog_level: warn\n")
	cfg := defaults()
	require.NoError(t, load(&cfg,
		[]string{"HURST_CONFIG=" + file, "HURST_REPLICAS=3", "HURST_S3_BUCKET=from-env", "HURST_LOG_LEVEL=", "HURST_OTHER=1", "PATH"},
		"--replicas=4"))
	require.Equal(t, 4, cfg.Replicas, "flag")
	require.Equal(t, "from-env", cfg.S3.Bucket)
	require.Equal(t, 2*time.Second, cfg.Batch.MaxDelay, "file")
	require.Equal(t, "warn", cfg.LogLevel, "an empty variable is not set")
	require.Equal(t, "us-east-1", cfg.S3.Region, "default beside a sibling that is set")
	require.Equal(t, 0.5, cfg.Ratio)
}

func TestEveryTypeFromEverySource(t *testing.T) {
	t.Parallel()
	want := defaults()
	want.NATSURL = "tls://a:1,tls://b:2"
	want.Replicas, want.Bytes, want.Ratio, want.Fast, want.Limit = 7, 1<<63, -1.5e-3, true, -9
	want.Engines = []string{"native"}
	want.Batch = batch{MaxDelay: 90 * time.Second, Token: "0123"}
	want.S3.Endpoint = "unix:///run/s3.sock"

	t.Run("flags", func(t *testing.T) {
		cfg := defaults()
		require.NoError(t, load(&cfg, nil, "--nats-url", "tls://a:1,tls://b:2", "--replicas=7", "--bytes", "9223372036854775808",
			"--ratio=-1.5e-3", "--fast", "--limit=-9", "--engines", "native", "--batch.max-delay", "1m30s", "--batch.token=0123",
			"--s3.endpoint=unix:///run/s3.sock"))
		require.Equal(t, want, cfg)
	})
	t.Run("environment", func(t *testing.T) {
		cfg := defaults()
		require.NoError(t, load(&cfg, []string{"HURST_NATS_URL=tls://a:1,tls://b:2", "HURST_REPLICAS=7", "HURST_BYTES=9223372036854775808",
			"HURST_RATIO=-1.5e-3", "HURST_FAST=true", "HURST_LIMIT=-9", "HURST_ENGINES=native", "HURST_BATCH_MAX_DELAY=1m30s",
			"HURST_BATCH_TOKEN=0123", "HURST_S3_ENDPOINT=unix:///run/s3.sock"}))
		require.Equal(t, want, cfg)
	})
	t.Run("file", func(t *testing.T) {
		cfg := defaults()
		require.NoError(t, load(&cfg, nil, "--config", write(t, `
nats_url: tls://a:1,tls://b:2
replicas: 7
bytes: 9223372036854775808
ratio: -1.5e-3
fast: true
limit: -9
engines: [native]
batch:
  max_delay: 1m30s
  token: 0123        # a text, whatever it looks like
s3.endpoint: unix:///run/s3.sock
`)))
		require.Equal(t, want, cfg)
	})
}

func TestLists(t *testing.T) {
	t.Parallel()
	shared := defaults()
	cfg := shared // shares the memory of its list
	require.NoError(t, load(&cfg, nil, "--engines", "a, b", "--engines=c"))
	require.Equal(t, []string{"a", "b", "c"}, cfg.Engines)
	require.Equal(t, defaults(), shared, "the default's memory is left alone")

	cfg = defaults()
	require.NoError(t, load(&cfg, nil, "--config", write(t, `engines: ["x,y", z]`)))
	require.Equal(t, []string{"x,y", "z"}, cfg.Engines)
	cfg = defaults()
	require.NoError(t, load(&cfg, nil, "--engines="))
	require.Empty(t, cfg.Engines)
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte("hunter2\n"), 0o600))

	for _, c := range []struct{ env, flag string }{
		{"HURST_BATCH_TOKEN_FILE=" + path, "--fast"},
		{"HURST_X=", "--batch.token-file=" + path},
		{"HURST_CONFIG=" + write(t, "batch: {token_file: '"+path+"'}"), "--fast"},
		{"HURST_BATCH_TOKEN_FILE=/not/there", "--batch.token=hunter2"}, // overridden, so not opened
		{"HURST_BATCH_TOKEN=other", "--batch.token-file=" + path},
	} {
		cfg := defaults()
		require.NoError(t, load(&cfg, []string{c.env}, c.flag), c)
		require.Equal(t, "hunter2", cfg.Batch.Token.Reveal(), c)
	}

	cfg := defaults()
	require.ErrorContains(t, load(&cfg, []string{"HURST_BATCH_TOKEN_FILE=/not/there"}),
		"environment variable HURST_BATCH_TOKEN_FILE: open /not/there")
	require.ErrorContains(t, load(&cfg, nil, "--batch.token=a", "--batch.token-file=b"),
		"set only one of batch.token and batch.token_file")
	require.NoError(t, os.WriteFile(path, make([]byte, 1<<20), 0o600))
	require.ErrorContains(t, load(&cfg, nil, "--batch.token-file", path), "not a secret")
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, env, flag string
		want            []string
	}{
		{flag: "--replcas=3", want: []string{`unknown flag --replcas; did you mean "replicas"?`}},
		{flag: "--quite-something-else", want: []string{"unknown flag --quite-something-else"}},
		{flag: "-x", want: []string{"'x'"}},
		{flag: "stray", want: []string{`unexpected argument "stray"`}},
		{flag: "--replicas", want: []string{"--replicas"}},
		{flag: "--replicas=ten", want: []string{`--replicas: "ten": want a whole number`}},
		{flag: "--bytes=-1", want: []string{`--bytes: "-1": want a whole number, not negative`}},
		{flag: "--limit=9223372036854775808", want: []string{"fits into 64 bits"}},
		{flag: "--ratio=NaN", want: []string{`--ratio: "NaN": want a number`}},
		{env: "HURST_GRACE=10", want: []string{`environment variable HURST_GRACE: "10": want a duration such as`}},
		{env: "HURST_FAST=si", want: []string{`HURST_FAST: "si": want true or false`}},
		{env: "HURST_CONFIG=/not/there", want: []string{"--config: open /not/there"}},
		{file: "replicas: 1\nnats_ulr: x\n", want: []string{`hurst.yaml:2: unknown key "nats_ulr"; did you mean "nats_url"?`}},
		{file: "s3:\n  buket: x\n", want: []string{`hurst.yaml:2: unknown key "s3.buket"; did you mean "s3.bucket"?`}},
		{file: "replicas: ten", want: []string{`hurst.yaml:1: replicas: "ten": want a whole number`}},
		{file: "replicas: [1]", want: []string{"replicas: want one value"}},
		{file: "engines: [[a]]", want: []string{"engines: line 1: want a list of plain values"}},
		{file: "replicas: 1\nreplicas: 2", want: []string{"hurst.yaml:2: replicas: set twice"}},
		{file: "s3: {bucket: abc}\ns3.bucket: def", want: []string{"s3.bucket: set twice"}},
		{file: "a: &a b\nlog_level: *a", want: []string{"aliases are not supported"}},
		{file: "- 1", want: []string{"hurst.yaml:1: want keys and values"}},
		{file: "replicas: 1\n---\nreplicas: 2", want: []string{"want one YAML document"}},
		{file: "replicas: {", want: []string{"hurst.yaml: yaml: line"}},
		{file: strings.Repeat("a: {", 100) + strings.Repeat("}", 100), want: []string{"nested too deeply"}},
		{file: strings.Repeat("#", 1<<20+1), want: []string{"not a configuration"}},
		{file: "bytes: x\nfast: 3", env: "HURST_GRACE=soon", flag: "--ratio=x", // all at once
			want: []string{":1: bytes", ":2: fast", "HURST_GRACE", "--ratio"}},
		{file: strings.Repeat("[", 5000), want: []string{"hurst.yaml"}},
		{flag: "--replicas=101", want: []string{"replicas is 101: want at most 100"}},
		{flag: "--redis-addr=localhost", want: []string{`redis_addr is "localhost": want host:port`}},
	} {
		cfg := defaults()
		environ := []string{c.env}
		if c.file != "" {
			environ = append(environ, "HURST_CONFIG="+write(t, c.file))
		}
		args := []string{}
		if c.flag != "" {
			args = append(args, c.flag)
		}
		err := load(&cfg, environ, args...)
		for _, want := range c.want {
			require.ErrorContains(t, err, want)
		}
	}
}

func TestMistakesAreNotReportedWithoutEnd(t *testing.T) {
	t.Parallel()
	cfg := defaults()
	err := load(&cfg, nil, "--config", write(t, strings.Repeat("a:\n ", 200_000)))
	require.Equal(t, 20, strings.Count(err.Error(), "unknown key"))
}

func TestFileWithNothingToSay(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# only a comment\n", "---\n", "null", "s3:\n", "s3: {}\nnats_url:\nengines: ~"} {
		cfg := defaults()
		require.NoError(t, load(&cfg, nil, "--config", write(t, text)), "%q", text)
		require.Equal(t, defaults(), cfg)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cfg := defaults()
	err := config.Load(&cfg, config.Options{Args: []string{"--config.verify"}, Out: &out})
	require.ErrorIs(t, err, config.ErrVerified)
	require.Equal(t, "config ok\n", out.String())

	err = config.Load(&cfg, config.Options{Args: []string{"--config.verify", "--grace=0s"}, Out: &out})
	require.EqualError(t, err, "grace is 0s: want more than 0")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cfg := defaults()
	cfg.Batch.Token = "hunter2"
	err := config.Load(&cfg, config.Options{Name: "example", Args: []string{"--help"}, Out: &out})
	require.ErrorIs(t, err, pflag.ErrHelp)
	for _, want := range []string{"Usage: example", "--s3.access-key", "HURST_S3_ACCESS_KEY", "nats://127.0.0.1:4222",
		"cuda,native,gorgonia", "--batch.token-file", "in order of priority", "--config.verify"} {
		require.Contains(t, out.String(), want)
	}
	require.NotContains(t, out.String(), "hunter2")
	for line := range strings.Lines(out.String()) {
		require.Equal(t, strings.TrimRight(line, " \n"), strings.TrimRight(line, "\n"), "no blanks at the end")
	}
}

func TestSecretNeverShows(t *testing.T) {
	t.Parallel()
	cfg := defaults()
	cfg.Batch.Token = "hunter2"
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+verb+"\n", cfg.Batch.Token, cfg)
	}
	require.NoError(t, json.NewEncoder(&out).Encode(cfg.Batch))
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", cfg.Batch.Token, "batch", cfg.Batch)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", cfg.Batch.Token, "batch", cfg.Batch)
	require.Contains(t, out.String(), "[redacted]")
	require.NotContains(t, out.String(), "hunter2")
	require.NotContains(t, out.String(), fmt.Sprintf("%x", "hunter2"))
}

func TestServersValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*config.Servers)
		want   string
	}{
		{func(s *config.Servers) { s.NATSURL = "127.0.0.1:4222" }, "nats_url"},
		{func(s *config.Servers) { s.NATSURL = "nats://u:hunter2@a,http://u:hunter2@b" }, "nats_url"},
		{func(s *config.Servers) { s.NATSURL = "nats://u:hunter2@a:b:c" }, "nats_url"},
		{func(s *config.Servers) { s.NATSPassword = "hunter2" }, "nats_user"},
		{func(s *config.Servers) { s.RedisAddr = "redis://x:1" }, "redis_addr"},
		{func(s *config.Servers) { s.RedisAddr = "x:0" }, "1 to 65535"},
		{func(s *config.Servers) { s.AdminListen = "x" }, "admin_listen"},
		{func(s *config.Servers) { s.S3.Endpoint = "127.0.0.1:9000" }, "s3.endpoint"},
		{func(s *config.Servers) { s.S3.Endpoint = "unix://relative" }, "s3.endpoint"},
		{func(s *config.Servers) { s.S3.Endpoint = "http://x/bucket" }, "s3.endpoint"},
		{func(s *config.Servers) { s.S3.Bucket = "No" }, "s3.bucket"},
		{func(s *config.Servers) { s.S3.Region = "" }, "s3.region"},
		{func(s *config.Servers) { s.S3.AccessKey = "a" }, "s3.secret_key"},
		{func(s *config.Servers) { s.OTLPEndpoint = "x" }, "otlp_endpoint"},
		{func(s *config.Servers) { s.LogLevel = "loud" }, "log_level"},
		{func(s *config.Servers) { s.LogFormat = "xml" }, "log_format"},
		{func(s *config.Servers) { s.Grace = -1 }, "grace"},
	} {
		s := config.DefaultServers()
		require.NoError(t, s.Validate())
		c.change(&s)
		err := s.Validate()
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), "hunter2")
	}
	s := config.DefaultServers()
	s.AdminListen, s.S3.Endpoint, s.NATSURL = ":0", "unix:///x/s3.sock", "nats://a:1, tls://u:p@b"
	require.NoError(t, s.Validate())
}

func TestStructsThatCannotBeLoaded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg  any
		want string
	}{
		{defaults(), "want a pointer to a struct"},
		{nil, "want a pointer to a struct"},
		{(*example)(nil), "want a pointer to a struct"},
		{&struct{ A int }{}, "field A: want a tag koanf"},
		{&struct {
			A map[string]int `koanf:"a"`
		}{}, "field A: type map[string]int is not supported"},
		{&struct {
			A int `koanf:"a_b"`
			B struct {
				B int `koanf:"b"`
			} `koanf:"a"`
		}{}, "keys a_b and a.b share the name HURST_A_B"},
		{&struct {
			A string `koanf:"config"`
		}{}, "--config"},
	} {
		require.ErrorContains(t, load(c.cfg, nil), c.want)
	}
}

func FuzzFile(f *testing.F) {
	for _, seed := range []string{"", "replicas: 2\ns3: {bucket: abc}", "a: &a [*a]", "engines: [a, b]\nfast: yes", "? {a: b}\n: c",
		"<<: {replicas: 3}", "s3.bucket: xyz\n--- {}", "\xff\xfe", "!!binary a: !!int b", "batch: {token: x, token_file: y}"} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Contains(text, []byte("_file")) {
			return // do not open what the fuzzer names
		}
		file, err := os.CreateTemp(dir, "*.yaml")
		require.NoError(t, err)
		defer os.Remove(file.Name())
		_, err = file.Write(text)
		require.NoError(t, errors.Join(err, file.Close()))
		cfg := defaults()
		if load(&cfg, nil, "--config", file.Name()) == nil {
			require.NoError(t, cfg.Servers.Validate(), "what is loaded is valid")
		}
	})
}

func Example() {
	cfg := struct {
		config.Servers `koanf:",squash"`
		Workers        int `koanf:"workers" help:"tasks at a time"`
	}{Servers: config.DefaultServers(), Workers: 2}

	err := config.Load(&cfg, config.Options{
		Name:    "datagen",
		Args:    []string{"--workers=8"},
		Environ: []string{"HURST_S3_BUCKET=series"},
	})
	fmt.Println(cfg.Workers, cfg.S3.Bucket, cfg.NATSURL, err)

	err = config.Load(&cfg, config.Options{Args: []string{"--worker=8"}})
	fmt.Println(err)
	// Output:
	// 8 series nats://127.0.0.1:4222 <nil>
	// unknown flag --worker; did you mean "workers"?
}
