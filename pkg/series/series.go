// Package series reads time series from CSV, TSV, NPY, Parquet and Arrow files and checks that a series is one
// whose Hurst exponent can be asked for.
//
// Reading is about form: a cell that is no number is an error that names its place. [Check] is
// about substance: too short, constant, infinite. They are apart so that one bad row in a file of
// a hundred thousand is one answer that says so, not the end of the file.
package series

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
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
	Name   string    // the file's name, with :line (text) or :row behind it where it holds several
	Values []float64 // gaps filled, unless every point is a gap: then all are NaN
	Gaps   int       // how many points were missing
	Label  *float64  // the known H, with Options.LabelFirst
}

// Options says how to read a file. The zero value reads one series and finds out the rest.
type Options struct {
	Format     string // csv, tsv, npy, parquet or arrow; empty: by the name's ending, else by the content
	Column     string // the column with the series, by its name or its number from 1; empty: the only one
	Rows       bool   // every row is a series; in Parquet and Arrow, a list in a column, as without it if the column is of lists
	LabelFirst bool   // with Rows: a row's first value is its known H; in Parquet and Arrow, that in column h or label
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

// Each calls fn for every series in r, in order, and holds only one of them in memory, with the
// batch that it is in where the file is Arrow. Values belong to fn. It ends with fn's first error,
// unwrapped. A file without any series is an error.
//
// Parquet and Arrow files begin at their ends: if r is an [io.ReaderAt] and an [io.Seeker], as a
// file is, it is read in parts; else all of r is held in memory, 1 GiB at most.
func Each(r io.Reader, name string, opt Options, fn func(Series) error) error {
	opt, err := opt.complete()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	in := bufio.NewReaderSize(r, 64<<10)
	format, err := detect(in, name, opt.Format)
	if err == nil && opt.Column != "" && opt.Rows && format != "parquet" && format != "arrow" {
		err = fmt.Errorf("with --rows every row is a series; --column %q has no meaning there", clip(opt.Column))
	}
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
	switch format {
	case "npy":
		err = eachArray(in, name, opt, emit)
	case "parquet":
		err = eachParquet(in, r, name, opt, emit)
	case "arrow":
		err = eachArrow(in, r, name, opt, emit)
	default:
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
	return o, nil
}

func checkLabel(h float64) error {
	if !(h >= 0 && h <= 1) { // also refuses NaN
		return fmt.Errorf("label %v is not a Hurst exponent: want a number from 0 to 1", h)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
