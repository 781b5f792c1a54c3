package series

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// frame is the columns of a Parquet or Arrow file.
type frame []frameColumn

type frameColumn struct {
	name  string
	holds content
	what  string // its type, for people
}

// content is what a column holds in each row.
type content int

const (
	other  content = iota // no numbers, or numbers in a deeper structure
	number                // the column is a series
	list                  // each row is a series
)

// pandasIndex begins the names of columns that pandas makes of a table's index.
const pandasIndex = "__index_level_"

// pick says which columns to read.
type pick struct {
	values int
	label  int // -1: none
	rows   bool
}

// choose picks the column that was asked for, or else the only one that can be meant.
func (f frame) choose(opt Options) (pick, error) {
	p := pick{label: -1}
	var err error
	if opt.Column != "" {
		p.values, err = f.find(opt)
	} else {
		p.values, err = f.only(opt)
	}
	if err != nil {
		return p, err
	}
	p.rows = f[p.values].holds == list
	if opt.LabelFirst {
		p.label, err = f.findLabel()
	}
	return p, err
}

// find returns the column with the name or, failing that, the number that was asked for.
func (f frame) find(opt Options) (int, error) {
	found := -1
	for i, c := range f {
		if c.name != opt.Column {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%w: columns %d and %d are both named %q; give a number", ErrFormat, found+1, i+1, clip(c.name))
		}
		found = i
	}
	if n, err := strconv.Atoi(opt.Column); found < 0 && err == nil && n >= 1 && n <= len(f) {
		found = n - 1
	}
	switch {
	case found < 0:
		return 0, fmt.Errorf("%w: no column %q; the file has %s", ErrFormat, clip(opt.Column), f)
	case f[found].holds == other:
		return 0, fmt.Errorf("%w: column %q holds %s; want numbers, or lists of numbers", ErrFormat, clip(opt.Column), f[found].what)
	case opt.Rows && f[found].holds == number:
		return 0, fmt.Errorf("%w: column %q holds one number a row, so that it is one series; --rows needs lists",
			ErrFormat, clip(opt.Column))
	}
	return found, nil
}

// only returns the one column that can hold the series; with Rows, the one of lists.
func (f frame) only(opt Options) (int, error) {
	var able []int
	for i, c := range f {
		if c.holds == list || c.holds == number && !opt.Rows && !strings.HasPrefix(c.name, pandasIndex) {
			able = append(able, i)
		}
	}
	switch {
	case len(able) == 1:
		return able[0], nil
	case len(able) == 0 && opt.Rows:
		return 0, fmt.Errorf("%w: --rows needs a column of lists; the file has %s", ErrFormat, f)
	case len(able) == 0:
		return 0, fmt.Errorf("%w: no column holds numbers; the file has %s", ErrFormat, f)
	}
	return 0, fmt.Errorf("%w: the file has %s; say which one with --column", ErrFormat, f)
}

// findLabel returns the column with the known exponents: h or, failing that, label.
func (f frame) findLabel() (int, error) {
	for _, name := range []string{"h", "label"} {
		i := slices.IndexFunc(f, func(c frameColumn) bool { return strings.EqualFold(c.name, name) })
		if i < 0 {
			continue
		}
		if f[i].holds != number {
			return 0, fmt.Errorf("%w: the labels' column %q holds %s; want numbers", ErrFormat, clip(f[i].name), f[i].what)
		}
		return i, nil
	}
	return 0, fmt.Errorf("%w: --label-first needs a column named h or label; the file has %s", ErrFormat, f)
}

// String lists the columns: "2 columns: 1 (t, timestamp), 2 (flow, double)".
func (f frame) String() string {
	const most = 12
	var b strings.Builder
	b.WriteString(columns(len(f)) + ":")
	for i, c := range f[:min(len(f), most)] {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %d (%s, %s)", i+1, clip(c.name), clip(c.what))
	}
	if len(f) > most {
		b.WriteString(", …")
	}
	return b.String()
}

// collector makes series of the values of a column as they are read.
type collector struct {
	name   string
	opt    Options
	rows   bool
	labels []float64 // of all rows, with LabelFirst
	emit   func(Series) error
	x      []float64
	row    int // number of the row that x is of, from 1
}

// grow appends a value; a gap is NaN.
func (c *collector) grow(v float64) error {
	if len(c.x) == c.opt.MaxPoints {
		err := fmt.Errorf("%w: more than %d points; aggregate or split it", ErrTooLong, c.opt.MaxPoints)
		if c.rows {
			err = fmt.Errorf("row %d: %w", c.row, err)
		}
		return err
	}
	c.x = append(c.x, v)
	return nil
}

// begin ends the row before and begins the next.
func (c *collector) begin() error {
	err := c.flush()
	c.row++
	return err
}

// flush emits the row that was begun, if one was.
func (c *collector) flush() error {
	if c.row == 0 {
		return nil
	}
	s := Series{Name: fmt.Sprintf("%s:%d", c.name, c.row), Values: c.x}
	c.x = make([]float64, 0, len(c.x)) // rows are mostly of one length
	if c.opt.LabelFirst {
		if c.row > len(c.labels) {
			return fmt.Errorf("%w: row %d has no label", ErrFormat, c.row)
		}
		if err := checkLabel(c.labels[c.row-1]); err != nil {
			return fmt.Errorf("row %d: %w", c.row, err)
		}
		s.Label = &c.labels[c.row-1]
	}
	return c.emit(s)
}

// end emits what is left.
func (c *collector) end() error {
	switch {
	case c.rows:
		return c.flush()
	case len(c.x) > 0:
		return c.emit(Series{Name: c.name, Values: c.x})
	}
	return nil
}

// checkRows refuses a file of more rows than may be read.
func (c *collector) checkRows(n int64) error {
	switch {
	case n < 0:
		return fmt.Errorf("%w: %d rows", ErrFormat, n)
	case c.rows && n > int64(c.opt.MaxSeries):
		return fmt.Errorf("%w: %d series, at most %d; split the file", ErrTooLong, n, c.opt.MaxSeries)
	case !c.rows && n > int64(c.opt.MaxPoints):
		return fmt.Errorf("%w: %d points, at most %d; aggregate or split it", ErrTooLong, n, c.opt.MaxPoints)
	}
	return nil
}

// damaged wraps an error of the library that reads Parquet and Arrow.
func damaged(err error) error {
	if err == nil || errors.Is(err, ErrFormat) || errors.Is(err, ErrTooLong) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrFormat, err)
}

// guarded calls f and turns a panic into an error: arrow-go trusts what a file says of itself in
// many places and panics where it lies. It reads on the caller's goroutine in the interfaces used
// here. Nothing of a caller's runs inside f, so that no panic of theirs is taken for damage.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrFormat, p)
		}
	}()
	return damaged(f())
}

// mayExpandTo tells whether n compressed bytes may stand for size bytes. Codecs reach some
// hundred to one on data; room for a series of the greatest length is always granted, for a long
// gap compresses to nothing.
func (o Options) mayExpandTo(n, size int64) bool {
	const (
		ratio = 1000
		most  = 1 << 30
	)
	return size >= 0 && size <= most && size <= ratio*n+16*int64(o.MaxPoints)
}
