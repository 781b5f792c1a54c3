package series

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// eachParquet reads a Parquet file. r is what in reads from.
func eachParquet(in *bufio.Reader, r io.Reader, name string, opt Options, emit func(Series) error) error {
	at, err := section(in, r)
	if err != nil {
		return err
	}
	if err := checkFooter(at, at.Size()); err != nil {
		return err
	}
	p := &parquetFile{at: at, opt: opt}
	if err := guarded(p.open); err != nil {
		return err
	}
	p.pick, err = p.columns.choose(opt)
	if err != nil {
		return err
	}
	c := &collector{name: name, opt: opt, rows: p.pick.rows, emit: emit}
	if err := c.checkRows(p.rows); err != nil {
		return err
	}
	for g := range p.groups {
		if err := p.readGroup(g, c); err != nil {
			return err
		}
	}
	return c.end()
}

// parquetFile reads the columns of a file.
type parquetFile struct {
	at      *io.SectionReader
	opt     Options
	file    *file.Reader
	columns frame
	leaves  []leaf // of each column
	pick    pick
	rows    int64
	groups  int
}

func (p *parquetFile) open() (err error) {
	props := parquet.NewReaderProperties(memory.NewGoAllocator())
	props.BufferedStreamEnabled = true // else it allocates what the metadata claim
	props.MaxCompressedPageSize = p.at.Size()
	props.MaxUncompressedPageSize = 1 << 30 // pages.check is stricter
	if p.file, err = file.NewParquetReader(p.at, file.WithReadProps(props)); err != nil {
		return err
	}
	if p.file.WriterVersion().LessThan(metadata.Parquet816FixedVersion) {
		return errors.New("it was written by parquet-mr before 1.2.9; write it again with a newer one")
	}
	p.columns, p.leaves = parquetColumns(p.file.MetaData().Schema)
	p.rows, p.groups = p.file.NumRows(), p.file.NumRowGroups()
	return nil
}

// readGroup reads a row group.
func (p *parquetFile) readGroup(g int, c *collector) error {
	var rows int64
	if err := guarded(func() error { rows = p.file.RowGroup(g).NumRows(); return nil }); err != nil {
		return err
	}
	if p.pick.label >= 0 {
		err := p.readColumn(g, p.pick.label, rows, func(v float64) error {
			if len(c.labels) == c.opt.MaxSeries {
				return fmt.Errorf("%w: more than %d labels", ErrTooLong, c.opt.MaxSeries)
			}
			c.labels = append(c.labels, v)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if p.pick.rows {
		return p.readLists(g, p.pick.values, rows, c)
	}
	return p.readColumn(g, p.pick.values, rows, c.grow)
}
