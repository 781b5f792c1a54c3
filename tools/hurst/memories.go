package main

import (
	"fmt"
	"strings"

	"github.com/longmemory/hurst/pkg/significance"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// memoryView is what the test for long memory says of a series, in JSON.
type memoryView struct {
	Series  string       `json:"series"`
	N       int          `json:"n"`
	Gaps    int          `json:"gaps"`
	Label   *float64     `json:"label,omitempty"`
	Verdict string       `json:"verdict,omitempty"`
	Summary string       `json:"summary,omitempty"` // in words for a paper
	H       *float64     `json:"h,omitempty"`
	Lower   *float64     `json:"lower,omitempty"`
	Upper   *float64     `json:"upper,omitempty"`
	Class   string       `json:"class,omitempty"`
	Flags   []string     `json:"flags"`
	PLong   *float64     `json:"p_long,omitempty"`
	PAnti   *float64     `json:"p_anti,omitempty"`
	Tests   *memoryTests `json:"tests,omitempty"`
	Null    []nullView   `json:"null,omitempty"`
	Failure string       `json:"failure,omitempty"`
}

// memoryTests are the single tests.
type memoryTests struct {
	Level      float64                   `json:"level"`
	Bandwidth  int                       `json:"bandwidth"`
	Draws      int                       `json:"draws"`
	White      significance.Portmanteau  `json:"white"`
	Spurious   significance.Spurious     `json:"spurious"`
	Fractional *significance.Fractional  `json:"fractional,omitempty"`
	Hypotheses []significance.Hypothesis `json:"hypotheses"`
}

func (v *memoryView) fill(r significance.Result) {
	e := r.Estimate
	v.Verdict, v.Summary, v.Class = r.Verdict, r.Summary(), e.Class
	v.H, v.Lower, v.Upper, v.PLong, v.PAnti = &e.H, &e.Lower, &e.Upper, &r.PLong, &r.PAnti
	v.Tests = &memoryTests{e.Level, r.Bandwidth, r.Draws, r.White, r.Spurious, r.Fractional, r.Hypotheses}
	if e.AtBound {
		v.Flags = append(v.Flags, flagAtBound)
	}
}

// nullView is what an estimator says of series without long memory.
type nullView struct {
	Method string  `json:"method"`
	H      float64 `json:"h"`   // of the series itself
	N      int     `json:"n"`   // of the series that were simulated
	Phi    float64 `json:"phi"` // their first autocorrelation; zero: they are white
	Mean   float64 `json:"mean"`
	SD     float64 `json:"sd"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"` // between low and high are as many as the level says
	P      float64 `json:"p"`    // two-sided, of the series' own H
}

func newNullView(method string, h float64, d significance.NullDistribution, level float64) nullView {
	return nullView{
		Method: method, H: h, N: d.N, Phi: d.Phi, Mean: d.Mean, SD: d.SD,
		Low: d.Quantile((1 - level) / 2), High: d.Quantile((1 + level) / 2), P: d.PValue(h),
	}
}

// memories prints verdicts as they come: a single one at length, several as a table, or as JSON.
type memories struct {
	a       *app
	labels  bool
	all     int
	failed  int
	first   *memoryView // held back until it is known whether there is a second
	table   *screen.Table
	nulls   []memoryView // whose null distributions follow the table
	reasons []string
}

func (o *memories) add(v memoryView) error {
	o.all++
	if v.Failure != "" {
		o.failed++
		if len(o.reasons) < 3 {
			o.reasons = append(o.reasons, v.Series+": "+v.Failure)
		}
	}
	switch {
	case o.a.json:
		return o.a.printJSON(v)
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

func (o *memories) begin() {
	head := []string{"series", ">n", "verdict", ">H", "interval", ">p long", ">p anti", "class"}
	if o.labels {
		head = append(head, ">label")
	}
	o.table = screen.NewTable(o.a.paint, append(head, "")...)
}

func (o *memories) row(v memoryView) {
	cells := []string{screen.Clip(v.Series, 40), fmt.Sprint(v.N), "", "", "", "", "", ""}
	if v.Failure == "" {
		cells = append(cells[:2], v.Verdict, number("%.3f", v.H), fmt.Sprintf("%.3f to %.3f", *v.Lower, *v.Upper),
			number("%.3f", v.PLong), number("%.3f", v.PAnti), v.Class)
	}
	if o.labels {
		cells = append(cells, number("%.3f", v.Label))
	}
	rest := o.a.paint.Warn(strings.Join(v.Flags, ", "))
	if v.Failure != "" {
		rest = o.a.paint.Bad(screen.Clip(v.Failure, 80))
	}
	o.table.Row(append(cells, rest)...)
	if len(v.Null) > 0 {
		o.nulls = append(o.nulls, v)
	}
}

// end prints what was held back. It returns an error when not every series could be tested.
func (o *memories) end() error {
	var err error
	switch {
	case o.a.json:
	case o.table != nil:
		if err = o.table.Flush(o.a.out); err == nil {
			err = o.a.showNulls(o.nulls)
		}
	case o.first != nil && o.first.Failure == "":
		err = o.a.showMemory(*o.first)
	}
	if err != nil || o.failed == 0 {
		return err
	}
	return failure(o.a, "series", o.failed, o.all, o.reasons)
}

// showMemory prints one verdict at length.
func (a *app) showMemory(v memoryView) error {
	a.printf("series    %s (n = %d", screen.Clean(v.Series), v.N)
	if v.Gaps > 0 {
		a.printf(", %s filled in", plural(v.Gaps, "gap"))
	}
	a.printf(")\nverdict   %s\n", a.paint.Bold(v.Verdict))
	a.printf("H         %.3f  (%.4g %% interval %.3f to %.3f; local Whittle, d + 1/2)\n", *v.H, 100*v.Tests.Level, *v.Lower, *v.Upper)
	if v.Label != nil {
		a.printf("label     %.3f\n", *v.Label)
	}
	a.printf("class     %s\n", v.Class)
	if len(v.Flags) > 0 {
		a.printf("flags     %s\n", a.paint.Warn(strings.Join(v.Flags, ", ")))
	}
	a.printf("\n")
	table := screen.NewTable(a.paint, "without long memory", "", ">order", ">H", ">d left", ">p long", ">p anti", ">V/S", ">p")
	for _, h := range v.Tests.Hypotheses {
		table.Row(h.Name, removed(h), fmt.Sprint(h.Order), fmt.Sprintf("%.3f", h.H), fmt.Sprintf("%+.3f", h.Excess),
			fmt.Sprintf("%.3f", h.PLong), fmt.Sprintf("%.3f", h.PAnti), fmt.Sprintf("%.3f", h.VS.Value), fmt.Sprintf("%.3f", h.VS.P))
	}
	if err := table.Flush(a.out); err != nil {
		return err
	}
	a.printf("\n%s\n", wrap(v.Summary, 100))
	return a.showNulls([]memoryView{v})
}

// removed says what was taken off a series.
func removed(h significance.Hypothesis) string {
	switch h.Name {
	case significance.ShortMemoryTrend:
		return fmt.Sprintf("%+.2f sd", h.Size)
	case significance.ShortMemoryShift:
		return fmt.Sprintf("%+.2f sd at %d", h.Size, h.At+1)
	}
	return ""
}

// showNulls prints what estimators say without memory.
func (a *app) showNulls(all []memoryView) error {
	table := screen.NewTable(a.paint, "series", "method", ">H", "simulated", ">mean", ">s.d.", "most between", ">p")
	for _, v := range all {
		for _, d := range v.Null {
			noise := "white noise"
			if d.Phi != 0 {
				noise = fmt.Sprintf("AR(1), %.2f", d.Phi)
			}
			table.Row(screen.Clip(v.Series, 40), d.Method, fmt.Sprintf("%.3f", d.H), noise, fmt.Sprintf("%.3f", d.Mean),
				fmt.Sprintf("%.3f", d.SD), fmt.Sprintf("%.3f and %.3f", d.Low, d.High), fmt.Sprintf("%.4f", d.P))
		}
	}
	if table.Len() == 0 {
		return nil
	}
	a.printf("\n")
	return table.Flush(a.out)
}

// wrap breaks a text into lines of at most width, where words allow it.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		size := screen.Width(word)
		switch {
		case column == 0:
		case column+1+size > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += size
	}
	return b.String()
}
