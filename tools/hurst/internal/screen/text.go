// Package screen shows things to people: tables that line up, durations and sizes in their words,
// colour where there is a terminal that wants it.
package screen

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"
)

// IsTerminal tells whether a person looks at what is written to w.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// CanDraw tells whether w is a terminal on which lines can be drawn over: one that knows its size.
func CanDraw(w io.Writer, getenv func(string) string) bool {
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) || getenv("TERM") == "dumb" {
		return false
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	return err == nil && size.Row > 0 && size.Col > 0
}

// Duration writes d with two or three digits that matter: 870µs, 12ms, 3.4s, 2m05s, 1h03m.
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Duration(-max(d, -math.MaxInt64)) // the least has no opposite
	case d < time.Microsecond:
		return fmt.Sprintf("%dns", d.Nanoseconds())
	case d < 999500*time.Nanosecond:
		return digits(float64(d)/1e3) + "µs"
	case d < 999500*time.Microsecond:
		return digits(float64(d)/1e6) + "ms"
	case d < 59500*time.Millisecond:
		return digits(d.Seconds()) + "s"
	case d < time.Hour-time.Second/2:
		s := int(math.Round(d.Seconds()))
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	}
	m := int(math.Round(d.Minutes()))
	return fmt.Sprintf("%dh%02dm", m/60, m%60)
}

// Seconds writes a number of seconds as [Duration] does.
func Seconds(s float64) string { return Duration(time.Duration(s * float64(time.Second))) }

// digits writes x below 1000 with two digits, or all those before the point.
func digits(x float64) string {
	if x < 9.95 {
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// Bytes writes a size: 512 B, 1.5 MiB.
func Bytes(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	x := float64(n)
	for _, unit := range []string{"KiB", "MiB", "GiB"} {
		if x /= 1024; x < 1023.5 {
			return digits(x) + " " + unit
		}
	}
	return digits(x/1024) + " TiB"
}

// Clean makes a text that came from elsewhere harmless for a terminal: control characters become
// spaces, except the colour sequences that [Paint] makes.
func Clean(s string) string {
	if !strings.ContainsFunc(s, control) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		if n := sgr(s); n > 0 {
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		if control(r) {
			r = ' '
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String()
}

func control(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
}

// sgr returns the length of the colour sequence that s begins with, or 0.
func sgr(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s) && i < 12; i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case (c < '0' || c > '9') && c != ';':
			return 0
		}
	}
	return 0
}

// Width returns how many columns s takes on a terminal, colours not counted.
func Width(s string) int {
	width := 0
	for len(s) > 0 {
		if n := sgr(s); n > 0 {
			s = s[n:]
			continue
		}
		_, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		width++
	}
	return width
}

// Clip shortens s to at most n characters.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:max(0, n-1)]) + "…"
}
