package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// estimation says how series are estimated.
type estimation struct {
	source  source
	method  string
	level   float64
	class   string
	window  int
	step    int
	plot    string
	points  bool
	list    bool
	methods []estimator.Method
}

func (a *app) estimateCommand() *cobra.Command {
	var e estimation
	cmd := &cobra.Command{
		Use:   "estimate [FILE…]",
		Short: "Estimate Hurst exponents with classical estimators",
		Long: "Estimate the Hurst exponent of each series in the files, or on the standard input, with classical\n" +
			"estimators. It runs right here and needs no system.\n\n" +
			"With --json there is one object for each series and method and line, in the order of the input. It holds\n" +
			"series, n, gaps, method, h, se, lower, upper, level, estimand, class and flags; with --label-first also\n" +
			"label and error (h less label). What cannot be estimated has failure instead of h, and the exit code is 1.",
		Example: "  hurst estimate nile.csv\n" +
			"  hurst estimate --method all nile.csv\n" +
			"  hurst estimate --method dfa,wavelet --plot fit.svg nile.csv\n" +
			"  hurst estimate --window 512 --step 64 --plot course.png trace.csv\n" +
			"  hurst estimate --rows many.csv --json",
		GroupID: groupSeries,
		RunE: func(cmd *cobra.Command, args []string) error {
			if e.list {
				return a.listMethods()
			}
			if err := e.check(args); err != nil {
				return err
			}
			return a.estimate(cmd.Context(), e)
		},
	}
	e.source.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&e.method, "method", "whittle", "estimator, several with commas between, or all")
	f.BoolVar(&e.list, "list", false, "list the estimators and what they estimate")
	f.Float64Var(&e.level, "level", 0.95, "level of the interval")
	f.StringVar(&e.class, "class", "", "noise or walk (default: detected)")
	f.IntVar(&e.window, "window", 0, "estimate in a moving window of so many points; its class is that of the whole series")
	f.IntVar(&e.step, "step", 0, "how far the window moves (default: a quarter of it)")
	f.StringVar(&e.plot, "plot", "", "draw the fits, or with --window the course of H, to an .svg or .png file")
	f.BoolVar(&e.points, "points", false, "with --json: the points that were fitted")
	return cmd
}

// check completes what was asked for, or says what is wrong with it.
func (e *estimation) check(files []string) error {
	switch ending := strings.ToLower(filepath.Ext(e.plot)); {
	case !(e.level >= 0.5 && e.level < 1):
		return usage("--level is %v; allowed: 0.5 to below 1", e.level)
	case e.class != "" && e.class != estimator.Noise && e.class != estimator.Walk:
		return usage("--class is %q; allowed: %s, %s", e.class, estimator.Noise, estimator.Walk)
	case e.window != 0 && e.window < estimator.MinLength:
		return usage("--window is %d; allowed: %d or more", e.window, estimator.MinLength)
	case e.step < 0 || e.step > 0 && e.window == 0:
		return usage("--step is %d; allowed: 1 or more, with --window", e.step)
	case e.plot != "" && ending != ".svg" && ending != ".png":
		return usage("--plot is %q; allowed: a name that ends in .svg or .png", e.plot)
	}
	if e.window > 0 && e.step == 0 {
		e.step = max(1, e.window/4)
	}
	if err := e.lookup(); err != nil {
		return err
	}
	return e.source.set(files)
}

// lookup finds the methods that were named.
func (e *estimation) lookup() error {
	if e.method == "all" {
		e.methods = estimator.Methods()
		return nil
	}
	for name := range strings.SplitSeq(e.method, ",") {
		m, err := estimator.Lookup(strings.TrimSpace(name))
		if err != nil {
			return usage("--method: %w, or all", err)
		}
		e.methods = append(e.methods, m)
	}
	return nil
}

func (a *app) listMethods() error {
	table := screen.NewTable(a.paint, "method", "family", "H is", "what", "source")
	for _, m := range estimator.Methods() {
		if a.json {
			if err := a.printJSON(methodView{m.Name, m.Title, m.Family, m.Estimand, m.Source}); err != nil {
				return err
			}
			continue
		}
		table.Row(m.Name, m.Family, m.Estimand, m.Title, m.Source)
	}
	if a.json {
		return nil
	}
	return table.Flush(a.out)
}

type methodView struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Family   string `json:"family"`
	Estimand string `json:"estimand"`
	Source   string `json:"source"`
}

// preparedFor keeps the estimators for the length last seen.
type preparedFor struct {
	n   int
	all []*estimator.Prepared
}

func (p *preparedFor) get(e estimation, n int) []*estimator.Prepared {
	if p.n != n {
		p.n, p.all = n, nil
		for _, m := range e.methods {
			p.all = append(p.all, m.New(estimator.Settings{Level: e.level, Class: e.class}).Prepare(n))
		}
	}
	return p.all
}

func (a *app) estimate(ctx context.Context, e estimation) error {
	out := &estimates{a: a, e: e}
	var prepared preparedFor
	for x, err := range e.source.each(ctx, a.in) {
		if err != nil {
			return err
		}
		if out.series++; out.series > 1 && e.plot != "" {
			return usage("--plot draws one series, and there are several: choose one with --column, or a file that holds one")
		}
		if err := a.estimateSeries(ctx, e, x, &prepared, out); err != nil {
			return err
		}
	}
	return out.end()
}

// estimateSeries estimates one series, by each method or in each window.
func (a *app) estimateSeries(ctx context.Context, e estimation, x series.Series, prepared *preparedFor, out *estimates) error {
	if _, _, err := series.Check(x.Values); err != nil {
		return out.add(failedEstimate(x, e.methods[0].Name, err))
	}
	if e.window > 0 {
		return a.estimateWindows(ctx, e, x, out)
	}
	for i, p := range prepared.get(e, len(x.Values)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := p.Estimate(x.Values)
		if err != nil {
			err = out.add(failedEstimate(x, e.methods[i].Name, err))
		} else {
			err = out.add(newEstimate(x, e.methods[i].Name, r))
		}
		if err != nil {
			return err
		}
	}
	if e.plot == "" {
		return nil
	}
	return drawFits(e.plot, fmt.Sprintf("%s (n = %d)", screen.Clean(x.Name), len(x.Values)), out.drawn)
}
