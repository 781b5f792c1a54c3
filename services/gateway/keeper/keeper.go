// Package keeper keeps the spans of recent traces for a while, in a few append-only segments of
// bounded size: what is oldest goes when there is too much. It is no tracing backend; it is there so
// that a trace can be looked at where no backend runs.
package keeper

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"golang.org/x/time/rate"
	"google.golang.org/protobuf/proto"
)

// What a keeper holds at most, if [Config] does not say otherwise.
const (
	DefaultSegmentSize = 4 << 20
	DefaultSegments    = 8
)

// ErrTraceID says that a text is not the ID of a trace.
var ErrTraceID = errors.New("not a trace ID: want 32 hexadecimal digits, not all zero")

// Config says where spans are kept and how many. The zero value keeps them in memory.
type Config struct {
	Dir         string // directory for the segments, of one keeper only; empty: in memory
	SegmentSize int    // bytes; zero: 4 MiB
	Segments    int    // how many there may be; zero: 8
	Logger      *slog.Logger
}

// TraceID names a trace.
type TraceID [16]byte

// ParseTraceID reads 32 hexadecimal digits.
func ParseTraceID(s string) (TraceID, error) {
	var id TraceID
	if len(s) != hex.EncodedLen(len(id)) {
		return id, fmt.Errorf("%.64q is %w", s, ErrTraceID)
	}
	if _, err := hex.Decode(id[:], []byte(strings.ToLower(s))); err != nil || id == (TraceID{}) {
		return id, fmt.Errorf("%.64q is %w", s, ErrTraceID)
	}
	return id, nil
}

// Keeper keeps spans. It is safe for concurrent use.
type Keeper struct {
	cfg   Config
	noise rate.Sometimes

	mu       sync.Mutex
	segments []*segment // oldest first; the last is appended to
	closed   bool
}

// segment is some of the records, with an index.
type segment struct {
	number int
	bytes  storage
	size   int
	broken bool // a write failed: nothing more is appended
	traces map[TraceID][]place
}

// Open opens a keeper, with what an earlier one left in the directory. What is damaged there is
// left out.
func Open(cfg Config) (*Keeper, error) {
	if cfg.SegmentSize <= 0 {
		cfg.SegmentSize = DefaultSegmentSize
	}
	if cfg.Segments <= 0 {
		cfg.Segments = DefaultSegments
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	k := &Keeper{cfg: cfg, noise: rate.Sometimes{Interval: 10 * time.Second}}
	if cfg.Dir == "" {
		return k, nil
	}
	if err := k.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the directory for traces %s: %w", cfg.Dir, err), k.Close())
	}
	return k, nil
}

// load opens the newest segments and removes older ones.
func (k *Keeper) load() error {
	if err := makeDir(k.cfg.Dir); err != nil {
		return err
	}
	numbers, err := segmentNumbers(k.cfg.Dir)
	if err != nil {
		return err
	}
	old := max(0, len(numbers)-k.cfg.Segments)
	for _, n := range numbers[:old] {
		if err := os.Remove(segmentPath(k.cfg.Dir, n)); err != nil {
			return err
		}
	}
	for _, n := range numbers[old:] {
		s, err := k.openSegment(n)
		if err != nil {
			return err
		}
		k.segments = append(k.segments, s)
	}
	return nil
}

// openSegment opens a segment in the directory, which may be new. A torn end is cut off.
func (k *Keeper) openSegment(number int) (*segment, error) {
	limit := int64(k.cfg.SegmentSize + recordHeader + maxRecord)
	f, data, err := openFile(segmentPath(k.cfg.Dir, number), limit)
	if err != nil {
		return nil, err
	}
	s := &segment{number: number, bytes: f, traces: map[TraceID][]place{}}
	s.size = scan(data, s.note)
	f.size = int64(s.size)
	if err := f.f.Truncate(f.size); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

// note enters a record into the index.
func (s *segment) note(at place, spans *tracepb.ResourceSpans) {
	for span := range each(spans) {
		id := TraceID(span.GetTraceId())
		places := s.traces[id]
		if n := len(places); n == 0 || places[n-1] != at {
			s.traces[id] = append(places, at)
		}
	}
}

// trim removes the oldest segments when there are too many.
func (k *Keeper) trim() {
	for len(k.segments) > k.cfg.Segments {
		if err := k.segments[0].bytes.Remove(); err != nil {
			k.complain("old spans not removed", err)
		}
		k.segments = k.segments[1:]
	}
}

func (k *Keeper) complain(what string, err error) {
	k.noise.Do(func() { k.cfg.Logger.Warn("trouble with the kept traces", "what", what, "err", err) })
}

// Add keeps the spans, and returns how many it cannot keep: those without a trace ID and a span ID,
// those larger than a mebibyte, and all when writing fails, which is logged.
func (k *Keeper) Add(all []*tracepb.ResourceSpans) (lost int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, spans := range all {
		records, bad := split(spans)
		lost += bad
		for _, r := range records {
			if err := k.append(r); err != nil {
				lost += count(r)
				k.complain("spans not kept", err)
			}
		}
	}
	return lost
}

// append writes a record to the newest segment, or to a new one when that is full.
func (k *Keeper) append(spans *tracepb.ResourceSpans) error {
	message, err := proto.Marshal(spans)
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	s, err := k.segmentFor(recordHeader + len(message))
	if err != nil {
		return err
	}
	record := appendRecord(make([]byte, 0, recordHeader+len(message)), message)
	if err := s.bytes.Append(record); err != nil {
		s.broken = true
		return fmt.Errorf("write spans: %w", err)
	}
	s.note(place{s.size, len(record)}, spans)
	s.size += len(record)
	return nil
}

// segmentFor returns the segment that takes size more bytes.
func (k *Keeper) segmentFor(size int) (*segment, error) {
	if k.closed {
		return nil, errors.New("the keeper is closed")
	}
	number := 1
	if n := len(k.segments); n > 0 {
		last := k.segments[n-1]
		if !last.broken && (last.size == 0 || last.size+size <= k.cfg.SegmentSize) {
			return last, nil
		}
		number = last.number + 1
	}
	s := &segment{number: number, bytes: &memory{}, traces: map[TraceID][]place{}}
	if k.cfg.Dir != "" {
		var err error
		if s, err = k.openSegment(number); err != nil {
			return nil, fmt.Errorf("open a segment for spans: %w", err)
		}
	}
	k.segments = append(k.segments, s)
	k.trim()
	return s, nil
}

// Close closes the files. What was added is in them.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for _, s := range k.segments {
		errs = append(errs, s.bytes.Close())
	}
	k.segments, k.closed = nil, true
	return errors.Join(errs...)
}
