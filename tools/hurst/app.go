package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/service"
	"github.com/longmemory/hurst/pkg/telemetry"
	"github.com/longmemory/hurst/tools/hurst/internal/client"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// app is what all commands share.
type app struct {
	streams
	getenv func(string) string
	paint  screen.Paint // for out
	logs   *logs

	json     bool
	data     string
	nats     string
	natsUser string
}

// run executes a command line and returns the exit code.
func run(ctx context.Context, args []string, s streams, getenv func(string) string) int {
	a := &app{streams: s, getenv: getenv, paint: screen.PaintFor(s.out, getenv), logs: &logs{w: s.err}}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return service.ExitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = fault.New(fault.Unavailable, "interrupted")
	}
	return a.report(err)
}

// root returns the command under which all others are.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "hurst",
		Short: "Hurst exponents of real series, by models trained on synthetic ones",
		Long: "Hurst trains models on synthetic long-memory series and applies them to real ones.\n\n" +
			"Begin with `hurst quickstart`, or with `hurst up` in one terminal and the rest in another.",
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%w; `%s --help` shows what there is", err, cmd.CommandPath())
	})
	root.PersistentFlags().BoolVar(&a.json, "json", false, "answer in JSON")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddGroup(
		&cobra.Group{ID: groupSystem, Title: "The system:"},
		&cobra.Group{ID: groupRuns, Title: "Pipelines and models:"},
		&cobra.Group{ID: groupSeries, Title: "Series:"},
		&cobra.Group{ID: groupLook, Title: "A closer look:"},
	)
	root.AddCommand(
		a.upCommand(), a.quickstartCommand(), a.serviceCommand(), a.doctorCommand(), a.versionCommand(),
		a.submitCommand(), a.runsCommand(), a.modelsCommand(), a.schemaCommand(),
		a.predictCommand(), a.estimateCommand(), a.memoryCommand(), a.featuresCommand(), a.generateCommand(), a.surrogateCommand(),
		a.traceCommand(), a.benchCommand(),
	)
	checkArgs(root)
	return root
}

const (
	groupSystem = "system"
	groupRuns   = "runs"
	groupSeries = "series"
	groupLook   = "look"
)

// checkArgs makes errors about arguments errors of usage, in every command.
func checkArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usage("%w; usage: %s", err, cmd.UseLine())
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		checkArgs(c)
	}
}

// usage is an error of the person who typed the command.
func usage(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }

// errReported ends a command that has already said why it failed.
var errReported = errors.New("failed")

// report tells a person, or with --json a program, what went wrong, and returns the exit code.
func (a *app) report(err error) int {
	code := service.ExitFailed
	if fault.CodeOf(err) == fault.Invalid {
		code = service.ExitUsage
	}
	if errors.Is(err, errReported) {
		return code
	}
	if a.json {
		_ = a.printJSON(struct {
			Error jsonError `json:"error"`
		}{jsonError{string(fault.CodeOf(err)), err.Error()}})
	}
	fmt.Fprintf(a.err, "hurst: %s\n", cleanLines(err.Error()))
	return code
}

type jsonError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// cleanLines makes a text of several lines harmless for a terminal.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = screen.Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// printJSON writes v as one line.
func (a *app) printJSON(v any) error {
	return encodeLine(a.out, v)
}

func encodeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printf writes to the standard output.
func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.out, format, args...)
}

// clientFlags adds the flags that say which system is meant.
func (a *app) clientFlags(cmd *cobra.Command) {
	a.dataFlag(cmd)
	cmd.Flags().StringVar(&a.nats, "nats", "", "address of a system's NATS, instead of --data (HURST_NATS_URL)")
	cmd.Flags().StringVar(&a.natsUser, "nats-user", "", "user at that NATS (HURST_NATS_USER); the password is taken from HURST_NATS_PASSWORD")
}

func (a *app) dataFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.data, "data", "", "data directory of the system (default ~/.local/share/hurst)")
}

// options says which system is meant.
func (a *app) options() client.Options {
	return client.Options{
		Data: a.data, DataSet: a.data != "", NATSURL: a.nats, NATSUser: a.natsUser,
		Getenv: a.getenv, Version: buildVersion(), Log: a.err,
	}
}

// dir returns the data directory that is meant.
func (a *app) dir() (string, error) {
	if a.data != "" {
		return a.data, nil
	}
	return client.DefaultData(a.getenv)
}

// with connects to the running system and gives the connection to f.
func (a *app) with(ctx context.Context, f func(context.Context, *client.Client) error) error {
	c, err := client.Dial(ctx, a.options())
	if err != nil {
		return err
	}
	return closing(c, f(ctx, c))
}

// closing closes the connection after what was done with it, whose error matters more.
func closing(c *client.Client, err error) error {
	if closeErr := c.Close(); err == nil {
		return closeErr
	}
	return err
}

// traced gives f the span under which all that a command asks for is traced.
func traced(ctx context.Context, c *client.Client, name string, f func(context.Context, string) error) error {
	ctx, span := c.Telemetry.Tracer.Start(telemetry.WithTracer(ctx, c.Telemetry.Tracer), name)
	err := f(ctx, traceID(span))
	telemetry.End(span, err)
	return err
}

func traceID(span trace.Span) string { return span.SpanContext().TraceID().String() }

// readLimited reads all of r, and at most limit bytes.
func readLimited(r io.Reader, what string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, usage("read %s: %w", what, err)
	}
	if int64(len(data)) > limit {
		return nil, usage("%s has more than %s, which is the most that is read", what, screen.Bytes(limit))
	}
	return data, nil
}

// plural writes a number with its noun.
func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
