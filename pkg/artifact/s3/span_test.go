package s3_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/telemetry"
)

func TestSpans(t *testing.T) {
	store := open(t, configOf(start(t, t.TempDir())))
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	ctx := telemetry.WithTracer(t.Context(), provider.Tracer("test"))
	_, err := store.Write(ctx, "runs/r/state.json", []byte("four"), artifact.Condition{Absent: true})
	require.NoError(t, err)
	_, err = store.Write(ctx, "runs/r/state.json", []byte("four"), artifact.Condition{Absent: true})
	require.ErrorIs(t, err, artifact.ErrConflict)
	_, err = store.Read(ctx, "runs/r/state.json")
	require.NoError(t, err)
	_, err = store.Exists(ctx, "none")
	require.NoError(t, err)

	var names []string
	for _, span := range recorder.Ended() {
		names = append(names, span.Name())
		require.NotEqual(t, codes.Error, span.Status().Code, "a lost race is an answer")
		attributes := map[string]any{}
		for _, a := range span.Attributes() {
			attributes[string(a.Key)] = a.Value.AsInterface()
		}
		if span.Name() == "s3 HEAD none" {
			require.Equal(t, "none", attributes["key"])
			continue
		}
		require.Equal(t, "runs/r/state.json", attributes["key"])
		require.Equal(t, int64(4), attributes["bytes"])
	}
	require.Equal(t, []string{"s3 PUT runs/…", "s3 PUT runs/…", "s3 GET runs/…", "s3 HEAD none"}, names)
}
