package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
)

// maker makes series one after the other.
type maker struct {
	g         generation
	generator process.Generator
	paths     process.Pather // nil: the exponent does not change
	chain     *contamination.Chain
	rng       *process.Stream
	x         []float64
	line      []byte
}

func newMaker(g generation) (*maker, error) {
	generator, err := process.New(g.spec, g.length)
	if err != nil {
		return nil, err
	}
	chain, err := contamination.New(g.chain)
	if err != nil {
		return nil, err
	}
	m := &maker{g: g, generator: generator, chain: chain, rng: process.Source(g.seed, "generate", 0), x: make([]float64, g.length)}
	m.paths, _ = generator.(process.Pather)
	return m, nil
}

// make makes series i in m.x and returns its exponent.
func (m *maker) make(i int) (h float64, err error) {
	m.rng.Reset(m.g.seed, "generate", uint64(i))
	h = m.g.min
	if m.g.min != m.g.max {
		h += (m.g.max - m.g.min) * m.rng.Float64()
	}
	if err := m.generator.Generate(m.x, h, m.rng); err != nil {
		return h, err
	}
	return h, m.chain.Apply(m.x, m.rng)
}

// write writes all series as CSV.
func (m *maker) write(ctx context.Context, w io.Writer) error {
	return m.writeAll(ctx, w, func(i int) ([]float64, error) {
		h, err := m.make(i)
		if m.g.labelFirst {
			m.line = append(strconv.AppendFloat(m.line, h, 'g', -1, 64), ',')
		}
		return m.x, err
	})
}

// writePaths writes the exponent at each point of all series to a file, if one was named. The series are
// made once more: they are the same.
func (m *maker) writePaths(ctx context.Context, path string) error {
	if path == "" {
		return nil
	}
	return writeFile(path, func(w io.Writer) error {
		return m.writeAll(ctx, w, func(i int) ([]float64, error) {
			_, err := m.make(i)
			m.paths.Path(m.x)
			return m.x, err
		})
	})
}

// writeAll writes what next returns for each series, as rows or as columns.
func (m *maker) writeAll(ctx context.Context, w io.Writer, next func(i int) ([]float64, error)) error {
	out := bufio.NewWriterSize(w, 256<<10)
	var columns [][]float64
	for i := range m.g.count {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.line = m.line[:0]
		values, err := next(i)
		if err != nil {
			return err
		}
		if m.g.columns {
			columns = append(columns, append([]float64(nil), values...))
			continue
		}
		if err := m.writeLine(out, values); err != nil {
			return err
		}
	}
	if m.g.columns {
		row := make([]float64, m.g.count)
		for t := range m.g.length {
			for i, c := range columns {
				row[i] = c[t]
			}
			m.line = m.line[:0]
			if err := m.writeLine(out, row); err != nil {
				return err
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write series: %w", err)
	}
	return nil
}

// writeLine writes values behind what m.line holds. A missing one is NaN: an empty line would be none.
func (m *maker) writeLine(w io.Writer, values []float64) error {
	for _, v := range values {
		m.line = append(strconv.AppendFloat(m.line, v, 'g', 9, 64), ',')
	}
	m.line[len(m.line)-1] = '\n'
	if _, err := w.Write(m.line); err != nil {
		return fmt.Errorf("write series: %w", err)
	}
	return nil
}
