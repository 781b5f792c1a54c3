package keeper

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

func traceID(n int) TraceID { return TraceID{15: byte(n), 14: byte(n >> 8), 0: 1} }

func span(trace, id int, name string) *tracepb.Span {
	t := traceID(trace)
	return &tracepb.Span{
		TraceId: t[:], SpanId: []byte{0, 0, 0, 0, 0, 0, byte(id >> 8), byte(id)}, Name: name,
		StartTimeUnixNano: uint64(1000 - id), EndTimeUnixNano: uint64(2000 - id),
	}
}

func from(service string, spans ...*tracepb.Span) []*tracepb.ResourceSpans {
	return []*tracepb.ResourceSpans{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{{
			Key: "service.name", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: service}},
		}}},
		ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}},
	}}
}

func open(t *testing.T, cfg Config) *Keeper {
	t.Helper()
	k, err := Open(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.Close()) })
	return k
}

func names(t *testing.T, k *Keeper, trace int) []string {
	t.Helper()
	spans, truncated, err := k.Trace(traceID(trace), 1000)
	require.NoError(t, err)
	require.False(t, truncated)
	var all []string
	for _, s := range spans {
		all = append(all, s.Service+"/"+s.Name)
	}
	return all
}

func TestTraceByStart(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		k := open(t, Config{Dir: dir})
		require.Zero(t, k.Add(from("a", span(1, 1, "late"), span(2, 9, "other"))))
		require.Zero(t, k.Add(from("b", span(1, 2, "early"), span(1, 1, "again"))))
		require.Equal(t, []string{"b/early", "a/late"}, names(t, k, 1), "by start, and the same span once")
		require.Empty(t, names(t, k, 3))
		spans, truncated, err := k.Trace(traceID(1), 1)
		require.NoError(t, err)
		require.True(t, truncated)
		require.Len(t, spans, 1)
	}
}

func TestSpanHasAllThatPeopleAskFor(t *testing.T) {
	t.Parallel()
	s := span(1, 7, "work")
	s.ParentSpanId = make([]byte, 8)
	s.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "no luck"}
	s.Links = []*tracepb.Span_Link{{SpanId: []byte{0, 0, 0, 0, 0, 0, 0, 9}}}
	for key, v := range map[string]*commonpb.AnyValue{
		"text":  {Value: &commonpb.AnyValue_StringValue{StringValue: "x"}},
		"int":   {Value: &commonpb.AnyValue_IntValue{IntValue: -3}},
		"float": {Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.5}},
		"bool":  {Value: &commonpb.AnyValue_BoolValue{BoolValue: true}},
		"bytes": {Value: &commonpb.AnyValue_BytesValue{BytesValue: []byte{255}}},
		"none":  nil,
	} {
		s.Attributes = append(s.Attributes, &commonpb.KeyValue{Key: key, Value: v})
	}
	k := open(t, Config{})
	require.Zero(t, k.Add(from("svc", s)))
	got, _, err := k.Trace(traceID(1), 10)
	require.NoError(t, err)
	require.Equal(t, []Span{{
		ID: "0000000000000007", Name: "work", Service: "svc", Start: 993, End: 1993,
		Attributes: map[string]string{"text": "x", "int": "-3", "float": "0.5", "bool": "true", "bytes": "ff", "none": ""},
		Error:      "no luck", Links: []string{"0000000000000009"},
	}}, got)
}

func TestRestartKeepsSpans(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 3 {
		k, err := Open(Config{Dir: dir})
		require.NoError(t, err)
		require.Zero(t, k.Add(from("svc", span(1, 100-i, fmt.Sprint(i)))))
		require.NoError(t, k.Close())
	}
	require.Equal(t, []string{"svc/0", "svc/1", "svc/2"}, names(t, open(t, Config{Dir: dir}), 1))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.Len(t, files, 1, "a restart goes on with the segment that there is")
}

// TestTornTail cuts the newest segment at every length: what is whole before the cut is kept, and
// what is added after the restart can be read.
func TestTornTail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, err := Open(Config{Dir: dir})
	require.NoError(t, err)
	require.Zero(t, k.Add(from("svc", span(1, 3, "first"))))
	whole := k.segments[0].size
	require.Zero(t, k.Add(from("svc", span(1, 2, "second"))))
	require.NoError(t, k.Close())
	data, err := os.ReadFile(segmentPath(dir, 1))
	require.NoError(t, err)
	for cut := whole; cut < len(data); cut++ {
		require.NoError(t, os.WriteFile(segmentPath(dir, 1), data[:cut], 0o600))
		k, err := Open(Config{Dir: dir})
		require.NoError(t, err)
		require.Zero(t, k.Add(from("svc", span(1, 1, "third"))))
		require.NoError(t, k.Close())
		k, err = Open(Config{Dir: dir})
		require.NoError(t, err)
		require.Equal(t, []string{"svc/first", "svc/third"}, names(t, k, 1), "cut at %d", cut)
		require.NoError(t, k.Close())
	}
}

func TestOldestGoesFirst(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		cfg := Config{Dir: dir, SegmentSize: 4096, Segments: 3}
		k := open(t, cfg)
		for i := range 100 {
			require.Zero(t, k.Add(from("svc", span(i, 1, strings.Repeat("x", 500)))))
		}
		require.Len(t, k.segments, 3)
		require.Empty(t, names(t, k, 0))
		require.Len(t, names(t, k, 99), 1)
		if dir == "" {
			continue
		}
		numbers, err := segmentNumbers(dir)
		require.NoError(t, err)
		require.Len(t, numbers, 3)
		cfg.Segments = 2
		fewer := open(t, cfg)
		require.Len(t, fewer.segments, 2)
		require.Len(t, names(t, fewer, 99), 1)
	}
}

func TestWhatCannotBeKept(t *testing.T) {
	t.Parallel()
	k := open(t, Config{})
	noID := span(1, 1, "no id")
	noID.SpanId = nil
	zero := span(1, 1, "zero")
	zero.TraceId = make([]byte, 16)
	short := span(1, 1, "short")
	short.TraceId = []byte{1}
	require.Equal(t, 4, k.Add(from("svc", noID, zero, short, span(1, 4, strings.Repeat("x", maxRecord)), span(1, 5, "fine"))))
	require.Equal(t, []string{"svc/fine"}, names(t, k, 1))
	require.Zero(t, k.Add(from("svc", span(2, 1, strings.Repeat("x", chunk)), span(2, 2, strings.Repeat("y", chunk)))))
	require.Len(t, k.segments[0].traces[traceID(2)], 2, "large spans go into records of their own")

	dir := t.TempDir()
	broken := open(t, Config{Dir: dir})
	require.NoError(t, os.RemoveAll(dir))
	require.Equal(t, 1, broken.Add(from("svc", span(1, 1, "nowhere"))))
}

func TestDirectoryThatIsNone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(Config{Dir: file})
	require.ErrorContains(t, err, file)
}

func TestParseTraceID(t *testing.T) {
	t.Parallel()
	id, err := ParseTraceID("0100000000000000000000000000000A")
	require.NoError(t, err)
	require.Equal(t, TraceID{0: 1, 15: 10}, id)
	for _, bad := range []string{"", "x", strings.Repeat("0", 32), strings.Repeat("g", 32), strings.Repeat("1", 31), strings.Repeat("1", 33)} {
		_, err := ParseTraceID(bad)
		require.ErrorIs(t, err, ErrTraceID)
	}
}

func FuzzSegment(f *testing.F) {
	k, err := Open(Config{})
	require.NoError(f, err)
	k.Add(from("svc", span(1, 1, "one"), span(2, 2, "two")))
	k.Add(from("svc", span(1, 3, "three")))
	data := k.segments[0].bytes.(*memory).data
	f.Add(data)
	f.Add(data[:len(data)-1])
	f.Add([]byte{255, 255, 255, 255, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(appendRecord(nil, []byte{0x0a, 0xff}))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &segment{bytes: &memory{data: data}, traces: map[TraceID][]place{}}
		s.size = scan(data, s.note)
		require.LessOrEqual(t, s.size, len(data))
		k := &Keeper{segments: []*segment{s}}
		for id := range s.traces {
			_, _, err := k.Trace(id, 10)
			require.NoError(t, err)
		}
	})
}
