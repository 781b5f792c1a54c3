package series

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	npyMagic       = "\x93NUMPY"
	npyHeaderBytes = 64 << 10
)

// npyHeader is what an NPY file says of its array. Versions 1, 2 and 3 differ in the width of the
// header's length and in its encoding only:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
type npyHeader struct {
	kind    byte // f, i or u
	size    int  // bytes
	fortran bool
	shape   []int
}

func readHeader(in *bufio.Reader) (npyHeader, error) {
	var start [8]byte
	if _, err := io.ReadFull(in, start[:]); err != nil || string(start[:6]) != npyMagic {
		return npyHeader{}, fmt.Errorf("%w: it does not begin as an NPY file does", ErrFormat)
	}
	var size uint32
	var err error
	switch start[6] {
	case 1:
		var short uint16
		err = binary.Read(in, binary.LittleEndian, &short)
		size = uint32(short)
	case 2, 3:
		err = binary.Read(in, binary.LittleEndian, &size)
	default:
		return npyHeader{}, fmt.Errorf("%w: NPY version %d; versions 1 to 3 are known", ErrFormat, start[6])
	}
	if err != nil {
		return npyHeader{}, fmt.Errorf("%w: the NPY header is cut off", ErrFormat)
	}
	if size > npyHeaderBytes {
		return npyHeader{}, fmt.Errorf("%w: an NPY header of %d bytes, at most %d", ErrFormat, size, npyHeaderBytes)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(in, text); err != nil {
		return npyHeader{}, fmt.Errorf("%w: the NPY header is cut off", ErrFormat)
	}
	return parseHeader(string(text))
}

// parseHeader reads the one form of Python literal that NPY headers take:
// {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
func parseHeader(text string) (npyHeader, error) {
	bad := fmt.Errorf("%w: NPY header %q", ErrFormat, clip(strings.TrimSpace(text)))
	s := strings.TrimSpace(text)
	if !strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}") {
		return npyHeader{}, bad
	}
	s = strings.TrimSpace(s[1 : len(s)-1])
	var h npyHeader
	seen := map[string]bool{}
	for s != "" {
		key, rest, ok := cutString(s)
		value, isPair := strings.CutPrefix(strings.TrimSpace(rest), ":")
		if !ok || !isPair || seen[key] {
			return h, bad
		}
		seen[key] = true
		var err error
		if s, err = h.set(key, strings.TrimSpace(value)); err != nil {
			return h, err
		}
		s = strings.TrimSpace(s)
		if s == "" {
			break
		}
		if s, ok = strings.CutPrefix(s, ","); !ok {
			return h, bad
		}
		s = strings.TrimSpace(s)
	}
	if !seen["descr"] || !seen["fortran_order"] || !seen["shape"] {
		return h, bad
	}
	return h, nil
}

// set takes the value of key off the front of s and returns what follows it.
func (h *npyHeader) set(key, s string) (rest string, err error) {
	switch key {
	case "descr":
		descr, rest, ok := cutString(s)
		if !ok {
			return "", fmt.Errorf("%w: the array holds records; save one field as a plain array", ErrFormat)
		}
		return rest, h.setType(descr)
	case "fortran_order":
		if rest, ok := strings.CutPrefix(s, "True"); ok {
			h.fortran = true
			return rest, nil
		}
		if rest, ok := strings.CutPrefix(s, "False"); ok {
			return rest, nil
		}
	case "shape":
		inside, rest, ok := strings.Cut(s, ")")
		if inside, open := strings.CutPrefix(inside, "("); ok && open {
			return rest, h.setShape(inside)
		}
	}
	return "", fmt.Errorf("%w: NPY header says %q of %q", ErrFormat, clip(s), clip(key))
}

func (h *npyHeader) setType(descr string) error {
	switch descr {
	case "<f4", "<f8", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "|i1", "|u1", "<i1", "<u1":
		h.kind, h.size = descr[1], int(descr[2]-'0')
		return nil
	}
	return fmt.Errorf("%w: numbers of type %q; save x.astype('<f8')", ErrFormat, clip(descr))
}

func (h *npyHeader) setShape(inside string) error {
	total := 1
	for _, part := range strings.Split(strings.TrimSuffix(strings.TrimSpace(inside), ","), ",") {
		part = strings.TrimSpace(part)
		if part == "" && len(h.shape) == 0 {
			continue // (): a single number
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(h.shape) == 32 {
			return fmt.Errorf("%w: NPY shape (%s)", ErrFormat, clip(inside))
		}
		if n > 0 && total > math.MaxInt/8/n {
			return fmt.Errorf("%w: NPY shape (%s) is too large", ErrFormat, clip(inside))
		}
		total *= max(n, 1)
		h.shape = append(h.shape, n)
	}
	return nil
}

// cutString takes a quoted Python string without escapes off the front of s.
func cutString(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '\'' && s[0] != '"' {
		return "", "", false
	}
	text, rest, ok = strings.Cut(s[1:], s[:1])
	return text, rest, ok
}
