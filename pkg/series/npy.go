package series

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// eachArray reads an NPY file, row by row. It allocates for what arrives, not for what the header
// claims.
func eachArray(in *bufio.Reader, name string, opt Options, emit func(Series) error) error {
	h, err := readHeader(in)
	if err != nil {
		return err
	}
	plan, err := h.plan(opt)
	if err != nil {
		return err
	}
	a := &array{in: in, kind: h.kind, size: h.size}
	switch {
	case opt.Rows:
		err = a.eachRow(name, plan, opt, emit)
	default:
		var x []float64
		if x, err = a.column(plan); err == nil && len(x) > 0 {
			err = emit(Series{Name: name, Values: x})
		}
	}
	if err != nil {
		return err
	}
	if _, err := in.ReadByte(); err == nil {
		return fmt.Errorf("%w: data follows the array of %v", ErrFormat, h.shape)
	}
	return nil
}

// layout is how to walk the array: rows by cols in row-major order, of which column pick is the
// series (without Rows).
type layout struct{ rows, cols, pick int }

func (h npyHeader) plan(opt Options) (layout, error) {
	switch {
	case len(h.shape) == 1 && opt.Rows:
		return layout{rows: 1, cols: h.shape[0]}, nil
	case len(h.shape) == 1:
		return layout{rows: h.shape[0], cols: 1}, checkCount(h.shape[0], opt)
	case len(h.shape) != 2:
		return layout{}, fmt.Errorf("%w: the array has %d dimensions %v; want 1, or 2 with a series per row",
			ErrFormat, len(h.shape), h.shape)
	}
	l := layout{rows: h.shape[0], cols: h.shape[1]}
	if h.fortran && l.rows != 1 && l.cols != 1 {
		return l, fmt.Errorf("%w: the array lies column by column; save numpy.ascontiguousarray(x)", ErrFormat)
	}
	switch {
	case opt.Rows:
		return l, nil
	case opt.Column != "":
		i, err := strconv.Atoi(opt.Column)
		if err != nil || i < 1 || i > l.cols {
			return l, fmt.Errorf("%w: no column %q; the array has columns 1 to %d", ErrFormat, clip(opt.Column), l.cols)
		}
		l.pick = i - 1
	case l.rows == 1:
		l = layout{rows: l.cols, cols: 1}
	case l.cols != 1:
		return l, fmt.Errorf("%w: the array is %d by %d; say --rows for a series per row, or --column",
			ErrFormat, l.rows, l.cols)
	}
	return l, checkCount(l.rows, opt)
}

func checkCount(n int, opt Options) error {
	if n > opt.MaxPoints {
		return fmt.Errorf("%w: %d points, at most %d; aggregate or split it", ErrTooLong, n, opt.MaxPoints)
	}
	return nil
}

// array reads numbers of one type in sequence.
type array struct {
	in   *bufio.Reader
	kind byte // f, i or u
	size int  // bytes
	buf  []byte
	read int64 // numbers so far
}

func (a *array) eachRow(name string, l layout, opt Options, emit func(Series) error) error {
	first := 0
	if opt.LabelFirst {
		first = 1
	}
	if l.cols <= first {
		return fmt.Errorf("%w: rows of %d values hold no series", ErrNoData, l.cols)
	}
	if err := checkCount(l.cols-first, opt); err != nil {
		return err
	}
	for row := range l.rows {
		x, err := a.take(nil, l.cols)
		if err != nil {
			return err
		}
		s := Series{Name: fmt.Sprintf("%s:%d", name, row+1), Values: x[first:]}
		if opt.LabelFirst {
			if err := checkLabel(x[0]); err != nil {
				return fmt.Errorf("row %d: %w", row+1, err)
			}
			label := x[0]
			s.Label = &label
		}
		if err := emit(s); err != nil {
			return err
		}
	}
	return nil
}

func (a *array) column(l layout) ([]float64, error) {
	if l.cols == 1 {
		return a.take(nil, l.rows)
	}
	if l.cols > maxColumns {
		return nil, fmt.Errorf("%w: %d columns, at most %d; say --rows for a series per row", ErrFormat, l.cols, maxColumns)
	}
	var x, row []float64
	for range l.rows {
		var err error
		if row, err = a.take(row[:0], l.cols); err != nil {
			return nil, err
		}
		x = append(x, row[l.pick])
	}
	return x, nil
}

// take appends n numbers to dst.
func (a *array) take(dst []float64, n int) ([]float64, error) {
	const chunk = 4096
	for n > 0 {
		m := min(n, chunk)
		if len(a.buf) < m*a.size {
			a.buf = make([]byte, m*a.size)
		}
		buf := a.buf[:m*a.size]
		got, err := io.ReadFull(a.in, buf)
		a.read += int64(got / a.size)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: the file ends after %d numbers; its header promises more", ErrFormat, a.read)
		}
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(buf); i += a.size {
			dst = append(dst, a.number(buf[i:i+a.size]))
		}
		n -= m
	}
	return dst, nil
}

func (a *array) number(b []byte) float64 {
	var bits uint64
	switch a.size {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(binary.LittleEndian.Uint16(b))
	case 4:
		bits = uint64(binary.LittleEndian.Uint32(b))
	default:
		bits = binary.LittleEndian.Uint64(b)
	}
	switch {
	case a.kind == 'f' && a.size == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case a.kind == 'f':
		return math.Float64frombits(bits)
	case a.kind == 'u':
		return float64(bits)
	}
	unused := 64 - 8*a.size
	return float64(int64(bits<<unused) >> unused) // sign extended
}
