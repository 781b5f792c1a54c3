// Package search describes the hyperparameters that a study varies and draws from them.
package search

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Dimension is the range of one hyperparameter: either numbers from Min to Max, or one of Values.
type Dimension struct {
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
	Log    bool     `json:"log,omitempty"` // draw evenly in the logarithm
	Int    bool     `json:"int,omitempty"` // draw whole numbers, both ends included
	Values []any    `json:"values,omitempty"`
}

// Space is a set of hyperparameters by name.
type Space map[string]Dimension

// Limits that keep a space from outside within reason.
const (
	MaxDimensions = 64
	MaxValues     = 256
	maxDepth      = 4 // lists within values
)

// Validate tells what is wrong with the space, each error starting with the path of the field.
func (s Space) Validate() error {
	var errs []error
	if len(s) > MaxDimensions {
		errs = append(errs, fmt.Errorf("%d dimensions: want at most %d", len(s), MaxDimensions))
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if name == "" {
			errs = append(errs, errors.New(`"": a dimension needs a name`))
		}
		if path, err := s[name].check(); err != nil {
			errs = append(errs, fmt.Errorf("%s%s: %w", name, path, err))
		}
	}
	return errors.Join(errs...)
}

// check returns the first thing wrong with d and the path from d to it.
func (d Dimension) check() (path string, err error) {
	if d.Values != nil {
		return d.checkValues()
	}
	switch {
	case d.Min == nil && d.Max == nil:
		return "", errors.New("has neither values nor min and max")
	case d.Min == nil:
		return ".min", errors.New("is missing")
	case d.Max == nil:
		return ".max", errors.New("is missing")
	}
	lo, hi := *d.Min, *d.Max
	const whole = 1 << 53
	switch {
	case math.IsNaN(lo) || math.IsInf(lo, 0):
		return ".min", fmt.Errorf("%v is not finite", lo)
	case math.IsNaN(hi) || math.IsInf(hi, 0):
		return ".max", fmt.Errorf("%v is not finite", hi)
	case lo > hi:
		return ".max", fmt.Errorf("%v is less than min, %v", hi, lo)
	case math.IsInf(hi-lo, 0):
		return ".max", fmt.Errorf("%v is too far from min, %v", hi, lo)
	case d.Log && lo <= 0:
		return ".min", fmt.Errorf("%v is not positive, as log asks for", lo)
	case d.Int && (lo != math.Trunc(lo) || math.Abs(lo) > whole):
		return ".min", fmt.Errorf("%v is not a whole number, as int asks for", lo)
	case d.Int && (hi != math.Trunc(hi) || math.Abs(hi) > whole):
		return ".max", fmt.Errorf("%v is not a whole number, as int asks for", hi)
	}
	return "", nil
}

func (d Dimension) checkValues() (path string, err error) {
	switch {
	case d.Min != nil || d.Max != nil || d.Log || d.Int:
		return "", errors.New("has values together with min, max, log or int: want one or the other")
	case len(d.Values) == 0:
		return ".values", errors.New("is empty: want at least one")
	case len(d.Values) > MaxValues:
		return ".values", fmt.Errorf("has %d entries: want at most %d", len(d.Values), MaxValues)
	}
	for i, v := range d.Values {
		if _, err := plain(v, 0); err != nil {
			return fmt.Sprintf(".values[%d]", i), err
		}
	}
	return "", nil
}

// plain returns v as JSON would give it back: every number a float64, every list a []any.
func plain(v any, depth int) (any, error) {
	switch v := v.(type) {
	case string, bool:
		return v, nil
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is not finite", v)
		}
		return v, nil
	case []any:
		if depth == maxDepth {
			return nil, fmt.Errorf("lists are nested more than %d deep", maxDepth)
		}
		if len(v) > MaxValues {
			return nil, fmt.Errorf("list of %d entries: want at most %d", len(v), MaxValues)
		}
		list := make([]any, len(v))
		for i, e := range v {
			p, err := plain(e, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = p
		}
		return list, nil
	}
	return nil, fmt.Errorf("%v is a %T: want a number, text, true, false or a list of them", v, v)
}
