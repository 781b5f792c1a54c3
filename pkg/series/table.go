package series

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	cellBytes  = 32      // room for a number and its delimiter in a row of many
	lineBytes  = 1 << 20 // longest line of a file with a series in a column
	maxColumns = 1000    // most columns of such a file
)

// table is a text file of cells, read record by record.
type table struct {
	lines
	delim byte
	names []string // the header's, nil without one
	held  []string // lines read ahead while looking for the header
	at    []int    // their numbers
	cells []string
	line  int // of the record returned last
}

// eachTable reads a CSV or TSV file.
func eachTable(in *bufio.Reader, name, format string, opt Options, emit func(Series) error) error {
	t := &table{lines: lines{in: in, limit: lineBytes}}
	if opt.Rows {
		t.limit = max(lineBytes, cellBytes*opt.MaxPoints)
	}
	if err := t.start(format); err != nil {
		return err
	}
	if opt.Rows {
		return t.eachRow(name, opt, emit)
	}
	x, err := t.readColumn(opt)
	if err != nil || len(x) == 0 {
		return err
	}
	return emit(Series{Name: name, Values: x})
}

// start reads up to two lines, tells the delimiter from the newer one and whether the older one is
// a header. A header's own punctuation would mislead: "flow, 10^8 m3" above a single column.
func (t *table) start(format string) error {
	for len(t.held) < 2 {
		line, err := t.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		t.held, t.at = append(t.held, line), append(t.at, t.number)
	}
	if len(t.held) == 0 {
		return nil
	}
	t.delim = '\t'
	if format != "tsv" {
		t.delim = delimiter(t.held[len(t.held)-1])
	}
	return t.takeHeader()
}

func (t *table) takeHeader() error {
	first, err := split(nil, t.held[0], t.delim)
	if err != nil {
		return t.wrong(t.at[0], err)
	}
	if !t.isHeader(first) {
		return nil
	}
	if len(t.held) > 1 {
		below, err := split(nil, t.held[1], t.delim)
		if err != nil {
			return t.wrong(t.at[1], err)
		}
		if len(below) == 1 && len(first) > 1 {
			first = []string{t.held[0]} // one column whose name has delimiters in it
		}
	}
	t.names = first
	t.held, t.at = t.held[1:], t.at[1:]
	return nil
}

// isHeader tells whether a record names columns: it has text and not one number. A text beside a
// number is rather a slip in the data, which must not vanish as a header.
func (t *table) isHeader(cells []string) bool {
	for _, cell := range cells {
		if !gap(cell) {
			return !t.anyNumber(cells)
		}
	}
	return false
}

func (t *table) anyNumber(cells []string) bool {
	for _, cell := range cells {
		if t.isNumber(cell) {
			return true
		}
	}
	return false
}

func (t *table) isNumber(cell string) bool {
	_, err := t.parse(cell)
	return err == nil && !gap(cell)
}

// record returns the next record's cells, valid until the next call; io.EOF at the end.
func (t *table) record() ([]string, error) {
	var line string
	if len(t.held) > 0 {
		line, t.line = t.held[0], t.at[0]
		t.held, t.at = t.held[1:], t.at[1:]
	} else {
		var err error
		if line, err = t.lines.next(); err != nil {
			return nil, err
		}
		t.line = t.number
	}
	cells, err := split(t.cells[:0], line, t.delim)
	if err != nil {
		return nil, t.wrong(t.line, err)
	}
	t.cells = cells
	return cells, nil
}

// parse reads a cell; a gap is NaN. In a file separated by semicolons a comma may be the decimal
// sign, as spreadsheets of half of Europe write it.
func (t *table) parse(cell string) (float64, error) {
	if gap(cell) {
		return math.NaN(), nil
	}
	if t.delim == ';' && strings.Count(cell, ",") == 1 && !strings.Contains(cell, ".") {
		cell = strings.Replace(cell, ",", ".", 1)
	}
	if strings.ContainsAny(cell, "_xXpP") { // Go's own notations, which no data file means
		return 0, strconv.ErrSyntax
	}
	v, err := strconv.ParseFloat(cell, 64)
	if errors.Is(err, strconv.ErrRange) {
		return v, nil // an infinity, which Check names; or zero
	}
	return v, err
}

// gap tells whether a cell says that its value is missing.
func gap(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "na", "n/a", "nan", "null", "none", "-", ".":
		return true
	}
	return false
}

// value reads cell i of the current record and names its place if it cannot.
func (t *table) value(cells []string, i int) (float64, error) {
	v, err := t.parse(cells[i])
	if err != nil {
		return 0, fmt.Errorf("%w: line %d, %s: %q is not a number; write a gap as NA or leave it empty",
			ErrFormat, t.line, t.column(i), clip(cells[i]))
	}
	return v, nil
}

// column names column i for people.
func (t *table) column(i int) string {
	if i < len(t.names) && t.names[i] != "" {
		return fmt.Sprintf("column %d (%s)", i+1, clip(t.names[i]))
	}
	return fmt.Sprintf("column %d", i+1)
}

func (t *table) wrong(line int, err error) error {
	return fmt.Errorf("%w: line %d: %w", ErrFormat, line, err)
}
