package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/process"
)

// generation says which series to make.
type generation struct {
	process    string
	hurst      string
	min, max   float64
	length     int
	count      int
	seed       uint64
	labelFirst bool
	out        string
}

const maxCount = 1_000_000

func (a *app) generateCommand() *cobra.Command {
	var g generation
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Make synthetic series whose Hurst exponent is known",
		Long: "Make synthetic series whose Hurst exponent is known, as CSV with one series per row. It runs right here\n" +
			"and needs no system. The same flags and seed give the same bytes.",
		Example: "  hurst generate --process fgn --hurst 0.7 --length 500 --count 100 --out x.csv\n  hurst generate --hurst 0.1:0.9 --count 1000 --label-first | hurst predict --label-first",
		GroupID: groupSeries,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.check(); err != nil {
				return err
			}
			return a.generate(cmd.Context(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&g.process, "process", "fgn", "fgn (fractional Gaussian noise) or fbm (its cumulative sum)")
	f.StringVar(&g.hurst, "hurst", "0.7", "Hurst exponent, or MIN:MAX to draw each series' own")
	f.IntVar(&g.length, "length", 500, "points per series")
	f.IntVar(&g.count, "count", 1, "how many series")
	f.Uint64Var(&g.seed, "seed", 1, "seed of all that is random")
	f.BoolVar(&g.labelFirst, "label-first", false, "write the Hurst exponent as each row's first value")
	f.StringVar(&g.out, "out", "-", "file to write; - is the standard output")
	return cmd
}

func (g *generation) check() error {
	if g.process != "fgn" && g.process != "fbm" {
		return usage("--process is %q; allowed: fgn, fbm", g.process)
	}
	low, high, isRange := strings.Cut(g.hurst, ":")
	if !isRange {
		high = low
	}
	var err1, err2 error
	g.min, err1 = strconv.ParseFloat(low, 64)
	g.max, err2 = strconv.ParseFloat(high, 64)
	ok := g.min > process.MinHurst && g.max < process.MaxHurst && g.min <= g.max // false for NaN
	switch {
	case err1 != nil || err2 != nil || !ok:
		return usage("--hurst is %q; allowed: a number between %v and %v, or two as in 0.1:0.9", g.hurst, process.MinHurst, process.MaxHurst)
	case g.length < process.MinLength || g.length > process.MaxLength:
		return usage("--length is %d; allowed: %d to %d", g.length, process.MinLength, process.MaxLength)
	case g.count < 1 || g.count > maxCount:
		return usage("--count is %d; allowed: 1 to %d", g.count, maxCount)
	}
	return nil
}

func (a *app) generate(ctx context.Context, g generation) error {
	if g.out == "-" {
		return g.write(ctx, a.out)
	}
	if err := writeFile(g.out, func(w io.Writer) error { return g.write(ctx, w) }); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": g.out, "series": g.count, "length": g.length})
	}
	a.printf("%s of %d points written to %s\n", plural(g.count, "series"), g.length, g.out)
	return nil
}

// write writes all series as rows of CSV.
func (g generation) write(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 256<<10)
	plan := process.NewFGN(g.length)
	x := make([]float64, g.length)
	var row []byte
	for i := range g.count {
		if err := ctx.Err(); err != nil {
			return err
		}
		rng := process.Source(g.seed, "generate", uint64(i))
		h := g.draw(rng)
		if err := plan.Generate(x, h, rng); err != nil {
			return err
		}
		if g.process == "fbm" {
			process.FBM(x)
		}
		row = row[:0]
		if g.labelFirst {
			row = append(strconv.AppendFloat(row, h, 'g', -1, 64), ',')
		}
		for _, v := range x {
			row = append(strconv.AppendFloat(row, v, 'g', 9, 64), ',')
		}
		row[len(row)-1] = '\n'
		if _, err := out.Write(row); err != nil {
			return fmt.Errorf("write series: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write series: %w", err)
	}
	return nil
}

// draw returns the exponent of the next series.
func (g generation) draw(rng *process.Stream) float64 {
	if g.min == g.max {
		return g.min
	}
	return g.min + (g.max-g.min)*rng.Float64()
}

// writeFile writes a file that is there either complete or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	if info, statErr := os.Stat(path); statErr == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // a device or a pipe cannot be replaced
		if err != nil {
			return fault.With(fault.Invalid, err)
		}
		return errors.Join(write(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fault.With(fault.Invalid, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(f.Chmod(0o644), write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
