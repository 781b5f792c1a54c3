package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Explain says why a task is not the same as the unit of that name in an earlier run.
func Explain(now, before Task) string {
	var changes []string
	if now.Version != before.Version {
		changes = append(changes, fmt.Sprintf("the code of %s changed from version %d to %d", now.Kind, before.Version, now.Version))
	}
	if now.Seed != before.Seed {
		changes = append(changes, fmt.Sprintf("seed changed from %d to %d", before.Seed, now.Seed))
	}
	if now.Salt != before.Salt {
		changes = append(changes, fmt.Sprintf("salt changed from %q to %q", before.Salt, now.Salt))
	}
	changes = append(changes, paramChanges(now.Params, before.Params)...)
	changes = append(changes, inputChanges(now.Inputs, before.Inputs)...)
	if len(changes) == 0 {
		return "nothing changed, but its memo was not there"
	}
	return strings.Join(changes, "; ")
}

func paramChanges(now, before json.RawMessage) []string {
	if bytes.Equal(now, before) {
		return nil
	}
	var a, b any
	if json.Unmarshal(now, &a) != nil || json.Unmarshal(before, &b) != nil {
		return []string{"its parameters changed"}
	}
	var changes []string
	diff("", b, a, &changes)
	return changes
}

// diff appends a line for each place where two JSON values differ.
func diff(path string, before, now any, changes *[]string) {
	if reflect.DeepEqual(before, now) {
		return
	}
	a, okA := before.(map[string]any)
	b, okB := now.(map[string]any)
	if !okA || !okB {
		*changes = append(*changes, fmt.Sprintf("%s changed from %s to %s", strings.TrimPrefix(path, "."), short(before), short(now)))
		return
	}
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		diff(path+"."+name, a[name], b[name], changes)
	}
}

// short returns a JSON value in at most 60 characters.
func short(v any) string {
	if v == nil {
		return "nothing"
	}
	text := []rune(string(mustMarshal(v)))
	if len(text) > 60 {
		return string(text[:57]) + "…"
	}
	return string(text)
}

func inputChanges(now, before []Input) []string {
	old := map[string]Key{}
	for _, in := range before {
		old[in.Name] = in.Ref.Digest
	}
	var changed []string
	for _, in := range now {
		digest, ok := old[in.Name]
		delete(old, in.Name)
		switch {
		case !ok:
			changed = append(changed, in.Name+" is new")
		case digest != in.Ref.Digest:
			changed = append(changed, in.Name)
		}
	}
	for _, in := range before {
		if _, gone := old[in.Name]; gone {
			changed = append(changed, in.Name+" is gone")
		}
	}
	switch {
	case len(changed) == 0:
		return nil
	case len(changed) > 3:
		return []string{fmt.Sprintf("%d inputs changed (%s, …)", len(changed), strings.Join(changed[:3], ", "))}
	}
	return []string{"inputs changed: " + strings.Join(changed, ", ")}
}
