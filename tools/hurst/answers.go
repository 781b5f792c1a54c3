package main

import (
	"fmt"
	"slices"
	"strings"

	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// answerView is the answer to one series in JSON.
type answerView struct {
	Series   string        `json:"series"`
	N        int           `json:"n"`
	Gaps     int           `json:"gaps"`
	H        *float64      `json:"h,omitempty"`
	Lower    *float64      `json:"lower,omitempty"`
	Upper    *float64      `json:"upper,omitempty"`
	Level    *float64      `json:"level,omitempty"`
	Class    string        `json:"class,omitempty"`
	Flags    []string      `json:"flags"`
	Model    string        `json:"model,omitempty"`
	Bundle   string        `json:"bundle,omitempty"`
	Referees []refereeView `json:"referees,omitempty"`
	Cached   bool          `json:"cached,omitempty"`
	Label    *float64      `json:"label,omitempty"`
	Error    *float64      `json:"error,omitempty"` // H less the label
	Failure  string        `json:"failure,omitempty"`
}

type refereeView struct {
	Estimator string   `json:"estimator"`
	H         *float64 `json:"h,omitempty"`
	Lower     *float64 `json:"lower,omitempty"`
	Upper     *float64 `json:"upper,omitempty"`
	Failure   string   `json:"failure,omitempty"`
}

// flagGaps says that missing points were filled in. The service cannot know when that was done here.
const flagGaps = "gaps"

// merge joins a series and its answer.
func merge(x asked, p *predictv1.Prediction) answerView {
	v := answerView{Series: x.Name, N: len(x.Values), Gaps: x.Gaps, Label: x.Label, Flags: []string{}}
	if p.GetError() != "" {
		v.Failure = p.GetError()
		return v
	}
	v.H, v.Lower, v.Upper, v.Level = &p.H, &p.Lower, &p.Upper, &p.Level
	v.Class, v.Model, v.Bundle, v.Cached = p.GetClass(), p.GetModel(), p.GetBundle(), p.GetCached()
	v.Flags = append(v.Flags, p.GetFlags()...)
	if x.Gaps > 0 && !slices.Contains(v.Flags, flagGaps) {
		v.Flags = append(v.Flags, flagGaps)
	}
	for _, r := range p.GetReferees() {
		w := refereeView{Estimator: r.GetEstimator(), Failure: r.GetError()}
		if w.Failure == "" {
			w.H, w.Lower, w.Upper = &r.H, &r.Lower, &r.Upper
		}
		v.Referees = append(v.Referees, w)
	}
	if x.Label != nil {
		e := p.GetH() - *x.Label
		v.Error = &e
	}
	return v
}

// atOnce is how many lines of a table are lined up together.
const atOnce = 200

// answers prints answers as they come: a single one at length, several as a table, or as JSON.
type answers struct {
	a       *app
	trace   string
	labels  bool
	first   *answerView // held back until it is known whether there is a second
	table   *screen.Table
	score   score
	failed  int
	all     int
	reasons []string
}

func (a *app) newAnswers(trace string, labels bool) *answers {
	return &answers{a: a, trace: trace, labels: labels}
}

func (o *answers) add(x asked, p *predictv1.Prediction) error {
	v := merge(x, p)
	o.all++
	if v.Failure != "" {
		o.failed++
		if len(o.reasons) < 3 {
			o.reasons = append(o.reasons, v.Series+": "+v.Failure)
		}
	} else if v.Error != nil {
		o.score.add(*v.Error, *v.Label >= *v.Lower && *v.Label <= *v.Upper)
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

func (o *answers) begin() {
	head := []string{"series", ">n", ">H", "interval", ">Whittle", "class"}
	if o.labels {
		head = append(head, ">label", ">error")
	}
	o.table = screen.NewTable(o.a.paint, append(head, "")...)
}

func (o *answers) row(v answerView) {
	cells := []string{screen.Clip(v.Series, 40), fmt.Sprint(v.N), "", "", ""}
	rest := o.a.paint.Bad(screen.Clip(v.Failure, 80))
	if v.Failure == "" {
		cells[2] = fmt.Sprintf("%.3f", *v.H)
		cells[3] = fmt.Sprintf("%.3f to %.3f", *v.Lower, *v.Upper)
		cells[4] = v.Class
		rest = o.a.paint.Warn(strings.Join(v.Flags, ", "))
	}
	cells = slices.Insert(cells, 4, whittle(v.Referees))
	if o.labels {
		cells = append(cells, number("%.3f", v.Label), number("%+.3f", v.Error))
	}
	o.table.Row(append(cells, rest)...)
}

func number(format string, x *float64) string {
	if x == nil {
		return ""
	}
	return fmt.Sprintf(format, *x)
}

func whittle(all []refereeView) string {
	for _, r := range all {
		if r.Estimator == "whittle" && r.H != nil {
			return fmt.Sprintf("%.3f", *r.H)
		}
	}
	return ""
}

// end prints what was held back, and the sum of it all. It returns an error when series failed.
func (o *answers) end(complete bool) error {
	switch {
	case o.a.json:
	case o.table != nil:
		if err := o.table.Flush(o.a.out); err != nil {
			return err
		}
	case o.first != nil && o.first.Failure == "":
		o.a.showAnswer(*o.first)
		if o.trace != "" {
			o.a.printf("trace     %s\n", o.trace)
		}
	}
	if o.labels && o.score.n > 0 {
		fmt.Fprintln(o.a.err, o.score)
	}
	if o.failed == 0 || !complete {
		return nil
	}
	return failure(o.a, "series", o.failed, o.all, o.reasons)
}

// failure says which series, or estimates of series, there is no answer for. When there is none at all,
// the data is what is wrong.
func failure(a *app, what string, failed, all int, reasons []string) error {
	if failed == all {
		text := strings.Join(reasons, "; ")
		if a.json { // said already, by series
			fmt.Fprintf(a.err, "hurst: %s\n", screen.Clean(text))
			return usage("%w", errReported)
		}
		return usage("%s", text)
	}
	fmt.Fprintf(a.err, "hurst: %d of %d %s failed, such as %s\n", failed, all, what, screen.Clean(reasons[0]))
	return errReported
}

// showAnswer prints one answer at length.
func (a *app) showAnswer(v answerView) {
	a.printf("series    %s (n = %d", screen.Clean(v.Series), v.N)
	if v.Gaps > 0 {
		a.printf(", %s filled in", plural(v.Gaps, "gap"))
	}
	a.printf(")\n")
	a.printf("H         %s  (%.0f %% interval %.3f to %.3f)\n", a.paint.Bold(fmt.Sprintf("%.3f", *v.H)), 100**v.Level, *v.Lower, *v.Upper)
	for _, r := range v.Referees {
		if r.H != nil {
			a.printf("%-9s %.3f  (%.3f to %.3f)\n", title(r.Estimator), *r.H, *r.Lower, *r.Upper)
		} else {
			a.printf("%-9s %s\n", title(r.Estimator), a.paint.Warn(screen.Clean(r.Failure)))
		}
	}
	if v.Label != nil {
		a.printf("label     %.3f  (error %+.3f)\n", *v.Label, *v.Error)
	}
	a.printf("class     %s\n", v.Class)
	a.printf("model     %s\n", v.Model)
	if len(v.Flags) > 0 {
		a.printf("flags     %s\n", a.paint.Warn(screen.Clean(strings.Join(v.Flags, ", "))))
	}
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + screen.Clean(s[1:])
}
