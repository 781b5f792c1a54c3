package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/pkg/surrogate"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// substitution says which surrogates to make.
type substitution struct {
	source source
	kind   string
	count  int
	seed   uint64
	out    string
	list   bool
}

func (a *app) surrogateCommand() *cobra.Command {
	var s substitution
	cmd := &cobra.Command{
		Use:   "surrogate [FILE]",
		Short: "Make series that share some properties with a given one and are random in all else",
		Long: "Make surrogates of the series in a file, or on the standard input, as CSV with one series per row. What a\n" +
			"statistic says of the series and not of its surrogates comes from what they do not share. It runs right\n" +
			"here and needs no system. The same flags and seed give the same bytes. A walk should be differenced first.",
		Example: "  hurst surrogate nile.csv --kind iaaft --count 99 --out surrogates.csv\n" +
			"  hurst surrogate nile.csv --kind ar --count 99 | hurst estimate --rows\n" +
			"  hurst surrogate --list",
		GroupID: groupSeries,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.list {
				return a.listSurrogates()
			}
			if err := s.check(args); err != nil {
				return err
			}
			return a.surrogate(cmd.Context(), s)
		},
	}
	s.source.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&s.kind, "kind", surrogate.IAAFT, "shuffle, phase, iaaft or ar")
	f.IntVar(&s.count, "count", 1, "how many surrogates")
	f.Uint64Var(&s.seed, "seed", 1, "seed of all that is random")
	f.StringVar(&s.out, "out", "-", "file to write; - is the standard output")
	f.BoolVar(&s.list, "list", false, "list the kinds, what they keep and what they test")
	return cmd
}

func (s *substitution) check(files []string) error {
	if _, err := surrogate.Lookup(s.kind); err != nil {
		return usage("--kind: %w", err)
	}
	if s.count < 1 || s.count > maxCount {
		return usage("--count is %d; allowed: 1 to %d", s.count, maxCount)
	}
	return s.source.set(files)
}

// surrogateView is a kind of surrogate in JSON.
type surrogateView struct {
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Keeps  string `json:"keeps"`
	Null   string `json:"null"`
	Source string `json:"source"`
}

func (a *app) listSurrogates() error {
	table := screen.NewTable(a.paint, "kind", "what", "keeps", "is a sample of", "source")
	for _, m := range surrogate.Methods() {
		if a.json {
			if err := a.printJSON(surrogateView{m.Name, m.Title, m.Keeps, m.Null, m.Source}); err != nil {
				return err
			}
			continue
		}
		table.Row(m.Name, m.Title, m.Keeps, m.Null, m.Source)
	}
	if a.json {
		return nil
	}
	return table.Flush(a.out)
}

func (a *app) surrogate(ctx context.Context, s substitution) error {
	x, err := a.only(ctx, s)
	if err != nil {
		return err
	}
	maker, err := surrogate.New(x.Values)
	if err != nil {
		return usage("%s: %w", x.Name, err)
	}
	write := func(w io.Writer) error { return s.write(ctx, w, maker) }
	if s.out == "-" {
		return write(a.out)
	}
	if err := writeFile(s.out, write); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": s.out, "kind": s.kind, "series": s.count, "length": maker.Len()})
	}
	a.printf("%s of %d points written to %s\n", plural(s.count, "surrogate"), maker.Len(), s.out)
	return nil
}

// only reads the one series that there must be.
func (a *app) only(ctx context.Context, s substitution) (series.Series, error) {
	var found []series.Series
	for x, err := range s.source.each(ctx, a.in) {
		if err != nil {
			return x, err
		}
		if found = append(found, x); len(found) > 1 {
			return x, usage("surrogates are made of one series, and there are several: choose one with --column, or a file that holds one")
		}
	}
	if len(found) == 0 {
		return series.Series{}, usage("%s holds no series", s.source.files[0])
	}
	if _, _, err := series.Check(found[0].Values); err != nil && !errors.Is(err, series.ErrTooShort) {
		return found[0], usage("%s: %w", found[0].Name, err)
	}
	return found[0], nil
}

// write makes the surrogates, each of a stream of its own.
func (s *substitution) write(ctx context.Context, to io.Writer, m *surrogate.Maker) error {
	w := bufio.NewWriterSize(to, 256<<10)
	x, rng := make([]float64, m.Len()), process.Source(s.seed, "surrogate", 0)
	var line []byte
	for i := range s.count {
		if err := ctx.Err(); err != nil {
			return err
		}
		rng.Reset(s.seed, "surrogate", uint64(i))
		if err := m.Generate(s.kind, x, rng); err != nil {
			return err
		}
		line = line[:0]
		for _, v := range x {
			line = append(strconv.AppendFloat(line, v, 'g', -1, 64), ',')
		}
		line[len(line)-1] = '\n'
		if _, err := w.Write(line); err != nil {
			return fmt.Errorf("write surrogates: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write surrogates: %w", err)
	}
	return nil
}
