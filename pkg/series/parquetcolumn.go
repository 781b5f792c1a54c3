package series

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// batch is how many values are read at a time.
const batch = 4096

// chunk reads a column in a row group.
type chunk struct {
	leaf
	next     func() (levels int, values []float64, err error)
	def, rep []int16 // of the values read last
}

// openChunk checks the column's pages and returns their reader.
func (p *parquetFile) openChunk(g int, l leaf) (*chunk, error) {
	c := &chunk{leaf: l, def: make([]int16, batch), rep: make([]int16, batch)}
	err := guarded(func() error {
		group := p.file.RowGroup(g)
		if err := p.checkPages(group, l); err != nil {
			return err
		}
		column, err := group.Column(l.index)
		if err != nil {
			return err
		}
		return c.open(column)
	})
	return c, err
}

func (p *parquetFile) checkPages(group *file.RowGroupReader, l leaf) error {
	meta, err := group.MetaData().ColumnChunk(l.index)
	if err != nil {
		return err
	}
	start, size := meta.DataPageOffset(), meta.TotalCompressedSize()
	if meta.HasDictionaryPage() && meta.DictionaryPageOffset() > 0 {
		if meta.DictionaryPageOffset() >= start {
			return fmt.Errorf("the dictionary at %d is behind the data at %d", meta.DictionaryPageOffset(), start)
		}
		start = meta.DictionaryPageOffset()
	}
	switch {
	case meta.CryptoMetadata() != nil:
		return errors.New("the column is encrypted")
	case meta.Compression() == compress.Codecs.Lz4:
		return errors.New("it is compressed with LZ4 in the old framing; write it with LZ4_RAW, Snappy or Zstandard")
	case start < 0 || size < 0 || start > p.at.Size() || size > p.at.Size()-start:
		return fmt.Errorf("a column of %d bytes at %d in a file of %d", size, start, p.at.Size())
	}
	check := &pages{
		in:   bufio.NewReaderSize(io.NewSectionReader(p.at, start, size), 64<<10),
		left: size, codec: meta.Compression(), opt: p.opt, width: l.width,
	}
	if l.repeats {
		check.levels++
	}
	if l.there > 0 {
		check.levels++
	}
	return check.check()
}

// batchReader is what arrow-go's readers of columns of T have in common.
type batchReader[T any] interface {
	ReadBatch(size int64, values []T, defLevels, repLevels []int16) (levels int64, read int, err error)
}

func (c *chunk) open(column file.ColumnChunkReader) error {
	switch r := column.(type) {
	case batchReader[float64]:
		c.next = reading(c, r, func(v float64) float64 { return v })
	case batchReader[float32]:
		c.next = reading(c, r, func(v float32) float64 { return float64(v) })
	case batchReader[int64]:
		c.next = reading(c, r, func(v int64) float64 { return float64(v) })
		if !c.signs {
			c.next = reading(c, r, func(v int64) float64 { return float64(uint64(v)) })
		}
	case batchReader[int32]:
		c.next = reading(c, r, func(v int32) float64 { return float64(v) })
		if !c.signs {
			c.next = reading(c, r, func(v int32) float64 { return float64(uint32(v)) })
		}
	case batchReader[parquet.FixedLenByteArray]:
		c.next = reading(c, r, func(v parquet.FixedLenByteArray) float64 { return float64(float16.FromLEBytes(v).Float32()) })
	default:
		return fmt.Errorf("the column is read as %T", column)
	}
	return nil
}

func reading[T any](c *chunk, r batchReader[T], convert func(T) float64) func() (int, []float64, error) {
	raw, values := make([]T, batch), make([]float64, batch)
	return func() (levels int, out []float64, err error) {
		err = guarded(func() error {
			n, read, err := r.ReadBatch(batch, raw, c.def, c.rep)
			for i, v := range raw[:read] {
				values[i] = convert(v)
			}
			levels, out = int(n), values[:read]
			return err
		})
		return levels, out, err
	}
}

// each calls f for each level of the chunk. there tells whether v is an element, or a gap, and not
// the sign of an empty list.
func (c *chunk) each(f func(begins, there bool, v float64) error) error {
	for {
		levels, values, err := c.next()
		if err != nil || levels == 0 {
			return err
		}
		for i := range levels {
			v := math.NaN()
			if c.def[i] == c.there {
				if len(values) == 0 {
					return fmt.Errorf("%w: a column has fewer values than levels", ErrFormat)
				}
				v, values = values[0], values[1:]
			}
			if err := f(c.rep[i] == 0, c.def[i] >= c.element, v); err != nil {
				return err
			}
		}
	}
}

// readColumn calls set with each value of a column of numbers.
func (p *parquetFile) readColumn(g, column int, rows int64, set func(float64) error) error {
	c, err := p.openChunk(g, p.leaves[column])
	if err != nil {
		return p.inColumn(column, err)
	}
	count := int64(0)
	err = c.each(func(_, _ bool, v float64) error {
		count++
		return set(v)
	})
	if err == nil && count != rows {
		err = fmt.Errorf("%w: %d values in %d rows", ErrFormat, count, rows)
	}
	return p.inColumn(column, err)
}

// readLists gives each list of a column to c.
func (p *parquetFile) readLists(g, column int, rows int64, c *collector) error {
	r, err := p.openChunk(g, p.leaves[column])
	if err != nil {
		return p.inColumn(column, err)
	}
	count := int64(0)
	err = r.each(func(begins, there bool, v float64) error {
		switch {
		case begins && count == rows, !begins && count == 0:
			return p.inColumn(column, fmt.Errorf("%w: the lists do not fit %d rows", ErrFormat, rows))
		case begins:
			count++
			if err := c.begin(); err != nil {
				return err
			}
		}
		if !there {
			return nil
		}
		return c.grow(v)
	})
	if err == nil && count != rows {
		err = p.inColumn(column, fmt.Errorf("%w: %d lists in %d rows", ErrFormat, count, rows))
	}
	return err
}

func (p *parquetFile) inColumn(column int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("column %d (%s): %w", column+1, clip(p.columns[column].name), err)
}
