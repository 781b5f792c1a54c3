package main

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// generation says which series to make.
type generation struct {
	process     string
	contaminate []string
	hurst       string
	min, max    float64
	length      int
	count       int
	seed        uint64
	labelFirst  bool
	columns     bool
	out         string
	paths       string
	list        bool
	spec        process.Spec
	chain       []process.Spec
}

const maxCount = 1_000_000

func (a *app) generateCommand() *cobra.Command {
	var g generation
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Make synthetic series whose Hurst exponent is known",
		Long: "Make synthetic series whose Hurst exponent is known, and spoil them if wanted, as CSV with one series per\n" +
			"row. It runs right here and needs no system. The same flags and seed give the same bytes. Sizes of\n" +
			"contaminations are in standard deviations of the clean series; a missing point is NaN.",
		Example: "  hurst generate --process fgn --hurst 0.7 --length 500 --count 100 --out x.csv\n" +
			"  hurst generate --process 'arfima(ar=0.5)' --contaminate 'trend(size=2)' --contaminate outliers\n" +
			"  hurst generate --process break --hurst 0.6 --paths path.csv --columns > series.csv\n" +
			"  hurst generate --hurst 0.1:0.9 --count 1000 --label-first | hurst predict --label-first\n" +
			"  hurst generate --list",
		GroupID: groupSeries,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if g.list {
				return a.listKinds()
			}
			if err := g.check(); err != nil {
				return err
			}
			return a.generate(cmd.Context(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&g.process, "process", "fgn", "process by name, with parameters as in 'arfima(ar=0.5 -0.2)'")
	f.StringArrayVar(&g.contaminate, "contaminate", nil, "contamination, as in 'trend(size=2)'; may be given several times, in this order")
	f.BoolVar(&g.list, "list", false, "list the processes and contaminations with their parameters")
	f.StringVar(&g.hurst, "hurst", "0.7", "Hurst exponent, or MIN:MAX to draw each series' own")
	f.IntVar(&g.length, "length", 500, "points per series")
	f.IntVar(&g.count, "count", 1, "how many series")
	f.Uint64Var(&g.seed, "seed", 1, "seed of all that is random")
	f.BoolVar(&g.labelFirst, "label-first", false, "write the Hurst exponent as each row's first value")
	f.BoolVar(&g.columns, "columns", false, "one series per column instead of per row, at most 1,000,000 values in all")
	f.StringVar(&g.out, "out", "-", "file to write; - is the standard output")
	f.StringVar(&g.paths, "paths", "", "file for the exponent at each point, for processes whose exponent changes")
	return cmd
}

func (g *generation) check() error {
	kind, err := g.checkSpecs()
	if err != nil {
		return err
	}
	low, high, isRange := strings.Cut(g.hurst, ":")
	if !isRange {
		high = low
	}
	var err1, err2 error
	g.min, err1 = strconv.ParseFloat(low, 64)
	g.max, err2 = strconv.ParseFloat(high, 64)
	ok := g.min > kind.MinHurst && g.max < kind.MaxHurst && g.min <= g.max // false for NaN
	switch {
	case err1 != nil || err2 != nil || !ok:
		return usage("--hurst is %q; allowed for %s: a number between %v and %v, or two as in 0.1:0.9", g.hurst, kind.Name, kind.MinHurst, kind.MaxHurst)
	case g.length < process.MinLength || g.length > process.MaxLength:
		return usage("--length is %d; allowed: %d to %d", g.length, process.MinLength, process.MaxLength)
	case g.count < 1 || g.count > maxCount:
		return usage("--count is %d; allowed: 1 to %d", g.count, maxCount)
	case g.columns && g.labelFirst:
		return usage("--columns and --label-first: a label stands in front of a row")
	case g.columns && g.count*g.length > maxColumns:
		return usage("--columns: %d series of %d points; allowed are %d values in all", g.count, g.length, maxColumns)
	}
	return nil
}

// maxColumns bounds what is held in memory until it can be written row by row.
const maxColumns = 1_000_000

// checkSpecs reads the process and the contaminations.
func (g *generation) checkSpecs() (process.Kind, error) {
	var err error
	if g.spec, err = process.ParseSpec(g.process); err != nil {
		return process.Kind{}, usage("--process: %w", err)
	}
	kind, err := g.spec.Check()
	if err != nil {
		return kind, usage("--process: %w", err)
	}
	for _, text := range g.contaminate {
		s, err := process.ParseSpec(text)
		if err != nil {
			return kind, usage("--contaminate: %w", err)
		}
		g.chain = append(g.chain, s)
	}
	if _, err := contamination.New(g.chain); err != nil {
		return kind, usage("--contaminate: %w", err)
	}
	return kind, nil
}

func (a *app) generate(ctx context.Context, g generation) error {
	made, err := newMaker(g)
	if err != nil {
		return usage("--process: %w", err)
	}
	if g.paths != "" && made.paths == nil {
		return usage("--paths: the exponent of %s does not change", g.spec)
	}
	if g.out == "-" {
		if err := made.write(ctx, a.out); err != nil {
			return err
		}
		return made.writePaths(ctx, g.paths)
	}
	if err := writeFile(g.out, func(w io.Writer) error { return made.write(ctx, w) }); err != nil {
		return err
	}
	if err := made.writePaths(ctx, g.paths); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": g.out, "series": g.count, "length": g.length})
	}
	a.printf("%s of %d points written to %s\n", plural(g.count, "series"), g.length, g.out)
	return nil
}

// kindView is a process or contamination in JSON.
type kindView struct {
	Kind    string      `json:"kind"` // process or contamination
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	Hurst   string      `json:"hurst,omitempty"` // what it means
	Walk    bool        `json:"walk,omitempty"`
	KeepsH  *bool       `json:"keeps_h,omitempty"`
	Why     string      `json:"why,omitempty"`
	Domain  string      `json:"domain,omitempty"`
	Params  []paramView `json:"params"`
	Source  string      `json:"source,omitempty"`
	display string
}

type paramView struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	Default float64 `json:"default"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	List    bool    `json:"list,omitempty"`
}

func viewParams(params []process.Param) []paramView {
	all := []paramView{}
	for _, p := range params {
		all = append(all, paramView{p.Name, p.Text, p.Default, p.Min, p.Max, p.Most > 0})
	}
	return all
}

// listKinds lists all that can be generated, and what can be done to it.
func (a *app) listKinds() error {
	var all []kindView
	for _, k := range process.Kinds() {
		class := "noise"
		if k.Walk {
			class = "walk"
		}
		all = append(all, kindView{Kind: "process", Name: k.Name, Title: k.Title, Hurst: k.Hurst, Walk: k.Walk, Params: viewParams(k.Params), Source: k.Source, display: class})
	}
	for _, k := range contamination.Kinds() {
		display := "keeps H"
		if !k.KeepsH {
			display = "changes H"
		}
		all = append(all, kindView{Kind: "contamination", Name: k.Name, Title: k.Title, KeepsH: &k.KeepsH, Why: k.Why, Domain: k.Domain, Params: viewParams(k.Params), display: display})
	}
	if a.json {
		for _, v := range all {
			if err := a.printJSON(v); err != nil {
				return err
			}
		}
		return nil
	}
	return a.showKinds(all)
}

func (a *app) showKinds(all []kindView) error {
	for _, group := range []string{"process", "contamination"} {
		table := screen.NewTable(a.paint, group, "", "what", "parameters (default)")
		for _, v := range all {
			if v.Kind != group {
				continue
			}
			var params []string
			for _, p := range v.Params {
				text := p.Name + "=" + strconv.FormatFloat(p.Default, 'g', -1, 64)
				if p.List {
					text = p.Name + "=…"
				}
				params = append(params, text)
			}
			table.Row(v.Name, v.display, v.Title, strings.Join(params, ", "))
		}
		if err := table.Flush(a.out); err != nil {
			return err
		}
		a.printf("\n")
	}
	a.printf("%s\n", a.paint.Dim("hurst generate --list --json says what each parameter is, and its limits"))
	return nil
}
