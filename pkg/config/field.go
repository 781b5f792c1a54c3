package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// field is one setting: a leaf of the configuration struct, or the companion of a Secret that names
// the file to read it from.
type field struct {
	key    string
	help   string
	value  reflect.Value // the struct's own field; for a companion, the Secret's
	secret *field        // for a companion: the Secret's field
}

func (f *field) flag() string { return strings.ReplaceAll(f.key, "_", "-") }

func (f *field) env() string {
	return "HURST_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(f.key))
}

func (f *field) isSecret() bool {
	return f.secret == nil && f.value.Type() == reflect.TypeFor[Secret]()
}

func (f *field) isList() bool { return f.value.Kind() == reflect.Slice }

func (f *field) isBool() bool { return f.value.Kind() == reflect.Bool }

// initial returns the default as people would write it. Secrets show nothing.
func (f *field) initial() string {
	switch {
	case f.secret != nil || f.isSecret():
		return ""
	case f.isList():
		return strings.Join(f.value.Interface().([]string), ",")
	}
	return fmt.Sprint(f.value.Interface())
}

// parse turns texts, of which there is one unless f is a list, into a value of the field's type.
func (f *field) parse(texts []string) (any, error) {
	if f.isList() {
		return texts, nil
	}
	text := texts[len(texts)-1]
	if f.secret != nil {
		return text, nil
	}
	v, want := any(nil), ""
	var err error
	switch f.value.Interface().(type) {
	case time.Duration:
		v, err = time.ParseDuration(text)
		want = "a duration such as 500ms, 10s or 1m30s"
	default:
		switch f.value.Kind() {
		case reflect.String:
			v = text
		case reflect.Bool:
			v, err = strconv.ParseBool(text)
			want = "true or false"
		case reflect.Int, reflect.Int64:
			v, err = strconv.ParseInt(text, 10, f.value.Type().Bits())
			want = "a whole number"
		case reflect.Uint64:
			v, err = strconv.ParseUint(text, 10, 64)
			want = "a whole number, not negative"
		case reflect.Float64:
			v, err = parseFinite(text)
			want = "a number"
		}
	}
	if errors.Is(err, strconv.ErrRange) {
		want += " that fits into 64 bits"
	}
	if err != nil {
		return nil, fmt.Errorf("%q: want %s", clip(text), want)
	}
	return reflect.ValueOf(v).Convert(f.value.Type()).Interface(), nil
}

func parseFinite(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
		err = strconv.ErrSyntax
	}
	return x, err
}

// split reads a list from one text: comma-separated, blanks around items dropped, empty is no items.
func split(text string) []string {
	items := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// clip shortens a wrong value for an error message.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
