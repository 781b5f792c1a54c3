package model

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/longmemory/hurst/pkg/search"
)

// param describes a hyperparameter of a kind of model.
type param struct {
	name   string
	value  any               // when nothing is said
	search *search.Dimension // where a study looks when nothing is said; nil: it does not vary it
	check  func(v any) error // nil where v is allowed
}

// Defaults returns the parameters of a kind that hold when nothing is said; nil for an unknown kind.
func Defaults(kind string) search.Params {
	k, err := lookup(kind)
	if err != nil {
		return nil
	}
	p := search.Params{}
	for _, d := range k.params {
		p[d.name] = d.value
	}
	return p
}

// Space returns where a study of a kind looks when nothing is said; nil for an unknown kind.
func Space(kind string) search.Space {
	k, err := lookup(kind)
	if err != nil {
		return nil
	}
	s := search.Space{}
	for _, d := range k.params {
		if d.search != nil {
			s[d.name] = *d.search
		}
	}
	return s
}

// CheckParams tells what is wrong with parameters for a kind: each error names the parameter, its
// value and what is allowed. Missing ones are fine.
func CheckParams(kind string, params search.Params) error {
	k, err := lookup(kind)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(params)) {
		i := slices.IndexFunc(k.params, func(d param) bool { return d.name == name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("%.40q is no parameter of %s; known are %s", name, kind, k.names()))
			continue
		}
		if err := k.params[i].check(params[name]); err != nil {
			errs = append(errs, fmt.Errorf("parameter %s of %s is %s: %w", name, kind, show(params[name]), err))
		}
	}
	return errors.Join(errs...)
}

func (k kind) names() string {
	var names []string
	for _, d := range k.params {
		names = append(names, d.name)
	}
	return strings.Join(names, ", ")
}

// complete returns params with the defaults of what is missing, as JSON would give them back.
func complete(kind string, params search.Params) search.Params {
	all := Defaults(kind)
	for name, v := range params {
		all[name] = plain(v)
	}
	return all
}

// plain turns every number into a float64.
func plain(v any) any {
	if list, ok := v.([]any); ok {
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = plain(e)
		}
		return out
	}
	if x, ok := number(v); ok {
		return x
	}
	return v
}

func show(v any) string {
	s := fmt.Sprintf("%v", v)
	if text, ok := v.(string); ok {
		s = fmt.Sprintf("%q", text)
	}
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// number returns a numeric value whichever way it was decoded.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, finite(v)
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}

// between allows numbers from lo to hi.
func between(lo, hi float64) func(any) error {
	return func(v any) error {
		if x, ok := number(v); !ok || x < lo || x > hi {
			return fmt.Errorf("want a number from %g to %g", lo, hi)
		}
		return nil
	}
}

// whole allows whole numbers from lo to hi.
func whole(lo, hi int) func(any) error {
	return func(v any) error {
		if x, ok := number(v); !ok || x != math.Trunc(x) || x < float64(lo) || x > float64(hi) {
			return fmt.Errorf("want a whole number from %d to %d", lo, hi)
		}
		return nil
	}
}

// oneOf allows some texts.
func oneOf(names ...string) func(any) error {
	return func(v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(names, s) {
			return fmt.Errorf("want one of %s", strings.Join(names, ", "))
		}
		return nil
	}
}

// listOf allows lists of one to most entries.
func listOf(most int, each func(any) error) func(any) error {
	return func(v any) error {
		list, ok := v.([]any)
		if !ok || len(list) < 1 || len(list) > most {
			return fmt.Errorf("want a list of 1 to %d entries", most)
		}
		for i, e := range list {
			if err := each(e); err != nil {
				return fmt.Errorf("entry %d: %w", i+1, err)
			}
		}
		return nil
	}
}

// The values of parameters that CheckParams has passed.

func numberOf(p search.Params, name string) float64 {
	x, _ := number(p[name])
	return x
}

func wholeOf(p search.Params, name string) int { return int(numberOf(p, name)) }

func wholesOf(p search.Params, name string) []int {
	list, _ := p[name].([]any)
	out := make([]int, len(list))
	for i, v := range list {
		x, _ := number(v)
		out[i] = int(x)
	}
	return out
}

func textOf(p search.Params, name string) string {
	s, _ := p[name].(string)
	return s
}

// logRange is a dimension from lo to hi, drawn evenly in the logarithm.
func logRange(lo, hi float64) *search.Dimension {
	return &search.Dimension{Min: &lo, Max: &hi, Log: true}
}

// numberRange is a dimension from lo to hi.
func numberRange(lo, hi float64) *search.Dimension {
	return &search.Dimension{Min: &lo, Max: &hi}
}

// wholeRange is a dimension of the whole numbers from lo to hi.
func wholeRange(lo, hi float64) *search.Dimension {
	return &search.Dimension{Min: &lo, Max: &hi, Int: true}
}

// choice is a dimension of some values.
func choice(values ...any) *search.Dimension { return &search.Dimension{Values: values} }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
