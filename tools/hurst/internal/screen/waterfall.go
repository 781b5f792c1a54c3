package screen

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// Span is a piece of work in a trace.
type Span struct {
	ID, Parent    string
	Name, Service string
	Start, End    time.Time
	Err           string
}

const (
	barWidth   = 32
	nameWidth  = 56
	indent     = "  "
	maxNesting = 12 // what is deeper is shown at this depth
)

// Waterfall writes spans as a tree with a bar for each on one time axis. A span whose parent is not
// among them is a root. Children stand under their parent in the order in which they began.
func Waterfall(w io.Writer, spans []Span, paint Paint) error {
	if len(spans) == 0 {
		return nil
	}
	from, to := spans[0].Start, spans[0].End
	known := map[string]bool{}
	for _, s := range spans {
		known[s.ID] = true
		from, to = minTime(from, s.Start), maxTime(to, s.End)
	}
	children := map[string][]Span{}
	for _, s := range spans {
		parent := s.Parent
		if !known[parent] || parent == s.ID {
			parent = ""
		}
		children[parent] = append(children[parent], s)
	}
	for _, c := range children {
		slices.SortStableFunc(c, func(a, b Span) int { return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.ID, b.ID)) })
	}
	f := &fall{paint: paint, from: from, total: to.Sub(from), children: children, shown: map[string]bool{}}
	f.table = NewTable(paint, "span", "service", ">start", ">time", "")
	f.add(children[""], 0)
	for _, s := range spans { // rings, which only a broken sender makes
		if !f.shown[s.ID] {
			f.add([]Span{s}, 0)
		}
	}
	return f.table.Flush(w)
}

type fall struct {
	paint    Paint
	from     time.Time
	total    time.Duration
	children map[string][]Span
	shown    map[string]bool
	table    *Table
}

func (f *fall) add(spans []Span, depth int) {
	for _, s := range spans {
		if f.shown[s.ID] {
			continue
		}
		f.shown[s.ID] = true
		name := Clip(strings.Repeat(indent, min(depth, maxNesting))+s.Name, nameWidth)
		if s.Err != "" {
			name = f.paint.Bad(name + " ✗ " + Clip(s.Err, 40))
		}
		f.table.Row(name, f.paint.Dim(s.Service), "+"+Duration(s.Start.Sub(f.from)), Duration(s.End.Sub(s.Start)), f.bar(s))
		f.add(f.children[s.ID], depth+1)
	}
}

// bar draws where on the axis a span lies.
func (f *fall) bar(s Span) string {
	first, last := 0, barWidth-1
	if f.total > 0 {
		first = int(barWidth * (float64(s.Start.Sub(f.from)) / float64(f.total)))
		last = int(math.Ceil(barWidth*(float64(s.End.Sub(f.from))/float64(f.total)))) - 1
	}
	first = min(max(first, 0), barWidth-1)
	last = min(max(last, first), barWidth-1)
	return "|" + strings.Repeat(" ", first) + strings.Repeat("━", last-first+1) + strings.Repeat(" ", barWidth-1-last) + "|"
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
