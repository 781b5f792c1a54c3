package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// fieldsOf lists the settings of cfg in the struct's order. Its errors are for the programmer.
func fieldsOf(cfg any) ([]*field, error) {
	v := reflect.ValueOf(cfg)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return nil, errors.New("want a pointer to a struct")
	}
	fields, err := walk(v.Elem(), "")
	if err != nil {
		return nil, err
	}
	seen := map[string]string{"HURST_CONFIG": "--config", "HURST_CONFIG_VERIFY": "--config.verify", "HURST_HELP": "--help"}
	for _, f := range fields {
		if other := seen[f.env()]; other != "" {
			return nil, fmt.Errorf("keys %s and %s share the name %s", other, f.key, f.env())
		}
		seen[f.env()] = f.key
	}
	return fields, nil
}

func walk(v reflect.Value, prefix string) ([]*field, error) {
	var all []*field
	for i := range v.NumField() {
		t := v.Type().Field(i)
		name, options, _ := strings.Cut(t.Tag.Get("koanf"), ",")
		squash := slices.Contains(strings.Split(options, ","), "squash")
		switch {
		case !t.IsExported() || name == "-":
			continue
		case name == "" && !squash:
			return nil, fmt.Errorf("field %s: want a tag koanf with its key, or \"-\"", t.Name)
		case t.Type.Kind() == reflect.Struct:
			inner := prefix
			if !squash {
				inner += name + "."
			}
			fields, err := walk(v.Field(i), inner)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", t.Name, err)
			}
			all = append(all, fields...)
		case !supported(t.Type):
			return nil, fmt.Errorf("field %s: type %s is not supported", t.Name, t.Type)
		default:
			f := &field{key: prefix + name, help: t.Tag.Get("help"), value: v.Field(i)}
			all = append(all, f)
			if f.isSecret() {
				all = append(all, &field{key: f.key + "_file", help: "file that holds " + f.key, value: f.value, secret: f})
			}
		}
	}
	return all, nil
}

func supported(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return true
	}
	return t == reflect.TypeFor[[]string]()
}

func find(fields []*field, key string) *field {
	i := slices.IndexFunc(fields, func(f *field) bool { return f.key == key })
	if i < 0 {
		return nil
	}
	return fields[i]
}
