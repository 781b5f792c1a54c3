// Package series reads time series from CSV, TSV and NPY files and checks that a series is one
// whose Hurst exponent can be asked for.
//
// Reading is about form: a cell that is no number is an error that names its place. [Check] is
// about substance: too short, constant, infinite. They are apart so that one bad row in a file of
// a hundred thousand is one answer that says so, not the end of the file.
package series

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"
)

// MinPoints and MaxPoints bound the length of a series that [Check] accepts.
const (
	MinPoints = 64
	MaxPoints = 1_000_000
)

// MaxSeries is the largest number of series in one file if [Options] does not say otherwise.
const MaxSeries = 100_000

// Series is one series of a file.
type Series struct {
	Name   string    // the file's name, with :line (text) or :row (NPY) behind it where it holds several
	Values []float64 // gaps filled, unless every point is a gap: then all are NaN
	Gaps   int       // how many points were missing
	Label  *float64  // the known H, with Options.LabelFirst
}

// Options says how to read a file. The zero value reads one series and finds out the rest.
type Options struct {
	Format     string // csv, tsv or npy; empty: by the name's ending, else by the content
	Column     string // the column with the series, by its name or its number from 1; empty: the only one
	Rows       bool   // every row is a series
	LabelFirst bool   // with Rows: a row's first value is its known H
	MaxPoints  int    // longest series; zero: 1,000,000
	MaxSeries  int    // most series in a file; zero: 100,000
}

// ErrFormat is what an error about a file's form wraps: nothing in it was understood as a series.
var ErrFormat = errors.New("not a readable series file")

// Read returns all series in r. The name serves to tell the format and to name the series; no file
// is opened.
func Read(r io.Reader, name string, opt Options) ([]Series, error) {
	var all []Series
	err := Each(r, name, opt, func(s Series) error {
		all = append(all, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each calls fn for every series in r, in order, and holds only one of them in memory. Values
// belong to fn. It ends with fn's first error, unwrapped. A file without any series is an error.
func Each(r io.Reader, name string, opt Options, fn func(Series) error) error {
	opt, err := opt.complete()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	in := bufio.NewReaderSize(r, 64<<10)
	format, err := detect(in, name, opt.Format)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	var stopped error
	count := 0
	emit := func(s Series) error {
		if count++; count > opt.MaxSeries {
			return fmt.Errorf("%w: more than %d series; split the file", ErrTooLong, opt.MaxSeries)
		}
		s.Gaps = Fill(s.Values)
		stopped = fn(s)
		return stopped
	}
	if format == "npy" {
		err = eachArray(in, name, opt, emit)
	} else {
		err = eachTable(in, name, format, opt, emit)
	}
	switch {
	case stopped != nil:
		return stopped
	case err != nil:
		return fmt.Errorf("read %s: %w", name, err)
	case count == 0:
		return fmt.Errorf("read %s: %w: the file holds no values", name, ErrNoData)
	}
	return nil
}

// complete fills in defaults and refuses what contradicts itself.
func (o Options) complete() (Options, error) {
	if o.MaxPoints <= 0 {
		o.MaxPoints = MaxPoints
	}
	if o.MaxSeries <= 0 {
		o.MaxSeries = MaxSeries
	}
	if o.LabelFirst && !o.Rows {
		return o, errors.New("a label comes first in a row: --label-first needs --rows")
	}
	if o.Column != "" && o.Rows {
		return o, fmt.Errorf("with --rows every row is a series; --column %q has no meaning there", o.Column)
	}
	return o, nil
}

// detect tells the format and takes a byte order mark off.
func detect(in *bufio.Reader, name, format string) (string, error) {
	head, _ := in.Peek(6)
	for _, f := range []struct{ magic, what, do string }{
		{"\x1f\x8b", "gzip-compressed", "decompress it first"},
		{"PK\x03\x04", "a zip archive (or an .npz or .xlsx)", "export the series as CSV or NPY"},
		{"PAR1", "Parquet", "export the series as CSV or NPY"},
		{"ARROW1", "Arrow", "export the series as CSV or NPY"},
		{"\xff\xfe", "UTF-16 text", "save it as UTF-8"},
		{"\xfe\xff", "UTF-16 text", "save it as UTF-8"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return "", fmt.Errorf("%w: this is %s; %s", ErrFormat, f.what, f.do)
		}
	}
	if format == "" {
		format = byName(name, head)
	}
	switch format {
	case "csv", "tsv":
		if bytes.HasPrefix(head, []byte(npyMagic)) {
			return "", fmt.Errorf("%w: this is NPY, not %s", ErrFormat, format)
		}
		if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
			_, err := in.Discard(3)
			return format, err
		}
		return format, nil
	case "npy":
		return format, nil
	}
	return "", fmt.Errorf("unknown format %q: want csv, tsv or npy", format)
}

func byName(name string, head []byte) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".tsv":
		return "tsv"
	case ".npy":
		return "npy"
	}
	if bytes.HasPrefix(head, []byte(npyMagic)) {
		return "npy"
	}
	return "csv"
}

func checkLabel(h float64) error {
	if !(h >= 0 && h <= 1) { // also refuses NaN
		return fmt.Errorf("label %v is not a Hurst exponent: want a number from 0 to 1", h)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
