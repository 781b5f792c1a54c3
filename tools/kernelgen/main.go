// Command kernelgen writes the assembly of pkg/nn/kernel for amd64, with its Go declarations. Run it
// from the repository's root: go run ./tools/kernelgen.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// folder is where the generated files go, from the repository's root.
const folder = "pkg/nn/kernel/"

// parts are the files to write. The generator library holds one file in a process, so each part has
// a process of its own.
var parts = []string{"matmul", "winograd", "double", "scores", "vector"}

func main() {
	part := flag.String("part", "", "what to write: matmul, winograd, double, scores or vector; nothing: all, in a process each")
	flag.Parse()
	if err := run(context.Background(), *part); err != nil {
		fmt.Fprintln(os.Stderr, "kernelgen:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, part string) error {
	switch part {
	case "":
		return each(ctx)
	case "matmul":
		c := build.NewContext()
		matmul(c)
		if err := dispatch(folder + "matmul_dispatch_amd64.go"); err != nil {
			return err
		}
		return printContext(part, c)
	case "winograd":
		c := build.NewContext()
		winograd(c)
		return printContext(part, c)
	case "double":
		c := build.NewContext()
		double(c)
		return printContext(part, c)
	case "scores":
		c := build.NewContext()
		scores(c)
		return printContext(part, c)
	case "vector":
		c := build.NewContext()
		if err := others(folder+"vector_other.go", vector(c)); err != nil {
			return err
		}
		return printContext(part, c)
	}
	return fmt.Errorf("part %q: it must be one of %v", part, parts)
}

func each(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, part := range parts {
		cmd := exec.CommandContext(ctx, self, "-part", part) //nolint:gosec // G204: this program itself, with a constant
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("part %s: %w", part, err)
		}
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
	return os.WriteFile(path, content, 0o644) //nolint:gosec // G306: source code is for all to read
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
