package config

import (
	"errors"
	"strings"
)

// readEnviron takes the fields' variables, and the path of the configuration file, from environ.
// Others that start with HURST_ are left alone: they may be another program's.
func readEnviron(fields []*field, environ []string) (l layer, path string, err error) {
	set := map[string]string{}
	for _, e := range environ {
		if name, value, _ := strings.Cut(e, "="); value != "" {
			set[name] = value
		}
	}
	l = layer{}
	var errs []error
	for _, f := range fields {
		value, ok := set[f.env()]
		if !ok {
			continue
		}
		texts := []string{value}
		if f.isList() {
			texts = split(value)
		}
		errs = append(errs, l.put(f, "environment variable "+f.env(), texts))
	}
	return l, set["HURST_CONFIG"], errors.Join(errs...)
}
