package series

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// readColumn reads the one column that holds the series.
func (t *table) readColumn(opt Options) ([]float64, error) {
	var (
		x     []float64
		pick  = -1
		width int
		clock index
	)
	for {
		cells, err := t.record()
		if errors.Is(err, io.EOF) {
			return x, nil
		}
		if err != nil {
			return nil, err
		}
		if pick < 0 {
			if width, pick, err = t.choose(cells, opt.Column); err != nil {
				return nil, err
			}
		}
		if len(cells) != width {
			return nil, fmt.Errorf("%w: line %d has %s, where the file has %s before",
				ErrFormat, t.line, columns(len(cells)), columns(width))
		}
		if opt.Column == "" && width == 2 && !clock.follows(t, cells[0]) {
			return nil, fmt.Errorf("%w; on line %d column 1 is %q, which does not follow %q, so it is no time index",
				t.ambiguous(width), t.line, clip(cells[0]), clip(clock.last))
		}
		v, err := t.value(cells, pick)
		if err != nil {
			return nil, err
		}
		if len(x) == opt.MaxPoints {
			return nil, fmt.Errorf("%w: more than %d points; aggregate or split it", ErrTooLong, opt.MaxPoints)
		}
		x = append(x, v)
	}
}

// choose returns the number of columns and which one holds the series.
func (t *table) choose(cells []string, want string) (width, pick int, err error) {
	width = len(cells)
	switch {
	case width > maxColumns:
		return 0, 0, fmt.Errorf("%w: %d columns, at most %d; for one series per row say --rows", ErrFormat, width, maxColumns)
	case want != "":
		pick, err = t.find(width, want)
		return width, pick, err
	case width == 1:
		return 1, 0, nil
	case width == 2:
		return 2, 1, nil // readColumn checks that the first is a time index
	}
	return 0, 0, t.ambiguous(width)
}

// find returns the column with this name or, failing that, this number.
func (t *table) find(width int, want string) (int, error) {
	found := -1
	for i, name := range t.names {
		if name != want {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%w: columns %d and %d are both named %q; give a number", ErrFormat, found+1, i+1, want)
		}
		found = i
	}
	if found >= 0 && found < width {
		return found, nil
	}
	if i, err := strconv.Atoi(want); err == nil && i >= 1 && i <= width {
		return i - 1, nil
	}
	return 0, fmt.Errorf("%w: no column %q; the file has %s", ErrFormat, clip(want), t.list(width))
}

func (t *table) ambiguous(width int) error {
	return fmt.Errorf("%w: the file has %s; say which one with --column, or --rows for one series per row",
		ErrFormat, t.list(width))
}

// list names the columns: "3 columns: 1 (year), 2 (flow), 3".
func (t *table) list(width int) string {
	const most = 12
	var b strings.Builder
	b.WriteString(columns(width) + ": ")
	for i := range min(width, most) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strings.TrimPrefix(t.column(i), "column "))
	}
	if width > most {
		b.WriteString(", …")
	}
	return b.String()
}

func columns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// index checks that cells rise like a time index: numbers, or dates such as 1871-05-01 whose text
// sorts as they do.
type index struct {
	last  string
	value float64
	date  bool
	begun bool
}

// follows takes the next cell and tells whether it is behind the one before.
func (x *index) follows(t *table, cell string) bool {
	v, err := t.parse(cell)
	date := err != nil && isDate(cell)
	if err != nil && !date || math.IsNaN(v) {
		return false
	}
	ok := !x.begun
	switch {
	case ok:
	case date && x.date:
		ok = len(cell) == len(x.last) && cell > x.last
	case !date && !x.date:
		ok = v > x.value
	}
	if ok {
		*x = index{last: strings.Clone(cell), value: v, date: date, begun: true}
	}
	return ok
}

// isDate tells whether a cell looks like an ISO 8601 date or time, or a year and a month.
func isDate(cell string) bool {
	if len(cell) < len("1871-05") || len(cell) > len("1871-05-01T00:00:00.000000000+00:00") {
		return false
	}
	for i, c := range []byte(cell) {
		digit := c >= '0' && c <= '9'
		if i < 4 && !digit || i == 4 && c != '-' && c != '/' || i > 4 && !digit && !strings.ContainsRune("-/:.TZ +", rune(c)) {
			return false
		}
	}
	return true
}
