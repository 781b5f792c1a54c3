package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	pipelinev1 "github.com/longmemory/hurst/proto/pipeline/v1"
	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// progress shows a run while it works.
type progress interface {
	update(*pipelinev1.Run)
	end()
}

// newProgress returns bars on a terminal, lines elsewhere, and nothing for programs.
func (a *app) newProgress() progress {
	switch {
	case a.json:
		return silent{}
	case screen.CanDraw(a.out, a.getenv):
		return newBars(mpb.New(mpb.WithOutput(a.out), mpb.WithRefreshRate(100*time.Millisecond)), a.logs)
	}
	return &lines{print: a.printf, seen: map[string]string{}, said: map[string]time.Time{}}
}

type silent struct{}

func (silent) update(*pipelinev1.Run) {}
func (silent) end()                   {}

// remaining estimates how long a stage still takes, from how long it took so far, once that says
// anything.
func remaining(s *pipelinev1.Stage) (time.Duration, bool) {
	p := s.GetProgress()
	if s.GetStatus() != "running" || p < 0.02 || p >= 1 || s.GetElapsedSeconds() < 1 {
		return 0, false
	}
	return time.Duration(s.GetElapsedSeconds() * (1 - p) / p * float64(time.Second)), true
}

// tasks writes how many tasks of a stage are done.
func tasks(s *pipelinev1.Stage) string {
	if max(s.GetExpected(), s.GetWanted()) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d/%d", s.GetDone(), max(s.GetExpected(), s.GetWanted()))
	if s.GetExpected() == 0 && s.GetStatus() != "done" {
		text += "+"
	}
	if s.GetCached() > 0 {
		text += fmt.Sprintf(" (%d from memos)", s.GetCached())
	}
	return text
}

// lineEvery is how often a stage that goes on is mentioned again.
const lineEvery = 5 * time.Second

// lines prints a line when a stage begins or ends, and now and then while it works.
type lines struct {
	print func(string, ...any)
	seen  map[string]string // status by stage
	said  map[string]time.Time
}

func (l *lines) end() {}

func (l *lines) update(r *pipelinev1.Run) {
	for _, s := range r.GetStages() {
		name, status := s.GetName(), s.GetStatus()
		changed := l.seen[name] != status
		l.seen[name] = status
		switch {
		case status == "waiting":
			continue
		case !changed && (status != "running" || time.Since(l.said[name]) < lineEvery):
			continue
		}
		l.said[name] = time.Now()
		text := fmt.Sprintf("%-10s %-8s %s", name, status, tasks(s))
		switch left, ok := remaining(s); {
		case status == "done" && s.GetElapsedSeconds() > 0:
			text += " in " + screen.Seconds(s.GetElapsedSeconds())
		case ok:
			text += fmt.Sprintf(" %.0f%%, about %s left", 100*s.GetProgress(), screen.Duration(left))
		}
		l.print("%s\n", strings.TrimSpace(screen.Clean(text)))
	}
}

// fine is how many steps a bar has.
const fine = 1000

// bars shows a bar for each stage.
type bars struct {
	all   *mpb.Progress
	logs  *logs
	below io.Writer // where logs went before
	mu    sync.Mutex
	stage map[string]*pipelinev1.Stage
	bar   map[string]*mpb.Bar
}

func newBars(p *mpb.Progress, l *logs) *bars {
	return &bars{all: p, logs: l, below: l.to(p), stage: map[string]*pipelinev1.Stage{}, bar: map[string]*mpb.Bar{}}
}

func (b *bars) update(r *pipelinev1.Run) {
	for _, s := range r.GetStages() {
		name := s.GetName()
		b.mu.Lock()
		b.stage[name] = s
		b.mu.Unlock()
		bar := b.bar[name]
		if bar == nil {
			bar = b.add(name)
			b.bar[name] = bar
		}
		if s.GetStatus() == "done" {
			bar.SetCurrent(fine)
		} else {
			bar.SetCurrent(int64(min(max(s.GetProgress(), 0), 0.999) * fine))
		}
	}
}

func (b *bars) add(name string) *mpb.Bar {
	style := mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─")
	return b.all.New(fine, style, mpb.BarWidth(24),
		mpb.PrependDecorators(decor.Name(screen.Clean(name), decor.WC{C: decor.DindentRight | decor.DSyncWidthR})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return b.text(name) })),
	)
}

// text is what stands behind a stage's bar.
func (b *bars) text(name string) string {
	b.mu.Lock()
	s := b.stage[name]
	b.mu.Unlock()
	text := fmt.Sprintf("%3.0f%%  %s", 100*s.GetProgress(), tasks(s))
	switch left, ok := remaining(s); {
	case s.GetStatus() == "waiting":
		return "waiting"
	case s.GetStatus() == "done" && s.GetElapsedSeconds() > 0:
		text += "  in " + screen.Seconds(s.GetElapsedSeconds())
	case ok:
		text += "  " + screen.Duration(left) + " left"
	}
	if note := s.GetNote(); note != "" && s.GetStatus() == "running" {
		text += "  " + screen.Clip(screen.Clean(note), 36)
	}
	return text
}

// end leaves the bars as they are and waits until they are drawn.
func (b *bars) end() {
	b.logs.to(b.below)
	for _, bar := range b.bar {
		if !bar.Completed() {
			bar.Abort(false)
		}
	}
	b.all.Wait()
}
