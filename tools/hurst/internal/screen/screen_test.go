package screen

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0ns"},
		{999, "999ns"},
		{1500, "1.5µs"},
		{999499, "999µs"},
		{999501, "1.0ms"},
		{12345 * time.Microsecond, "12ms"},
		{999600 * time.Microsecond, "1.0s"},
		{3440 * time.Millisecond, "3.4s"},
		{9960 * time.Millisecond, "10s"},
		{59700 * time.Millisecond, "1m00s"},
		{125 * time.Second, "2m05s"},
		{time.Hour - time.Millisecond, "1h00m"},
		{63 * time.Minute, "1h03m"},
		{-2 * time.Second, "-2.0s"},
	} {
		require.Equal(t, c.want, Duration(c.d), "%d ns", c.d)
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 12 << 20: "12 MiB", 1 << 30: "1.0 GiB", 5 << 40: "5.0 TiB"} {
		require.Equal(t, want, Bytes(n))
	}
}

// A text from elsewhere must not move the cursor, retitle the window or hide what follows.
func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                "plain",
		"a\x1b]0;title\x07b":   "a ]0;title b",
		"a\x1b[2Jb":            "a [2Jb",
		"a\r\nb":               "a  b",
		"\x1b[31mred\x1b[0m":   "\x1b[31mred\x1b[0m",
		"bad\xffutf8":          "bad utf8",
		"right\u202eto left":   "right to left",
		"\x1b[":                " [",
		"\x1b[1;2;3;4;5;6;7;8": " [1;2;3;4;5;6;7;8",
	} {
		require.Equal(t, want, Clean(in), "%q", in)
	}
}

func TestTableLinesUp(t *testing.T) {
	t.Parallel()
	table := NewTable(Paint{on: true}, "name", ">number", "")
	table.Row("ä", "1")
	table.Row(Paint{on: true}.Good("green"), "1000", "note")
	var b bytes.Buffer
	require.NoError(t, table.Flush(&b))
	table.Row("later", "7", "x")
	require.NoError(t, table.Flush(&b))
	plain := strings.NewReplacer("\x1b[2m", "", "\x1b[32m", "", "\x1b[0m", "").Replace(b.String())
	require.Equal(t, "name   number\nä           1\ngreen    1000  note\nlater       7  x\n", plain)
}

func TestPaintOff(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	p := PaintFor(&bytes.Buffer{}, none)
	require.Equal(t, "x", p.Bold(p.Bad(p.Status("x"))))
	require.False(t, CanDraw(&bytes.Buffer{}, none))
}

func TestWaterfall(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	spans := []Span{
		{ID: "c", Parent: "a", Name: "second", Service: "two", Start: at(50), End: at(100)},
		{ID: "b", Parent: "a", Name: "first", Service: "two", Start: at(0), End: at(50), Err: "it broke"},
		{ID: "a", Parent: "gone", Name: "root", Service: "one", Start: at(0), End: at(100)},
		{ID: "x", Parent: "y", Name: "ring", Start: at(10), End: at(10)},
		{ID: "y", Parent: "x", Name: "ring too", Start: at(10), End: at(20)},
	}
	var b bytes.Buffer
	require.NoError(t, Waterfall(&b, spans, Paint{}))
	require.Equal(t, strings.TrimPrefix(`
span                service  start   time
root                one       +0ns  100ms  |━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━|
  first ✗ it broke  two       +0ns   50ms  |━━━━━━━━━━━━━━━━                |
  second            two      +50ms   50ms  |                ━━━━━━━━━━━━━━━━|
ring                         +10ms    0ns  |   ━                            |
  ring too                   +10ms   10ms  |   ━━━━                         |
`, "\n"), b.String())
	require.NoError(t, Waterfall(&b, nil, Paint{}))
}

// Whatever times a sender invents, the waterfall is drawn.
func FuzzWaterfall(f *testing.F) {
	f.Add(int64(0), int64(10), int64(5), int64(1))
	f.Add(int64(-1<<62), int64(1<<62), int64(1<<62), int64(-1<<62))
	f.Fuzz(func(t *testing.T, a, b, c, d int64) {
		var out bytes.Buffer
		require.NoError(t, Waterfall(&out, []Span{
			{ID: "a", Name: "a", Start: time.Unix(0, a), End: time.Unix(0, b)},
			{ID: "b", Parent: "a", Name: "b", Start: time.Unix(0, c), End: time.Unix(0, d)},
		}, Paint{}))
		require.Equal(t, 3, strings.Count(out.String(), "\n"))
	})
}
