package series

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	arrowarray "github.com/apache/arrow-go/v18/arrow/array"
)

// batches are the rows of an Arrow file or stream, in parts.
type batches interface {
	Schema() *arrow.Schema
	// next returns the next part, valid until the next call; nil after the last.
	next() (arrow.RecordBatch, error)
}

// eachArrow reads an Arrow IPC file (Feather version 2) or stream, batch by batch. r is what in
// reads from.
func eachArrow(in *bufio.Reader, r io.Reader, name string, opt Options, emit func(Series) error) error {
	b, err := openArrow(in, r, opt)
	if err != nil {
		return err
	}
	f := arrowColumns(b.Schema())
	p, err := f.choose(opt)
	if err != nil {
		return err
	}
	a := &arrowReader{pick: p, columns: f, to: &collector{name: name, opt: opt, rows: p.rows, emit: emit}}
	for {
		rec, err := b.next()
		if err != nil {
			return err
		}
		if rec == nil {
			return a.to.end()
		}
		if err := a.read(rec); err != nil {
			return err
		}
	}
}

func openArrow(in *bufio.Reader, r io.Reader, opt Options) (batches, error) {
	if head, _ := in.Peek(len(arrowMagic)); string(head) != arrowMagic {
		return openArrowStream(in, opt)
	}
	at, err := section(in, r)
	if err != nil {
		return nil, err
	}
	return openArrowFile(at, opt)
}

func arrowColumns(sc *arrow.Schema) frame {
	f := make(frame, sc.NumFields())
	for i, field := range sc.Fields() {
		f[i] = frameColumn{name: field.Name, what: field.Type.String()}
		if isNumber(field.Type) {
			f[i].holds = number
		}
		if l, ok := field.Type.(arrow.ListLikeType); ok && isList(field.Type) && isNumber(l.Elem()) {
			f[i].holds = list
		}
	}
	return f
}

func isNumber(t arrow.DataType) bool {
	return arrow.IsInteger(t.ID()) || arrow.IsFloating(t.ID())
}

func isList(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.LIST, arrow.LARGE_LIST, arrow.FIXED_SIZE_LIST, arrow.LIST_VIEW, arrow.LARGE_LIST_VIEW:
		return true
	}
	return false // a map is like a list to arrow-go
}

// arrowReader reads the chosen columns of batches.
type arrowReader struct {
	pick    pick
	columns frame
	to      *collector
	rows    int64
}

func (a *arrowReader) read(rec arrow.RecordBatch) error {
	a.rows += rec.NumRows()
	if err := a.to.checkRows(a.rows); err != nil {
		return err
	}
	if a.pick.label >= 0 {
		if err := a.readLabels(rec.Column(a.pick.label), rec.NumRows()); err != nil {
			return err
		}
	}
	column := rec.Column(a.pick.values)
	if int64(column.Len()) != rec.NumRows() {
		return fmt.Errorf("%w: %d values in %d rows", ErrFormat, column.Len(), rec.NumRows())
	}
	if !a.pick.rows {
		x, err := arrowNumbers(nil, column, 0, int64(column.Len()))
		if err != nil {
			return err
		}
		return a.grow(x)
	}
	var buf []float64
	for i := range column.Len() {
		var err error
		if buf, err = a.list(buf[:0], column, i); err != nil {
			return fmt.Errorf("row %d: %w", a.to.row+1, err)
		}
		if err = a.to.begin(); err == nil {
			err = a.grow(buf)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *arrowReader) grow(x []float64) error {
	for _, v := range x {
		if err := a.to.grow(v); err != nil {
			return err
		}
	}
	return nil
}

func (a *arrowReader) readLabels(column arrow.Array, rows int64) error {
	labels, err := arrowNumbers(a.to.labels, column, 0, rows)
	a.to.labels = labels
	return err
}

// list appends the list in row i to dst; a missing one is empty.
func (a *arrowReader) list(dst []float64, column arrow.Array, i int) ([]float64, error) {
	err := guarded(func() error {
		l, ok := column.(arrowarray.ListLike)
		if !ok {
			return fmt.Errorf("a column of lists is read as %T", column)
		}
		if column.IsNull(i) {
			return nil
		}
		start, end := l.ValueOffsets(i)
		values := l.ListValues()
		switch n := int64(values.Len()); {
		case start < 0 || end < start || end > n:
			return fmt.Errorf("a list from %d to %d of %d values", start, end, n)
		case end-start > int64(a.to.opt.MaxPoints):
			return fmt.Errorf("%w: %d points, at most %d; aggregate or split it", ErrTooLong, end-start, a.to.opt.MaxPoints)
		}
		var err error
		dst, err = arrowNumbers(dst, values, start, end)
		return err
	})
	return dst, err
}

// arrowNumbers appends the values from start up to end; a missing one is NaN.
func arrowNumbers(dst []float64, column arrow.Array, start, end int64) ([]float64, error) {
	err := guarded(func() error {
		at, err := arrowNumber(column)
		if err != nil {
			return err
		}
		for i := int(start); i < int(end); i++ {
			v := math.NaN()
			if column.IsValid(i) {
				v = at(i)
			}
			dst = append(dst, v)
		}
		return nil
	})
	return dst, err
}

// arrowNumber returns how to read value i.
func arrowNumber(column arrow.Array) (func(i int) float64, error) {
	switch a := column.(type) {
	case *arrowarray.Float64:
		return a.Value, nil
	case *arrowarray.Float32:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Float16:
		return func(i int) float64 { return float64(a.Value(i).Float32()) }, nil
	case *arrowarray.Int64:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Int32:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Int16:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Int8:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Uint64:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Uint32:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Uint16:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	case *arrowarray.Uint8:
		return func(i int) float64 { return float64(a.Value(i)) }, nil
	}
	return nil, fmt.Errorf("a column of numbers is read as %T", column)
}
