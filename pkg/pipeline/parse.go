package pipeline

import (
	"bytes"
	_ "embed" // for the schema
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed schema.json
var schemaJSON []byte

// Schema returns the JSON Schema of specs, for editors and for people.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// Parse reads a spec from YAML or JSON. Its error is a *[SpecError] that names every mistake with
// its path, line, value and what is allowed.
func Parse(data []byte) (Spec, error) {
	doc, lines, err := tree(data)
	if err != nil {
		return Spec{}, err
	}
	schema, err := compileSchema()
	if err != nil {
		return Spec{}, err
	}
	if err := schema.Validate(doc); err != nil {
		return Spec{}, schemaProblems(err, doc, lines)
	}
	spec, err := decodeSpec(doc)
	if err != nil {
		return Spec{}, err
	}
	if problems := check(&spec); len(problems) > 0 {
		for i := range problems {
			problems[i].Line = lineOf(lines, problems[i].Path)
		}
		return Spec{}, &SpecError{problems}
	}
	return spec, nil
}

func compileSchema() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		return nil, fmt.Errorf("read the spec's schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("pipeline.json", doc); err != nil {
		return nil, fmt.Errorf("read the spec's schema: %w", err)
	}
	return compiler.Compile("pipeline.json")
}

// decodeSpec turns a valid document into a Spec with its defaults.
func decodeSpec(doc any) (Spec, error) {
	data, err := json.Marshal(doc)
	if err != nil {
		return Spec{}, err
	}
	var raw struct {
		Version int
		Name    string
		Seed    *uint64
		Salt    string
		Stages  []struct {
			Name, Kind string
			Needs      []string
			With       json.RawMessage
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return Spec{}, oneProblem("", 0, "%s", err)
	}
	spec := Spec{Version: raw.Version, Name: raw.Name, Seed: 1, Salt: raw.Salt}
	if raw.Seed != nil {
		spec.Seed = *raw.Seed
	}
	for i, r := range raw.Stages {
		stage := Stage{Name: r.Name, Kind: r.Kind, Needs: r.Needs}
		target := stage.defaults()
		if len(r.With) > 0 {
			if err := json.Unmarshal(r.With, target); err != nil {
				return Spec{}, oneProblem(fmt.Sprintf("stages[%d].with", i), 0, "%s", err)
			}
		}
		stage.complete()
		spec.Stages = append(spec.Stages, stage)
	}
	return spec, nil
}

// defaults sets the stage's part for its kind, with what holds where the spec is silent, and
// returns it.
func (s *Stage) defaults() any {
	switch s.Kind {
	case KindGenerate:
		s.Generate = &Generate{Hurst: Range{0.1, 0.9}}
		return s.Generate
	case KindExtract:
		s.Extract = &Extract{Features: "basic"}
		return s.Extract
	case KindTune:
		s.Tune = &Tune{Sampler: "random", Fraction: 0.25}
		return s.Tune
	case KindTrain:
		s.Train = &Train{}
		return s.Train
	case KindEvaluate:
		s.Evaluate = &Evaluate{}
		return s.Evaluate
	case KindDeploy:
		s.Deploy = &Deploy{Alias: "champion"}
		return s.Deploy
	default:
		s.Noop = &Noop{Tasks: 1}
		return s.Noop
	}
}

// schemaProblems turns the validator's tree of causes into a list for people.
func schemaProblems(err error, doc any, lines map[string]int) error {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	var problems []Problem
	printer := message.NewPrinter(language.English)
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			walk(cause)
		}
		if len(e.Causes) > 0 {
			return
		}
		path := pathOf(e.InstanceLocation)
		problems = append(problems, Problem{
			Path:  path,
			Line:  lineOf(lines, path),
			Value: at(doc, e.InstanceLocation),
			Text:  explainKind(e.ErrorKind, printer),
		})
	}
	walk(invalid)
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return &SpecError{problems}
}

// explainKind says in words what a keyword of the schema asks for.
func explainKind(k jsonschema.ErrorKind, printer *message.Printer) string {
	number := func(r *big.Rat) string { f, _ := r.Float64(); return fmt.Sprint(f) }
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("is of type %s; want %s", k.Got, strings.Join(k.Want, " or "))
	case *kind.Enum:
		return "is not known; allowed: " + list(k.Want)
	case *kind.Const:
		return fmt.Sprintf("is not allowed; want %v", k.Want)
	case *kind.Minimum:
		return "is too small; allowed: at least " + number(k.Want)
	case *kind.Maximum:
		return "is too large; allowed: at most " + number(k.Want)
	case *kind.ExclusiveMinimum:
		return "is too small; allowed: more than " + number(k.Want)
	case *kind.Required:
		return "lacks " + strings.Join(k.Missing, ", ")
	case *kind.AdditionalProperties:
		return "has unknown keys: " + strings.Join(k.Properties, ", ")
	case *kind.Pattern:
		return "is not a name; allowed: small letters, digits and dashes, at most 63, beginning with a letter or digit"
	case *kind.MinItems:
		return fmt.Sprintf("has %d items; want at least %d", k.Got, k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("has %d items; want at most %d", k.Got, k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("holds the same item twice (numbers %d and %d)", k.Duplicates[0], k.Duplicates[1])
	}
	return k.LocalizedString(printer)
}

func list(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
		if v == "" {
			words[i] = `""`
		}
	}
	return strings.Join(words, ", ")
}

// lineOf returns the line of the path or of the nearest place above it.
func lineOf(lines map[string]int, path string) int {
	for {
		if line, ok := lines[path]; ok {
			return line
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return lines[""]
		}
		path = path[:cut]
	}
}
