package process

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Spec names a kind with its parameters: {"kind": "arfima", "ar": [0.5], "ma": 0.2}. A parameter is a
// number or a list of numbers.
type Spec struct {
	Kind   string
	Params map[string][]float64
}

// maxParams bounds what a spec may hold.
const maxParams = 64

// UnmarshalJSON reads {"kind": …, "parameter": number or numbers, …}, or just the kind's name.
func (s *Spec) UnmarshalJSON(data []byte) error {
	*s = Spec{}
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &s.Kind)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if len(fields) > maxParams {
		return fmt.Errorf("a spec of %d fields; allowed are %d", len(fields), maxParams)
	}
	if err := json.Unmarshal(fields["kind"], &s.Kind); err != nil {
		return fmt.Errorf("kind: a name is needed, as in {\"kind\": \"fgn\"}")
	}
	delete(fields, "kind")
	for name, raw := range fields {
		var one float64
		var many []float64
		if err := json.Unmarshal(raw, &one); err == nil && !bytes.Equal(raw, []byte("null")) {
			many = []float64{one}
		} else if err := json.Unmarshal(raw, &many); err != nil || many == nil {
			return fmt.Errorf("%s is %.40s; allowed: a number, or a list of numbers", name, raw)
		}
		if len(many) > maxParams {
			return fmt.Errorf("%s has %d values; allowed are %d", name, len(many), maxParams)
		}
		if s.Params == nil {
			s.Params = map[string][]float64{}
		}
		s.Params[name] = many
	}
	return nil
}

// Check returns the kind that the spec names. It fails when there is none, or when a parameter is not
// the kind's or outside its limits.
func (s Spec) Check() (Kind, error) {
	k, err := Lookup(s.Kind)
	if err != nil {
		return Kind{}, err
	}
	_, err = Check("process "+k.Name, k.Params, s.Params)
	return k, err
}

// MarshalJSON writes the name alone when there are no parameters, so that a spec has one text.
func (s Spec) MarshalJSON() ([]byte, error) {
	if len(s.Params) == 0 {
		return json.Marshal(s.Kind)
	}
	fields := map[string]any{"kind": s.Kind}
	for name, values := range s.Params {
		fields[name] = values
		if len(values) == 1 {
			fields[name] = values[0]
		}
	}
	return json.Marshal(fields)
}

// String returns the kind with its parameters, as in "arfima(ar=0.5)".
func (s Spec) String() string {
	if len(s.Params) == 0 {
		return s.Kind
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		parts = append(parts, name+"="+strings.Trim(fmt.Sprint(s.Params[name]), "[]"))
	}
	return s.Kind + "(" + strings.Join(parts, ", ") + ")"
}

// Param describes a parameter of a kind.
type Param struct {
	Name    string
	Text    string // what it is, with its unit
	Default float64
	Min     float64
	Max     float64 // both ends are allowed
	Most    int     // values in a list; zero: it is one number, not a list (whose default is empty)
}

// Values are the parameters of a kind, complete and within their limits.
type Values map[string][]float64

// One returns a parameter that is one number.
func (v Values) One(name string) float64 { return v[name][0] }

// List returns a parameter that is a list.
func (v Values) List(name string) []float64 { return v[name] }

// Check fills in defaults, and refuses parameters that are not in the list or outside their limits.
// What is checked is named in errors.
func Check(what string, params []Param, given map[string][]float64) (Values, error) {
	v := Values{}
	var names []string
	for _, p := range params {
		names = append(names, p.Name)
		values, ok := given[p.Name]
		switch {
		case !ok && p.Most > 0:
			values = nil
		case !ok:
			values = []float64{p.Default}
		case p.Most == 0 && len(values) != 1:
			return nil, fmt.Errorf("%s: %s has %d values; it is one number", what, p.Name, len(values))
		case p.Most > 0 && len(values) > p.Most:
			return nil, fmt.Errorf("%s: %s has %d values; allowed are %d", what, p.Name, len(values), p.Most)
		}
		for _, x := range values {
			if !(x >= p.Min && x <= p.Max) {
				return nil, fmt.Errorf("%s: %s is %v; allowed: %v to %v", what, p.Name, x, p.Min, p.Max)
			}
		}
		v[p.Name] = values
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			if len(names) == 0 {
				return nil, fmt.Errorf("%s: there is no parameter %.40q; it has none", what, name)
			}
			return nil, fmt.Errorf("%s: there is no parameter %.40q; there are: %s", what, name, strings.Join(names, ", "))
		}
	}
	return v, nil
}
