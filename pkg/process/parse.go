package process

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// ParseSpec reads what [Spec.String] writes: a kind, or a kind with parameters as in
// "arfima(ar=0.5 -0.2, ma=0.1)". It reads JSON as well.
func ParseSpec(text string) (Spec, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		var s Spec
		err := json.Unmarshal([]byte(text), &s)
		return s, err
	}
	kind, rest, open := strings.Cut(text, "(")
	s := Spec{Kind: strings.TrimSpace(kind)}
	if !open {
		return s, nil
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed || s.Kind == "" {
		return Spec{}, fmt.Errorf("%.80q is no spec; write a kind, or a kind with parameters as in arfima(ar=0.5)", text)
	}
	s.Params = map[string][]float64{}
	for part := range strings.SplitSeq(inner, ",") {
		name, values, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if _, twice := s.Params[name]; !ok || name == "" || twice || len(s.Params) == maxParams {
			return Spec{}, fmt.Errorf("%.80q in %.80q; write name=value, once each", strings.TrimSpace(part), text)
		}
		for _, field := range strings.Fields(values) {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return Spec{}, fmt.Errorf("%s is %.40q; allowed: a number, or numbers with spaces between", name, field)
			}
			s.Params[name] = append(s.Params[name], v)
		}
		if n := len(s.Params[name]); n == 0 || n > maxParams {
			return Spec{}, fmt.Errorf("%s has %d values; allowed are 1 to %d", name, n, maxParams)
		}
	}
	return s, nil
}
