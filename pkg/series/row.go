package series

import (
	"errors"
	"fmt"
	"io"
)

// eachRow reads a file in which every record is a series. Rows may differ in length.
func (t *table) eachRow(name string, opt Options, emit func(Series) error) error {
	for {
		cells, err := t.record()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		s := Series{Name: fmt.Sprintf("%s:%d", name, t.line)}
		first := 0
		if opt.LabelFirst {
			h, err := t.value(cells, 0)
			if err == nil {
				err = checkLabel(h)
			}
			if err != nil {
				return fmt.Errorf("line %d: %w", t.line, err)
			}
			s.Label, first = &h, 1
		}
		if n := len(cells) - first; n > opt.MaxPoints {
			return fmt.Errorf("line %d: %w: %d points, at most %d", t.line, ErrTooLong, n, opt.MaxPoints)
		}
		s.Values = make([]float64, 0, len(cells)-first)
		for i := first; i < len(cells); i++ {
			v, err := t.value(cells, i)
			if err != nil {
				return err
			}
			s.Values = append(s.Values, v)
		}
		if err := emit(s); err != nil {
			return err
		}
	}
}
