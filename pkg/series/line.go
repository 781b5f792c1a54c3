package series

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// lines reads the lines of a text that mean something: no blank ones, no comments (#).
type lines struct {
	in     *bufio.Reader
	limit  int // bytes
	number int // of the line returned last, from 1
	buf    []byte
}

// next returns the next line without its end, valid until the call after it; io.EOF at the end.
func (l *lines) next() (string, error) {
	for {
		line, err := l.raw()
		if err != nil {
			return "", err
		}
		text := bytes.TrimSpace(line)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		if bytes.IndexByte(line, 0) >= 0 || !utf8.Valid(line) {
			return "", fmt.Errorf("%w: line %d is not UTF-8 text", ErrFormat, l.number)
		}
		return string(bytes.TrimRight(line, "\r\n")), nil
	}
}

func (l *lines) raw() ([]byte, error) {
	l.buf = l.buf[:0]
	l.number++
	for {
		part, err := l.in.ReadSlice('\n')
		if len(l.buf)+len(part) > l.limit {
			return nil, fmt.Errorf("%w: line %d is longer than %d bytes; for one series per row say --rows",
				ErrFormat, l.number, l.limit)
		}
		l.buf = append(l.buf, part...)
		switch {
		case err == nil:
			return l.buf, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(l.buf) > 0:
			return l.buf, nil
		default:
			return nil, err
		}
	}
}

// space is the delimiter that stands for any run of blanks.
const space = ' '

// delimiter finds what separates the cells of a line of data.
func delimiter(line string) byte {
	outside := unquoted(line)
	for _, d := range []byte{'\t', ';', ','} {
		if strings.IndexByte(outside, d) >= 0 {
			return d
		}
	}
	if len(strings.Fields(outside)) > 1 {
		return space
	}
	return ','
}

// unquoted returns the line without what stands in quotes.
func unquoted(line string) string {
	if !strings.Contains(line, `"`) {
		return line
	}
	var b strings.Builder
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}

// split appends the line's cells to dst, trimmed and unquoted.
func split(dst []string, line string, delim byte) ([]string, error) {
	if delim == space {
		line = strings.TrimSpace(line)
	}
	for {
		cell, rest, more, err := cut(line, delim)
		if err != nil {
			return nil, err
		}
		dst = append(dst, cell)
		if !more {
			return dst, nil
		}
		line = rest
	}
}

// cut takes the first cell off a line.
func cut(line string, delim byte) (cell, rest string, more bool, err error) {
	if start := strings.TrimLeft(line, " "); strings.HasPrefix(start, `"`) {
		cell, rest, err = cutQuoted(start)
		if err != nil {
			return "", "", false, err
		}
		rest = strings.TrimLeft(rest, " ")
		switch {
		case rest == "":
			return cell, "", false, nil
		case delim == space:
			return cell, rest, true, nil
		case rest[0] == delim:
			return cell, rest[1:], true, nil
		}
		return "", "", false, fmt.Errorf("%q follows a quoted cell", clip(rest))
	}
	i := strings.IndexByte(line, delim)
	if i < 0 {
		return strings.TrimSpace(line), "", false, nil
	}
	rest = line[i+1:]
	if delim == space {
		rest = strings.TrimLeft(rest, " ")
	}
	return strings.TrimSpace(line[:i]), rest, true, nil
}

// cutQuoted takes a cell in quotes off the front of s. Two quotes inside stand for one.
func cutQuoted(s string) (cell, rest string, err error) {
	var b strings.Builder
	for s = s[1:]; ; {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return "", "", errors.New("a quote is not closed on its line")
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		if !strings.HasPrefix(s, `"`) {
			return strings.TrimSpace(b.String()), s, nil
		}
		b.WriteByte('"')
		s = s[1:]
	}
}

// clip shortens text from a file to what fits into an error.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	cutAt := most
	for cutAt > 0 && !utf8.RuneStart(s[cutAt]) {
		cutAt--
	}
	return s[:cutAt] + "…"
}
