// Command kernelgen writes the assembly of pkg/nn/kernel for amd64, with its Go declarations. Run it
// from the repository's root: go run ./tools/kernelgen.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// folder is where the generated files go, from the repository's root.
const folder = "pkg/nn/kernel/"

// A part is a file of assembly. It writes functions to a context, and other files itself.
type part struct {
	name  string
	write func(c *build.Context) error
}

func parts() []part {
	return []part{
		{"matmul", func(c *build.Context) error {
			matmul(c)
			return dispatch(folder + "matmul_dispatch_amd64.go")
		}},
		{"winograd", func(c *build.Context) error { winograd(c); return nil }},
		{"double", func(c *build.Context) error { double(c); return nil }},
		{"scores", func(c *build.Context) error { scores(c); return nil }},
		{"vector", func(c *build.Context) error { return others(folder+"vector_other.go", vector(c)) }},
	}
}

func main() {
	only := flag.String("part", "", "the part to write: matmul, winograd, double, scores or vector; nothing: all")
	flag.Parse()
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "kernelgen:", err)
		os.Exit(1)
	}
}

func run(only string) error {
	found := false
	for _, p := range parts() {
		if only != "" && only != p.name {
			continue
		}
		found = true
		c := build.NewContext()
		if err := p.write(c); err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
		if err := printContext(p.name, c); err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
	}
	if !found {
		return fmt.Errorf("there is no part %q", only)
	}
	return nil
}

// names returns where a part's assembly and its Go declarations go.
func names(part string) (assembly, stubs string) {
	return folder + part + "_amd64.s", folder + part + "_stub_amd64.go"
}

// printContext checks what was written to a context, assigns registers and prints it.
func printContext(part string, c *build.Context) error {
	file, err := c.Result()
	if err != nil {
		return err
	}
	assembly, stubs := names(part)
	config := printer.Config{Argv: []string{"go", "run", "main.go", "-part", part}, Pkg: "kernel"}
	var asm, decls bytes.Buffer
	err = pass.Concat(
		pass.Compile,
		&pass.Output{Writer: nopCloser{&asm}, Printer: printer.NewGoAsm(config)},
		&pass.Output{Writer: nopCloser{&decls}, Printer: printer.NewStubs(config)},
	).Execute(file)
	if err != nil {
		return err
	}
	return errors.Join(save(assembly, asm.Bytes()), save(stubs, decls.Bytes()))
}

func save(path string, content []byte) error {
	return os.WriteFile(path, content, 0o644)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
