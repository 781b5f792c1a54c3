package dataset

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// reader reads the columns of a file's only row group.
type reader struct {
	file  *file.Reader
	group *file.RowGroupReader
	size  int64 // bytes of the file
	rows  int
}

// read opens a shard and lets use read it.
func read(data []byte, use func(*reader) error) (err error) {
	defer recovered(&err)
	if len(data) > MaxBytes {
		return fmt.Errorf("%d bytes, at most %d", len(data), MaxBytes)
	}
	if err := checkFooter(data); err != nil {
		return err
	}
	props := parquet.NewReaderProperties(memory.NewGoAllocator())
	props.BufferedStreamEnabled = true // else it allocates what the metadata claim
	props.MaxCompressedPageSize = int64(len(data))
	props.MaxUncompressedPageSize = MaxBytes
	f, err := file.NewParquetReader(bytes.NewReader(data), file.WithReadProps(props))
	if err != nil {
		return err
	}
	defer f.Close()
	if n := f.NumRowGroups(); n != 1 {
		return fmt.Errorf("%d row groups: want 1", n)
	}
	r := &reader{file: f, group: f.RowGroup(0), size: int64(len(data))}
	rows := r.group.NumRows()
	if rows < 1 || rows > MaxRows || rows != f.NumRows() {
		return fmt.Errorf("%d rows: want 1 to %d", rows, MaxRows)
	}
	r.rows = int(rows)
	return use(r)
}

// recovered turns a panic into an error. arrow-go trusts the metadata of a file in many places and
// panics where they lie; it does all work on the caller's goroutine in the interface used here, so
// that this is the one place to catch it.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("parquet: %v", p)
	}
}

// expect checks that the file's columns are those of sc and lie where they can.
func (r *reader) expect(sc *schema.GroupNode) error {
	want, have := schema.NewSchema(sc), r.file.MetaData().Schema
	if have.NumColumns() != want.NumColumns() || r.group.NumColumns() != want.NumColumns() {
		return fmt.Errorf("%d columns: want %d", have.NumColumns(), want.NumColumns())
	}
	for i := range want.NumColumns() {
		w, h := want.Column(i), have.Column(i)
		if h.Path() != w.Path() || h.PhysicalType() != w.PhysicalType() ||
			h.MaxDefinitionLevel() != w.MaxDefinitionLevel() || h.MaxRepetitionLevel() != w.MaxRepetitionLevel() {
			return fmt.Errorf("column %d is %.40q of %s: want %q of %s", i+1, h.Path(), h.PhysicalType(), w.Path(), w.PhysicalType())
		}
		if err := r.expectChunk(i); err != nil {
			return fmt.Errorf("column %q: %w", w.Path(), err)
		}
	}
	return nil
}

func (r *reader) expectChunk(i int) error {
	chunk, err := r.group.MetaData().ColumnChunk(i)
	if err != nil {
		return err
	}
	start, size := chunk.DataPageOffset(), chunk.TotalCompressedSize()
	if start < 0 || size < 0 || start > r.size || size > r.size-start {
		return fmt.Errorf("%d bytes at %d in a file of %d", size, start, r.size)
	}
	if chunk.HasDictionaryPage() || chunk.Compression() != compress.Codecs.Uncompressed || chunk.CryptoMetadata() != nil {
		return errors.New("want plain, uncompressed values; other forms of Parquet are not read")
	}
	for _, e := range chunk.Encodings() {
		if e != parquet.Encodings.Plain && e != parquet.Encodings.RLE {
			return fmt.Errorf("encoding %s: want plain values", e)
		}
	}
	if n := chunk.NumValues(); n < int64(r.rows) || n > MaxValues {
		return fmt.Errorf("%d values in %d rows", n, r.rows)
	}
	return nil
}

// batchReader is what arrow-go's readers of columns of T have in common.
type batchReader[T any] interface {
	ReadBatch(size int64, values []T, defLevels, repLevels []int16) (levels int64, read int, err error)
	HasNext() bool
	Err() error
}

const batch = 4096

// open returns the reader of column i.
func open[T any](r *reader, i int) (batchReader[T], error) {
	column, err := r.group.Column(i)
	if err != nil {
		return nil, err
	}
	typed, ok := column.(batchReader[T])
	if !ok {
		return nil, fmt.Errorf("column %d is read as %T", i+1, column)
	}
	return typed, nil
}

// take calls set with each value of column i, which has one per row. Values that share memory with
// the file are valid during the call.
func take[T any](r *reader, i int, set func(row int, v T)) error {
	column, err := open[T](r, i)
	if err != nil {
		return err
	}
	values := make([]T, min(batch, r.rows))
	row := 0
	for row < r.rows {
		_, n, err := column.ReadBatch(int64(min(len(values), r.rows-row)), values, nil, nil)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("column %d ends after %d of %d rows: %w", i+1, row, r.rows, ended(column.Err()))
		}
		for _, v := range values[:n] {
			set(row, v)
			row++
		}
	}
	return nil
}

var errEnds = errors.New("no more pages")

func ended(err error) error {
	if err != nil {
		return err
	}
	return errEnds
}

// takeText is take for text. Equal texts in sequence share memory.
func (r *reader) takeText(i int, set func(row int, s string)) error {
	last := ""
	var bad error
	err := take(r, i, func(row int, v parquet.ByteArray) {
		if len(v) > maxText {
			bad = fmt.Errorf("column %d: a text of %d bytes", i+1, len(v))
			return
		}
		if string(v) != last {
			last = string(v)
		}
		set(row, last)
	})
	return errors.Join(err, bad)
}

// takeLists calls set with the list of each row in column i. All share memory.
func (r *reader) takeLists(i int, set func(row int, v []float32)) error {
	column, err := open[float32](r, i)
	if err != nil {
		return err
	}
	var (
		flat     []float32
		starts   = make([]int, 0, r.rows+1)
		values   = make([]float32, batch)
		def, rep = make([]int16, batch), make([]int16, batch)
	)
	for column.HasNext() {
		levels, n, err := column.ReadBatch(batch, values, def, rep)
		if err != nil {
			return err
		}
		if levels == 0 || int64(n) != levels || len(flat)+n > MaxValues {
			return fmt.Errorf("column %d: %d values at %d places after %d", i+1, n, levels, len(flat))
		}
		for k := range n {
			if rep[k] == 0 {
				starts = append(starts, len(flat)+k)
			}
		}
		if len(starts) == 0 || starts[0] != 0 || len(starts) > r.rows {
			return fmt.Errorf("column %d: lists do not fit %d rows", i+1, r.rows)
		}
		flat = append(flat, values[:n]...)
	}
	if err := column.Err(); err != nil {
		return err
	}
	if len(starts) != r.rows {
		return fmt.Errorf("column %d: %d lists in %d rows", i+1, len(starts), r.rows)
	}
	starts = append(starts, len(flat))
	for row := range r.rows {
		set(row, flat[starts[row]:starts[row+1]:starts[row+1]])
	}
	return nil
}
