package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// Keys of log attributes and spans: the same thing has the same key everywhere.
const (
	KeyRun      = "run"      // a run's ID
	KeyStage    = "stage"    // a stage's name in its pipeline
	KeyTask     = "task"     // a task's key
	KeyStudy    = "study"    // a study's ID
	KeyTrial    = "trial"    // a trial's number in its study
	KeyModel    = "model"    // a model's name, or name and version
	KeyArtifact = "artifact" // an artifact's digest
	KeyErr      = "err"      // an error
)

// NewLogger returns the logger that [Start] gives to a part, for programs that need no more. Records
// written with a context carry the trace_id and span_id of its span.
func NewLogger(cfg Config) (*slog.Logger, error) {
	level, err := parseLevel(cfg.LogLevel)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(cfg.LogFormat); err != nil {
		return nil, err
	}
	out := cfg.LogOutput
	if out == nil {
		out = os.Stderr
	}
	options := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewTextHandler(out, options)
	if cfg.LogFormat == "json" {
		h = slog.NewJSONHandler(out, options)
	}
	logger := slog.New(traced{h})
	if cfg.Service != "" {
		logger = logger.With("service", cfg.Service)
	}
	return logger, nil
}

func parseLevel(s string) (slog.Level, error) {
	switch strings.ToLower(s) {
	case "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("log_level is %q: want debug, info, warn or error", s)
}

func checkFormat(s string) error {
	switch s {
	case "", "text", "json":
		return nil
	}
	return fmt.Errorf("log_format is %q: want text or json", s)
}

// traced adds the identity of the context's span to each record. Inside a group opened with
// WithGroup, the two attributes belong to that group, as slog has it for all that comes later.
type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		r = r.Clone()
		r.AddAttrs(
			slog.String("trace_id", sc.TraceID().String()),
			slog.String("span_id", sc.SpanID().String()),
		)
	}
	return h.Handler.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }
