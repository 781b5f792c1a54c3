package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/series"
)

// source is the files that series are read from.
type source struct {
	opt   series.Options
	files []string
	stdin string // what the standard input is called; empty: stdin
}

// flags adds the flags that say how to read files.
func (s *source) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.opt.Format, "format", "", "csv, tsv, npy, parquet or arrow (default: by the file's name and content)")
	f.StringVar(&s.opt.Column, "column", "", "column that holds the series, by name or by number from 1")
	f.BoolVar(&s.opt.Rows, "rows", false, "every row is a series; in Parquet and Arrow, the list in a column")
	f.BoolVar(&s.opt.LabelFirst, "label-first", false, "a row's first value (Parquet, Arrow: column h or label) is its known H, to be scored; implies --rows")
}

// set takes the files that were named; none is the standard input.
func (s *source) set(files []string) error {
	switch s.opt.Format {
	case "", "csv", "tsv", "npy", "parquet", "arrow":
	default:
		return usage("--format is %q; allowed: csv, tsv, npy, parquet, arrow", s.opt.Format)
	}
	s.files = files
	if len(files) == 0 {
		s.files = []string{"-"}
	}
	s.opt.Rows = s.opt.Rows || s.opt.LabelFirst
	return nil
}

// errStop ends reading early.
var errStop = errors.New("stop")

// each yields the series of all files, in order, or an error that ends it, as when ctx ends.
func (s *source) each(ctx context.Context, stdin io.Reader) iter.Seq2[series.Series, error] {
	return func(yield func(series.Series, error) bool) {
		for _, name := range s.files {
			if err := s.read(ctx, name, stdin, yield); err != nil {
				switch {
				case errors.Is(err, errStop):
				case ctx.Err() != nil:
					yield(series.Series{}, ctx.Err())
				default:
					yield(series.Series{}, fault.With(fault.Invalid, err))
				}
				return
			}
		}
	}
}

func (s *source) read(ctx context.Context, name string, stdin io.Reader, yield func(series.Series, error) bool) error {
	in := interruptible(ctx, stdin)
	if name == "-" {
		name = cmp.Or(s.stdin, "stdin")
	} else {
		f, err := openFile(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	return series.Each(in, name, s.opt, func(x series.Series) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !yield(x, nil) {
			return errStop
		}
		return nil
	})
}
