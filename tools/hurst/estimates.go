package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/estimator"
	"github.com/longmemory/hurst/pkg/series"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// estimateView is what a classical estimator says of a series, in JSON.
type estimateView struct {
	Series   string         `json:"series"`
	N        int            `json:"n"`
	Gaps     int            `json:"gaps"`
	From     *int           `json:"from,omitempty"` // of a window: its first point, from 0
	To       *int           `json:"to,omitempty"`   // one past its last point
	Method   string         `json:"method"`
	H        *float64       `json:"h,omitempty"`
	SE       *float64       `json:"se,omitempty"`
	Lower    *float64       `json:"lower,omitempty"`
	Upper    *float64       `json:"upper,omitempty"`
	Level    *float64       `json:"level,omitempty"`
	Estimand string         `json:"estimand,omitempty"`
	Class    string         `json:"class,omitempty"`
	Flags    []string       `json:"flags"`
	Fit      *estimator.Fit `json:"fit,omitempty"`
	Label    *float64       `json:"label,omitempty"`
	Error    *float64       `json:"error,omitempty"` // H less the label
	Failure  string         `json:"failure,omitempty"`
}

// flagAtBound says that the fit gave an H outside 0 to 1.
const flagAtBound = "at_bound"

func newEstimate(x series.Series, method string, e estimator.Estimate) estimateView {
	v := estimateView{Series: x.Name, N: len(x.Values), Gaps: x.Gaps, Method: method, Label: x.Label, Flags: []string{}}
	v.H, v.SE, v.Lower, v.Upper, v.Level = &e.H, &e.SE, &e.Lower, &e.Upper, &e.Level
	v.Estimand, v.Class, v.Fit = e.Estimand, e.Class, e.Fit
	if e.AtBound {
		v.Flags = append(v.Flags, flagAtBound)
	}
	if x.Gaps > 0 {
		v.Flags = append(v.Flags, flagGaps)
	}
	if x.Label != nil {
		miss := e.H - *x.Label
		v.Error = &miss
	}
	return v
}

func failedEstimate(x series.Series, method string, err error) estimateView {
	return estimateView{Series: x.Name, N: len(x.Values), Gaps: x.Gaps, Method: method, Label: x.Label, Flags: []string{}, Failure: err.Error()}
}

// estimates prints estimates as they come: a single one at length, several as a table, or as JSON.
// Where a series has several, by methods or windows, it has a table of its own.
type estimates struct {
	a       *app
	e       estimation
	series  int // how many have begun
	shown   int // the series, by its number, whose table is being filled
	all     int
	failed  int
	first   *estimateView // held back until it is known whether there is a second
	drawn   []estimateView
	table   *screen.Table
	scores  map[string]*score
	reasons []string
}

func (o *estimates) add(v estimateView) error {
	o.all++
	if v.Failure != "" {
		o.failed++
		if len(o.reasons) < 3 {
			o.reasons = append(o.reasons, fmt.Sprintf("%s: %s: %s", v.Series, v.Method, v.Failure))
		}
	} else if v.Error != nil {
		o.score(v)
	}
	if o.e.plot != "" {
		o.drawn = append(o.drawn, v)
	}
	switch {
	case o.a.json:
		if !o.e.points {
			v.Fit = nil
		}
		return o.a.printJSON(v)
	case o.grouped():
		return o.group(v)
	case o.all == 1:
		o.first = &v
		return nil
	case o.all == 2:
		o.begin()
		o.row(*o.first)
	}
	o.row(v)
	if o.table.Len() >= atOnce {
		return o.table.Flush(o.a.out)
	}
	return nil
}

func (o *estimates) score(v estimateView) {
	if o.scores == nil {
		o.scores = map[string]*score{}
	}
	if o.scores[v.Method] == nil {
		o.scores[v.Method] = new(score)
	}
	o.scores[v.Method].add(*v.Error, *v.Label >= *v.Lower && *v.Label <= *v.Upper)
}

// several tells whether there is more than one method.
func (o *estimates) several() bool { return len(o.e.methods) > 1 }

// grouped tells whether each series has a table of its own.
func (o *estimates) grouped() bool { return o.several() || o.e.window > 0 }

// group adds a row to the table of the series, which begins with its first.
func (o *estimates) group(v estimateView) error {
	if o.shown != o.series {
		if err := o.flush(); err != nil {
			return err
		}
		if o.shown > 0 {
			o.a.printf("\n")
		}
		o.shown = o.series
		o.heading(v)
		o.begin()
	}
	o.row(v)
	if o.table.Len() >= atOnce {
		return o.flush()
	}
	return nil
}

// heading prints a line about the series.
func (o *estimates) heading(v estimateView) {
	about := fmt.Sprintf("n = %d", v.N)
	if o.e.window > 0 {
		about = fmt.Sprintf("windows of %d points", o.e.window)
	}
	if v.Gaps > 0 {
		about += ", " + plural(v.Gaps, "gap") + " filled in"
	}
	if v.Label != nil {
		about += fmt.Sprintf(", label %.3f", *v.Label)
	}
	o.a.printf("%s (%s)\n", o.a.paint.Bold(screen.Clean(v.Series)), about)
}

func (o *estimates) flush() error {
	if o.table == nil {
		return nil
	}
	return o.table.Flush(o.a.out)
}

// begin heads the table. What is the same in all rows has no column.
func (o *estimates) begin() {
	var head []string
	if !o.grouped() {
		head = append(head, "series", ">n")
	}
	if o.e.window > 0 {
		head = append(head, ">from", ">to")
	}
	if o.several() {
		head = append(head, "method")
	}
	head = append(head, ">H", "interval", ">s.e.", "H is", "class")
	if o.e.source.opt.LabelFirst {
		if !o.grouped() {
			head = append(head, ">label")
		}
		head = append(head, ">error")
	}
	o.table = screen.NewTable(o.a.paint, append(head, "")...)
}

func (o *estimates) row(v estimateView) {
	var cells []string
	if !o.grouped() {
		cells = append(cells, screen.Clip(v.Series, 40), fmt.Sprint(v.N))
	}
	if o.e.window > 0 {
		cells = append(cells, integer(v.From), integer(v.To))
	}
	if o.several() {
		cells = append(cells, v.Method)
	}
	rest := o.a.paint.Bad(screen.Clip(v.Failure, 80))
	answer := []string{"", "", "", "", ""}
	if v.Failure == "" {
		answer = []string{number("%.3f", v.H), fmt.Sprintf("%.3f to %.3f", *v.Lower, *v.Upper), number("%.3f", v.SE), v.Estimand, v.Class}
		rest = o.a.paint.Warn(strings.Join(v.Flags, ", "))
	}
	cells = append(cells, answer...)
	if o.e.source.opt.LabelFirst {
		if !o.grouped() {
			cells = append(cells, number("%.3f", v.Label))
		}
		cells = append(cells, number("%+.3f", v.Error))
	}
	o.table.Row(append(cells, rest)...)
}

func integer(n *int) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// end prints what was held back, and the sum of it all. It returns an error when nothing, or not
// everything, could be estimated.
func (o *estimates) end() error {
	switch {
	case o.a.json:
	case o.table != nil:
		if err := o.flush(); err != nil {
			return err
		}
	case o.first != nil && o.first.Failure == "":
		o.show(*o.first)
	}
	for _, m := range o.e.methods {
		if s := o.scores[m.Name]; s != nil && o.several() {
			fmt.Fprintf(o.a.err, "%-18s %s\n", m.Name, s)
		} else if s != nil {
			fmt.Fprintln(o.a.err, s)
		}
	}
	if o.e.plot != "" && o.failed < o.all && !o.a.json {
		o.a.printf("drawn to %s\n", o.e.plot)
	}
	if o.failed == 0 {
		return nil
	}
	what := "series"
	if o.grouped() {
		what = "estimates"
	}
	return failure(o.a, what, o.failed, o.all, o.reasons)
}

// show prints one estimate at length.
func (o *estimates) show(v estimateView) {
	a := o.a
	a.printf("series    %s (n = %d", screen.Clean(v.Series), v.N)
	if v.Gaps > 0 {
		a.printf(", %s filled in", plural(v.Gaps, "gap"))
	}
	a.printf(")\n")
	a.printf("H         %s  (%.0f %% interval %.3f to %.3f)\n", a.paint.Bold(fmt.Sprintf("%.3f", *v.H)), 100**v.Level, *v.Lower, *v.Upper)
	a.printf("s.e.      %.4f\n", *v.SE)
	if v.Label != nil {
		a.printf("label     %.3f  (error %+.3f)\n", *v.Label, *v.Error)
	}
	a.printf("class     %s\n", v.Class)
	i := slices.IndexFunc(o.e.methods, func(m estimator.Method) bool { return m.Name == v.Method })
	a.printf("method    %s: %s\n", v.Method, o.e.methods[i].Title)
	if v.Estimand == estimator.Memory {
		a.printf("          H is the memory parameter d + 1/2\n")
	}
	if len(v.Flags) > 0 {
		a.printf("flags     %s\n", a.paint.Warn(strings.Join(v.Flags, ", ")))
	}
}
