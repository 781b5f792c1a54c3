package arch

import (
	"fmt"
	"slices"
	"strings"
)

// A file is what the rules need to know of one Go file.
type file struct {
	path    string // from the repository's root, with slashes
	imports []string
}

func (f file) dir() string {
	if i := strings.LastIndex(f.path, "/"); i >= 0 {
		return f.path[:i]
	}
	return ""
}

func (f file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// check returns a sentence for every import of f that its layer forbids.
func check(f file) []string {
	from, ok := layerOf(f.dir())
	if !ok {
		return []string{fmt.Sprintf("%s: folder %q is in no layer: put it into packages in tests/arch/layers_test.go", f.path, f.dir())}
	}
	var wrong []string
	for _, path := range f.imports {
		if reason := judge(f, from, path); reason != "" {
			wrong = append(wrong, fmt.Sprintf("%s imports %q: %s", f.path, path, reason))
		}
	}
	return wrong
}

// judge returns why a file of layer from must not import path, or nothing if it may.
func judge(f file, from layer, path string) string {
	r := rules[from]
	dir, ours := strings.CutPrefix(path, module+"/")
	switch {
	case ours:
		return judgeOurs(f.dir(), from, dir)
	case f.isTest():
		return ""
	case isStd(path):
		if within(path, r.std) {
			return fmt.Sprintf("not in the %s layer: %s", from, r.why)
		}
	case hasPrefix(path, r.deny), r.allow != nil && !hasPrefix(path, r.allow):
		return fmt.Sprintf("this module is not for the %s layer: %s", from, r.why)
	}
	return ""
}

// judgeOurs judges an import within the module, of folder to by folder dir.
func judgeOurs(dir string, from layer, to string) string {
	target, ok := layerOf(to)
	switch {
	case !ok:
		return "that folder is in no layer"
	case slices.Contains(rules[from].layers, target), samePart(dir, to):
		return ""
	case target == service && below(dir, "tools/hurst"):
		return ""
	}
	return fmt.Sprintf("%s must not import %s: %s", from, target, rules[from].why)
}

// samePart tells whether two folders belong to the same service or the same tool.
func samePart(a, b string) bool {
	for _, root := range []string{"services/", "tools/"} {
		if strings.HasPrefix(a, root) && strings.HasPrefix(b, root) {
			return part(a) == part(b)
		}
	}
	return false
}

// part returns the first two elements of a folder's path.
func part(dir string) string {
	elements := strings.SplitN(dir, "/", 3)
	return strings.Join(elements[:min(2, len(elements))], "/")
}

// layerOf finds the layer of a folder by the longest listed folder that it is or lies in.
func layerOf(dir string) (layer, bool) {
	for dir != "" {
		if l, ok := packages[dir]; ok {
			return l, true
		}
		dir = file{path: dir}.dir()
	}
	return "", false
}

// isStd tells whether an import path is of the standard library: its first element has no dot.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// within tells whether path is one of the packages or lies below one; math/rand/v2 is another
// package than math/rand, and a fit one: it has no global seed to set.
func within(path string, packages []string) bool {
	return path != "math/rand/v2" && slices.ContainsFunc(packages, func(p string) bool { return below(path, p) })
}

func below(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func hasPrefix(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(path, p) })
}
