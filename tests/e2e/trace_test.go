//go:build integration

package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	tracev1 "github.com/longmemory/hurst/proto/trace/v1"
	"github.com/longmemory/hurst/tests/system"
)

// traced requires one trace from the submission through every kind of worker and the object store to
// the promotion.
func traced(t *testing.T, c *system.Client, run *pipelinev1.Run) {
	require.Len(t, run.GetTraceId(), 32)
	wanted := []string{"datagen", "deployer", "extractor", "orchestrator", "trainer", "tuner"}
	var trace *tracev1.GetResponse
	var services []string
	deadline := time.Now().Add(20 * time.Second) // spans are sent in batches
	for {
		var err error
		trace, err = rpc.Call[tracev1.GetResponse](t.Context(), c.NATS, wire.SubjectTrace, &tracev1.GetRequest{TraceId: run.GetTraceId()})
		found := map[string]bool{}
		stored, ended := 0, false
		for _, span := range trace.GetSpans() {
			found[span.GetService()] = true
			if strings.HasPrefix(span.GetName(), "s3 ") {
				stored++
			}
			ended = ended || span.GetName() == "run small"
		}
		services = slices.Sorted(maps.Keys(found))
		missing := slices.ContainsFunc(wanted, func(w string) bool { return !found[w] })
		if err == nil && !missing && stored > 0 && ended {
			break
		}
		require.True(t, time.Now().Before(deadline), "trace %s has %d spans of %v, %d of them of the object store, the run's own: %v; want spans of %v; err %v",
			run.GetTraceId(), len(trace.GetSpans()), services, stored, ended, wanted, err)
		time.Sleep(100 * time.Millisecond)
	}
	start := trace.GetSpans()[0].GetStartUnixNano()
	for _, span := range trace.GetSpans() {
		require.GreaterOrEqual(t, span.GetStartUnixNano(), start, "spans are not in order")
		require.GreaterOrEqual(t, span.GetEndUnixNano(), span.GetStartUnixNano(), "%s ends before it starts", span.GetName())
		start = span.GetStartUnixNano()
	}
	t.Logf("trace %s: %d spans of %s", run.GetTraceId(), len(trace.GetSpans()), strings.Join(services, ", "))
}
