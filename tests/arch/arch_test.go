// Package arch holds the architecture: which layer may import which, that services never meet in
// Go, that numerics stay pure, and that every package says what it is for. The layers and their
// reasons are in layers_test.go; ARCHITECTURE.md tells the story.
package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the repository's root as seen from this package.
const root = "../.."

// A source is a parsed file, down to its imports.
type source struct {
	file
	ast *ast.File
}

func TestLayers(t *testing.T) {
	t.Parallel()
	used := map[exception]bool{}
	for _, s := range sources(t) {
		f := s.file
		f.imports = nil
		for _, path := range s.imports {
			if e, ok := excepted(s.dir(), path); ok {
				used[e] = true
				continue
			}
			f.imports = append(f.imports, path)
		}
		for _, sentence := range check(f) {
			t.Error(sentence)
		}
	}
	for _, e := range exceptions {
		if !used[e] {
			t.Errorf("%s no longer imports %q: drop it from exceptions", e.dir, e.path)
		}
		if e.why == "" {
			t.Errorf("the exception of %s for %q gives no reason", e.dir, e.path)
		}
	}
}

// TestPackageComments holds that every package opens with "Package name …" and every program
// with "Command name …", in one of its files. Generated code carries its .proto file's comment.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	type state struct{ name, doc string }
	found := map[string]state{}
	for _, s := range sources(t) {
		if ast.IsGenerated(s.ast) || strings.HasSuffix(s.ast.Name.Name, "_test") {
			continue
		}
		p := found[s.dir()]
		if p.name == "" || !s.isTest() {
			p.name = s.ast.Name.Name
		}
		p.doc += s.ast.Doc.Text()
		found[s.dir()] = p
	}
	for dir, p := range found {
		want := "Package " + p.name + " "
		if p.name == "main" {
			want = "Command "
		}
		if !strings.HasPrefix(p.doc, want) {
			t.Errorf("%s: no file has a package comment that begins with %q", dir, want)
		}
	}
}

func excepted(dir, path string) (exception, bool) {
	for _, e := range exceptions {
		if e.dir == dir && e.path == path {
			return e, true
		}
	}
	return exception{}, false
}

// sources parses every Go file of the module, whatever its build tags.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return enter(path, d.Name())
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		s, err := parse(path)
		all = append(all, s)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("parse the tree from %s: %d files, %v", root, len(all), err)
	}
	return all
}

// enter skips folders that the go command skips too, and modules of their own.
func enter(path, name string) error {
	if path == root {
		return nil
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	if err == nil || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return filepath.SkipDir
	}
	return nil
}

func parse(path string) (source, error) {
	syntax, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return source{}, err
	}
	s := source{file: file{path: filepath.ToSlash(rel)}, ast: syntax}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, imported)
	}
	return s, nil
}
