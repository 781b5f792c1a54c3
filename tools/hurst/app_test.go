package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

var update = flag.Bool("update", false, "write golden files anew")

// result is what a command line came to.
type result struct {
	code     int
	out, err string
}

// hurst runs a command line without any environment but XDG_DATA_HOME.
func hurst(t *testing.T, input string, args ...string) result {
	t.Helper()
	return hurstIn(t.Context(), t.TempDir(), input, args...)
}

func hurstIn(ctx context.Context, home, input string, args ...string) result {
	var out, errs bytes.Buffer
	getenv := func(key string) string {
		if key == "XDG_DATA_HOME" {
			return home
		}
		return ""
	}
	code := run(ctx, args, streams{strings.NewReader(input), &out, &errs}, getenv)
	return result{code, out.String(), errs.String()}
}

// TestHelp compares the help of every command with a golden file, and holds that each has an example.
func TestHelp(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Name() == "help" || cmd.Name() == "completion" {
			return
		}
		r := hurst(t, "", append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
		require.Zero(t, r.code)
		b.WriteString("$ " + cmd.CommandPath() + " --help\n" + r.out + "\n")
		if cmd.HasParent() && !cmd.Hidden {
			require.NotEmpty(t, cmd.Example, cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	a := &app{getenv: func(string) string { return "" }, logs: &logs{}}
	walk(a.root())
	golden(t, "help.txt", b.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go test ./tools/hurst -update writes it anew")
}

// TestUsage holds that what the person who types can mend has exit code 2, and says what to mend.
func TestUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		line, input string
		says        string
	}{
		{"frob", "", `unknown command "frob"`},
		{"--frob", "", "unknown flag: --frob"},
		{"submit", "", "hurst submit SPEC"},
		{"submit a b", "", "hurst submit SPEC"},
		{"submit --data x", "", "hurst submit SPEC"},
		{"submit no-such-file", "", "no-such-file"},
		{"submit " + dir, "", "is a directory"},
		{"submit -", "version: 1\nname: X\nstages: []\n", "line 2: name"},
		{"submit -", "", "spec"},
		{"submit -", strings.Repeat("x", maxSpec+1), "more than 1.0 MiB"},
		{"runs list --limit 0", "", "--limit is 0; allowed: 1 to 1000"},
		{"runs show", "", "hurst runs show RUN"},
		{"predict --level 2", "", "--level is 2; allowed: 0.5 to 0.99"},
		{"predict --format xml", "", "csv, tsv, npy"},
		{"estimate --method magic", "", "there is no estimator \"magic\"; there are: "},
		{"estimate", "", "holds no values"},
		{"estimate", "1\n2\nx\n", "line 3"},
		{"estimate", "1\n2\n3\n", "too short"},
		{"estimate", strings.Repeat("7\n", 100), "constant"},
		{"estimate", strings.Repeat("NaN\n", 100), "gaps"},
		{"estimate no-such-file", "", "no-such-file"},
		{"estimate " + dir, "", "is a directory"},
		{"estimate --rows --column 2", "1,2\n", "--column"},
		{"generate --hurst 1.5", "", "--hurst is \"1.5\""},
		{"generate --hurst 0.9:0.1", "", "--hurst"},
		{"generate --hurst NaN", "", "--hurst"},
		{"generate --process magic", "", "there is no process \"magic\"; there are: fgn, fbm"},
		{"generate --length 0", "", "--length is 0"},
		{"generate --process arfima(ar=2)", "", "it is not stationary"},
		{"generate --process fgn(", "", "is no spec"},
		{"generate --contaminate rust", "", "there is no contamination \"rust\""},
		{"generate --paths /tmp/x", "", "the exponent of fgn does not change"},
		{"generate --columns --label-first", "", "--columns and --label-first"},
		{"estimate --class random", "", "--class is \"random\"; allowed: noise, walk"},
		{"estimate --window 63", "", "--window is 63; allowed: 64 or more"},
		{"estimate --step 5", "", "--step is 5; allowed: 1 or more, with --window"},
		{"estimate --plot x.pdf", "", "ends in .svg or .png"},
		{"features --set fancy", "", "no feature set \"fancy\""},
		{"features", "1\n2\n3\n", "too short"},
		{"generate --count 0", "", "--count is 0"},
		{"generate --out /no/such/dir/x.csv", "", "/no/such/dir"},
		{"up --log-level loud", "", "log_level"},
		{"up --listen nowhere", "", "--listen is \"nowhere\""},
		{"up --nats-port 70000", "", "--nats-port is 70000"},
		{"bench tasks --count 0", "", "--count is 0"},
		{"bench networks --length 10", "", "--length is 10; allowed: 64 to 65536"},
		{"bench networks --engine jax", "", "no engine \"jax\"; there are cuda, native, gorgonia"},
		{"bench networks --network mlp", "", "no network \"mlp\" on series"},
		{"models adapt", "", "hurst models adapt NAME"},
		{"models adapt hurst", "", "--series names no file"},
		{"models adapt hurst --series -", "", "--labels is \"\" and --label-first false: give one of them"},
		{"models adapt hurst --series - --label-first --class up", "", "--class is \"up\""},
		{"models adapt hurst --series - --label-first --steps 0", "", "--steps is 0"},
		{"models adapt hurst --series - --label-first --rate 2", "", "--rate is 2"},
		{"quickstart --spec no-such-file", "", "no-such-file"},
		{"quickstart --predict no-such-file", "", "no-such-file"},
		{"service magic", "", "magic"},
	} {
		r := hurst(t, c.input, strings.Fields(c.line)...)
		require.Equal(t, 2, r.code, "%s: %s", c.line, r.err)
		require.Contains(t, r.err, c.says, c.line)
		require.True(t, strings.HasPrefix(r.err, "hurst: "), "%s: %s", c.line, r.err)
	}
}

func TestNotRunning(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"runs list", "runs show rx", "models list", "models show hurst", "models adapt hurst --series - --label-first", "trace rx", "predict", "runs explain rx",
	} {
		r := hurst(t, "1\n", strings.Fields(line)...)
		require.Equal(t, 1, r.code, line)
		require.Contains(t, r.err, "`hurst up`", line)
		require.Empty(t, r.out, line)

		r = hurst(t, "1\n", append(strings.Fields(line), "--json")...)
		require.Equal(t, 1, r.code, line)
		var e struct{ Error jsonError }
		require.NoError(t, json.Unmarshal([]byte(r.out), &e), line)
		require.Equal(t, "unavailable", e.Error.Code)
		require.Contains(t, e.Error.Message, "hurst up")
	}
}

func TestSmallCommands(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "version")
	require.Zero(t, r.code)
	require.Contains(t, r.out, "hurst ")
	r = hurst(t, "", "version", "--json")
	require.True(t, json.Valid([]byte(r.out)))
	r = hurst(t, "", "schema")
	require.Zero(t, r.code)
	require.True(t, json.Valid([]byte(r.out)))
	r = hurst(t, "", "bench", "networks", "--network", "filter-bank", "--length", "64", "--milliseconds", "1")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "filter-bank  native")
	r = hurst(t, "", "bench", "networks", "--network", "filter-bank", "--length", "64", "--milliseconds", "1", "--json")
	require.True(t, json.Valid([]byte(r.out)))
	require.Contains(t, r.out, `"predict_series_per_second":`)
	r = hurst(t, "")
	require.Zero(t, r.code)
	require.Contains(t, r.out, "hurst quickstart")
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := hurstIn(ctx, t.TempDir(), "", "generate", "--count", "10")
	require.Equal(t, 1, r.code)
	require.Equal(t, "hurst: interrupted\n", r.err)
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"/a/b-c": "/a/b-c", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'"} {
		require.Equal(t, want, quote(in))
	}
}

// Text from a server or a file name cannot steer the terminal.
func TestErrorsAreClean(t *testing.T) {
	t.Parallel()
	r := hurst(t, "", "estimate", "no\x1b[2Jfile")
	require.Equal(t, 2, r.code)
	require.Equal(t, screen.Clean(strings.TrimSpace(r.err)), strings.TrimSpace(r.err))
}
