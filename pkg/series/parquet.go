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

// wholeBytes is the largest Parquet file that is read from what is no file, as from a pipe: the
// format begins at its end, so that all of it is held in memory.
const wholeBytes = 1 << 30

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

// section returns all of the input for reading anywhere: the file itself, if r is one, else what
// in still has to give.
func section(in *bufio.Reader, r io.Reader) (*io.SectionReader, error) {
	if f, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		here, err := f.Seek(0, io.SeekCurrent)
		if err == nil { // it is no pipe
			end, err := f.Seek(0, io.SeekEnd)
			start := here - int64(in.Buffered())
			return io.NewSectionReader(f, start, end-start), err
		}
	}
	data, err := io.ReadAll(io.LimitReader(in, wholeBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > wholeBytes {
		return nil, fmt.Errorf("%w: Parquet of more than %d bytes is read from a file only, not from a pipe", ErrTooLong, wholeBytes)
	}
	return io.NewSectionReader(bytesAt(data), 0, int64(len(data))), nil
}

// bytesAt is an io.ReaderAt.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
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
