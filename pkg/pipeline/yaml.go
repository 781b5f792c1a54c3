package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of what is read as a spec.
const (
	MaxSpec  = 1 << 20 // bytes
	maxNodes = 100_000 // after aliases are followed
	maxDepth = 32
)

// tree reads YAML (and so JSON) into maps, slices, strings, bools, nil and json.Numbers, and
// returns the line on which each path begins. Aliases are followed within the limits.
func tree(data []byte) (any, map[string]int, error) {
	if len(data) > MaxSpec {
		return nil, nil, oneProblem("", 0, "it has %d bytes; at most %d are read", len(data), MaxSpec)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root, more yaml.Node
	if err := decoder.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil, oneProblem("", 0, "it is empty; see pipelines/quickstart.yaml for an example")
		}
		return nil, nil, oneProblem("", 0, "it is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, nil, oneProblem("", more.Line, "there is a second document; a spec is one")
	}
	if len(root.Content) != 1 {
		return nil, nil, oneProblem("", 0, "it is empty; see pipelines/quickstart.yaml for an example")
	}
	r := treeReader{lines: map[string]int{}}
	doc, err := r.value(root.Content[0], nil)
	return doc, r.lines, err
}

// treeReader turns YAML nodes into plain values.
type treeReader struct {
	lines map[string]int
	nodes int
}

func (r *treeReader) value(n *yaml.Node, path []string) (any, error) {
	where := pathOf(path)
	r.nodes++
	switch {
	case r.nodes > maxNodes:
		return nil, oneProblem(where, n.Line, "the document has more than %d values (aliases counted each time)", maxNodes)
	case len(path) > maxDepth:
		return nil, oneProblem("", n.Line, "it is nested more than %d levels deep", maxDepth)
	}
	if _, ok := r.lines[where]; !ok {
		r.lines[where] = n.Line
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.value(n.Alias, path)
	case yaml.MappingNode:
		return r.mapping(n, path)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for i, c := range n.Content {
			v, err := r.value(c, append(path[:len(path):len(path)], strconv.Itoa(i)))
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	return r.scalar(n, where)
}

func (r *treeReader) mapping(n *yaml.Node, path []string) (any, error) {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, oneProblem(pathOf(path), key.Line, "a key must be a plain word")
		}
		if key.Tag == "!!merge" {
			return nil, oneProblem(pathOf(path), key.Line, "merge keys (<<) are not supported: write the values out")
		}
		if _, twice := m[key.Value]; twice {
			return nil, oneProblem(pathOf(append(path[:len(path):len(path)], key.Value)), key.Line, "the key stands here twice")
		}
		v, err := r.value(n.Content[i+1], append(path[:len(path):len(path)], key.Value))
		if err != nil {
			return nil, err
		}
		m[key.Value] = v
	}
	return m, nil
}

func (r *treeReader) scalar(n *yaml.Node, where string) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int":
		var i int64
		if err := n.Decode(&i); err != nil {
			return nil, oneProblem(where, n.Line, "%s is not a whole number within 64 bits", n.Value)
		}
		return json.Number(strconv.FormatInt(i, 10)), nil
	case "!!float":
		var f float64
		if err := n.Decode(&f); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, oneProblem(where, n.Line, "%s is not a finite number", n.Value)
		}
		return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
	case "!!str", "!!timestamp":
		return n.Value, nil
	}
	return nil, oneProblem(where, n.Line, "values of type %s are not supported", fmt.Sprint(n.Tag))
}
