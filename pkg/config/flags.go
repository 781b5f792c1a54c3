package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"
)

// commandLine is what the arguments say.
type commandLine struct {
	layer  layer
	err    error // what is wrong with values
	path   string
	verify bool
}

// readFlags parses the arguments. An error it returns itself says that they cannot be understood, or
// is pflag.ErrHelp.
func readFlags(fields []*field, opts Options) (commandLine, error) {
	line := commandLine{layer: layer{}}
	set := pflag.NewFlagSet(opts.Name, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	set.StringVar(&line.path, "config", "", "")
	set.BoolVar(&line.verify, "config.verify", false, "")
	given := make([]texts, len(fields))
	for i, f := range fields {
		given[i] = texts{list: f.isList(), all: []string{}} // an empty list is not nil, which would be unset
		flag := set.VarPF(&given[i], f.flag(), "", f.help)
		if f.isBool() {
			flag.NoOptDefVal = "true"
		}
	}

	err := set.Parse(opts.Args)
	var unknown *pflag.NotExistError
	switch {
	case errors.Is(err, pflag.ErrHelp):
		if err := printHelp(opts.Out, opts.Name, fields); err != nil {
			return line, fmt.Errorf("print help: %w", err)
		}
		return line, pflag.ErrHelp
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		name := unknown.GetSpecifiedName()
		return line, fmt.Errorf("unknown flag --%s%s", clip(name), suggest(name, flagNames(fields)))
	case err != nil:
		return line, fmt.Errorf("%w; --help lists the flags", err)
	case set.NArg() > 0:
		return line, fmt.Errorf("unexpected argument %q: want flags only; --help lists them", clip(set.Arg(0)))
	}
	var errs []error
	for i, f := range fields {
		if given[i].set {
			errs = append(errs, line.layer.put(f, "--"+f.flag(), given[i].all))
		}
	}
	line.err = errors.Join(errs...)
	return line, nil
}

func flagNames(fields []*field) []string {
	names := []string{"config", "config.verify", "help"}
	for _, f := range fields {
		names = append(names, f.flag())
	}
	return names
}

// texts collects what a flag was given; a list takes each occurrence and splits it.
type texts struct {
	list, set bool
	all       []string
}

func (t *texts) Set(s string) error {
	t.set = true
	if t.list {
		t.all = append(t.all, split(s)...)
	} else {
		t.all = []string{s}
	}
	return nil
}

func (*texts) String() string { return "" }

func (*texts) Type() string { return "value" }

func printHelp(out io.Writer, name string, fields []*field) error {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FLAG\tENVIRONMENT\tDEFAULT\tMEANING")
	fmt.Fprintln(w, "--config\tHURST_CONFIG\t\tYAML file; its keys are the flags with _ for -, nested at each dot")
	fmt.Fprintln(w, "--config.verify\t\t\tcheck the configuration and exit")
	fmt.Fprintln(w, "--help, -h\t\t\tprint this and exit")
	for _, f := range fields {
		fmt.Fprintf(w, "--%s\t%s\t%s\t%s\n", f.flag(), f.env(), f.initial(), f.help)
	}
	_ = w.Flush() // into memory: cannot fail

	text := fmt.Sprintf("Usage: %s [flags]\n\n"+
		"Flags override environment variables, these override the file of --config, that overrides defaults.\n\n", name)
	for line := range strings.Lines(table.String()) {
		text += strings.TrimRight(line, " \n") + "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}
