package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/longmemory/hurst/pkg/feature"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// extraction says which features are wanted.
type extraction struct {
	source source
	set    string
	out    string
	list   bool
}

func (a *app) featuresCommand() *cobra.Command {
	var x extraction
	cmd := &cobra.Command{
		Use:   "features [FILE…]",
		Short: "Compute the features of series that models learn from",
		Long: "Compute the features of each series in the files, or on the standard input. It runs right here and needs\n" +
			"no system. Without --json it is CSV with a line of names, then one line for each series: its name, its\n" +
			"length, its label with --label-first, and its features. With --json there is one object for each series\n" +
			"and line. A series that has no features has failure instead, or in CSV empty cells.",
		Example: "  hurst features nile.csv --json\n" +
			"  hurst features --set standard+expert --rows many.csv --out features.csv\n" +
			"  hurst features --list",
		GroupID: groupSeries,
		RunE: func(cmd *cobra.Command, args []string) error {
			if x.list {
				return a.listSets()
			}
			set, err := feature.Lookup(x.set)
			if err != nil {
				return usage("--set: %w", err)
			}
			if err := x.source.set(args); err != nil {
				return err
			}
			return a.features(cmd.Context(), x, set)
		},
	}
	x.source.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&x.set, "set", "standard", "feature set, or several joined by a plus")
	f.StringVar(&x.out, "out", "-", "file to write; - is the standard output")
	f.BoolVar(&x.list, "list", false, "list the feature sets")
	return cmd
}

// setView is a feature set in JSON.
type setView struct {
	Name     string   `json:"name"`
	Version  int      `json:"version"`
	Text     string   `json:"text"`
	Features []string `json:"features"`
}

func (a *app) listSets() error {
	table := screen.NewTable(a.paint, "set", ">version", ">features", "what")
	for _, name := range feature.Sets() {
		set, err := feature.Lookup(name)
		if err != nil {
			return err
		}
		if a.json {
			if err := a.printJSON(setView{name, set.Version, feature.Describe(name), set.Names}); err != nil {
				return err
			}
			continue
		}
		table.Row(name, strconv.Itoa(set.Version), strconv.Itoa(len(set.Names)), feature.Describe(name))
	}
	if a.json {
		return nil
	}
	return table.Flush(a.out)
}

// featuresView is the features of a series in JSON.
type featuresView struct {
	Series   string             `json:"series"`
	N        int                `json:"n"`
	Gaps     int                `json:"gaps"`
	Label    *float64           `json:"label,omitempty"`
	Set      string             `json:"set"`
	Features map[string]float64 `json:"features,omitempty"`
	Failure  string             `json:"failure,omitempty"`
}

func (a *app) features(ctx context.Context, x extraction, set feature.Set) error {
	if x.out == "-" {
		return a.writeFeatures(ctx, a.out, x, set)
	}
	return writeFile(x.out, func(w io.Writer) error { return a.writeFeatures(ctx, w, x, set) })
}

// writeFeatures writes the features of all series.
func (a *app) writeFeatures(ctx context.Context, to io.Writer, x extraction, set feature.Set) error {
	w := bufio.NewWriterSize(to, 256<<10)
	out := &featureWriter{a: a, w: w, set: set, labels: x.source.opt.LabelFirst, extractor: feature.NewExtractor(set), values: make([]float64, len(set.Names))}
	if !a.json {
		out.head()
	}
	for s, err := range x.source.each(ctx, a.in) {
		if err != nil {
			return err
		}
		if err := out.add(s); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	if out.failed == 0 {
		return nil
	}
	return failure(a, "series", out.failed, out.all, out.reasons)
}

// featureWriter writes the features of one series after the other.
type featureWriter struct {
	a           *app
	w           *bufio.Writer
	set         feature.Set
	labels      bool
	extractor   *feature.Extractor
	values      []float64
	line        []byte
	all, failed int
	reasons     []string
}

func (f *featureWriter) head() {
	columns := []string{"series", "n"}
	if f.labels {
		columns = append(columns, "label")
	}
	f.line = append(f.line[:0], strings.Join(append(columns, f.set.Names...), ",")+"\n"...)
	_, _ = f.w.Write(f.line) // an error stays, and Flush returns it
}

func (f *featureWriter) add(s series.Series) error {
	f.all++
	_, _, err := series.Check(s.Values)
	if err == nil {
		err = f.extractor.Extract(f.values, s.Values)
	}
	if err != nil {
		f.failed++
		if len(f.reasons) < 3 {
			f.reasons = append(f.reasons, s.Name+": "+err.Error())
		}
	}
	if f.a.json {
		return f.object(s, err)
	}
	f.row(s, err)
	return nil
}

func (f *featureWriter) object(s series.Series, failed error) error {
	v := featuresView{Series: s.Name, N: len(s.Values), Gaps: s.Gaps, Label: s.Label, Set: f.set.Name}
	if failed != nil {
		v.Failure = failed.Error()
		return encodeLine(f.w, v)
	}
	v.Features = make(map[string]float64, len(f.values))
	for i, name := range f.set.Names {
		v.Features[name] = f.values[i]
	}
	return encodeLine(f.w, v)
}

func (f *featureWriter) row(s series.Series, failed error) {
	name := s.Name
	if strings.ContainsAny(name, ",\"\n\r") {
		name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	f.line = append(append(f.line[:0], name...), ',')
	f.line = strconv.AppendInt(f.line, int64(len(s.Values)), 10)
	if f.labels {
		f.line = append(f.line, ',')
		if s.Label != nil {
			f.line = strconv.AppendFloat(f.line, *s.Label, 'g', -1, 64)
		}
	}
	for _, v := range f.values {
		f.line = append(f.line, ',')
		if failed == nil {
			f.line = strconv.AppendFloat(f.line, v, 'g', -1, 64)
		}
	}
	f.line = append(f.line, '\n')
	_, _ = f.w.Write(f.line) // an error stays, and Flush returns it
}
