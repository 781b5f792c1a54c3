package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxFile  = 1 << 20 // bytes of a configuration file
	maxDepth = 16      // mappings in mappings
	maxWrong = 20      // mistakes that are reported of one file
)

func readFile(fields []*field, path string) (layer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("--config: %s is larger than %d bytes: not a configuration", path, maxFile)
	}
	return parseFile(fields, path, data)
}

// parseFile reads YAML as nodes, not values: they know their lines, keep "0123" as it was written,
// and an alias in them does not multiply.
func parseFile(fields []*field, name string, data []byte) (layer, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil // empty, or only comments
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: want one YAML document, found more", name)
	}
	r := fileReader{fields: fields, name: name, layer: layer{}, seen: map[string]bool{}}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode && root.Tag != "!!null" {
		return nil, fmt.Errorf("%s:%d: want keys and values such as \"log_level: debug\"", name, root.Line)
	}
	r.mapping(root, "", 0)
	return r.layer, errors.Join(r.errs...)
}

type fileReader struct {
	fields []*field
	name   string
	layer  layer
	seen   map[string]bool
	errs   []error
}

func (r *fileReader) fail(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: "+format, append([]any{r.name, n.Line}, args...)...))
}

func (r *fileReader) mapping(n *yaml.Node, prefix string, depth int) {
	if depth > maxDepth {
		r.fail(n, "%s: nested too deeply", clip(prefix))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if len(r.errs) >= maxWrong {
			return // that many are enough to see what kind of file it is
		}
		name, value := n.Content[i], n.Content[i+1]
		if name.Kind != yaml.ScalarNode || name.Value == "" {
			r.fail(name, "want a key")
			continue
		}
		r.entry(name, value, prefix+name.Value, depth)
	}
}

func (r *fileReader) entry(name, n *yaml.Node, key string, depth int) {
	f := find(r.fields, key)
	empty := n.Kind == yaml.ScalarNode && n.Tag == "!!null"
	switch {
	case f == nil && n.Kind == yaml.MappingNode && len(n.Content) > 0:
		r.mapping(n, key+".", depth+1)
		return
	case f == nil && (empty || n.Kind == yaml.MappingNode) && isSection(r.fields, key):
		return // "s3:" with all its lines commented out
	case f == nil:
		r.fail(name, "unknown key %q%s", clip(key), suggest(key, keys(r.fields)))
		return
	case r.seen[key]:
		r.fail(name, "%s: set twice", key)
		return
	}
	r.seen[key] = true
	if empty {
		return // the same as not there
	}
	texts, err := scalars(n, f.isList())
	if err != nil {
		r.fail(n, "%s: %w", key, err)
		return
	}
	if err := r.layer.put(f, fmt.Sprintf("%s:%d: %s", r.name, n.Line, key), texts); err != nil {
		r.errs = append(r.errs, err)
	}
}

func scalars(n *yaml.Node, list bool) ([]string, error) {
	switch {
	case n.Kind == yaml.ScalarNode && list:
		return split(n.Value), nil
	case n.Kind == yaml.ScalarNode:
		return []string{n.Value}, nil
	case n.Kind == yaml.AliasNode:
		return nil, errors.New("YAML aliases are not supported: write the value")
	case n.Kind != yaml.SequenceNode || !list:
		return nil, errors.New("want one value, not a list or a mapping")
	}
	texts := []string{}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: want a list of plain values", item.Line)
		}
		texts = append(texts, item.Value)
	}
	return texts, nil
}

func isSection(fields []*field, key string) bool {
	for _, f := range fields {
		if strings.HasPrefix(f.key, key+".") {
			return true
		}
	}
	return false
}

func keys(fields []*field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.key)
	}
	return all
}
