//go:build chaos

package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/pipeline"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/wire"
	"github.com/longmemory/hurst/pkg/worker"
	workv1 "github.com/longmemory/hurst/proto/work/v1"
	"github.com/longmemory/hurst/tests/system"
)

// losses hears what becomes of attempts and watches the run's state. It measures how long it takes
// after a kill until what was in hand is queued again, which the state shows, and until it is in hand
// again, which its worker says.
type losses struct {
	store artifact.Store
	run   string

	mu     sync.Mutex
	held   map[string]*workv1.TaskEvent // by unit path: the attempt in hand
	hurt   map[string]*loss             // by unit path: not in hand again yet
	rows   []*row
	queued []time.Duration
	begun  []time.Duration // of tasks that have no others before them in the queue
}

// loss is a task that was in the hands of a worker that was killed.
type loss struct {
	row     *row
	attempt uint32
	key     pipeline.Key
	worker  string
	since   time.Time // of the last kill that it has to recover from
	queued  time.Duration
}

// row is a line of the table.
type row struct {
	what string
	at   time.Duration
	held int
	took []string
}

func watchLosses(t *testing.T, c *rpc.Conn, store artifact.Store, run string) *losses {
	t.Helper()
	l := &losses{store: store, run: run, held: map[string]*workv1.TaskEvent{}, hurt: map[string]*loss{}}
	events, err := rpc.Subscribe(c, wire.SubjectTaskEvents+"."+run, l.hear)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ticker := time.NewTicker(20 * time.Millisecond); ctx.Err() == nil; <-ticker.C {
			l.look(ctx)
		}
	}()
	t.Cleanup(func() { cancel(); <-done; _ = events.Unsubscribe() })
	return l
}

// look reads the run's state, and notes which lost tasks have another attempt.
func (l *losses) look(ctx context.Context) {
	doc, err := l.store.Read(ctx, "runs/"+l.run+"/state.json")
	var state pipeline.State
	if err != nil || json.Unmarshal(doc.Data, &state) != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for path, lost := range l.hurt {
		if lost.queued == 0 && state.Attempts[path].N > lost.attempt {
			lost.queued = time.Since(lost.since)
			l.queued = append(l.queued, lost.queued)
		}
	}
}

// hear notes what a worker says about an attempt.
func (l *losses) hear(_ context.Context, _ string, e *workv1.TaskEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	path := e.GetAttempt().GetStage() + "/" + e.GetAttempt().GetUnit()
	switch e.GetState() {
	case workv1.TaskEvent_STATE_STARTED:
		l.held[path] = e
		if lost := l.hurt[path]; lost != nil && e.GetAttempt().GetAttempt() > lost.attempt {
			begun := time.Since(lost.since)
			if lost.queued == 0 { // and begun before anybody looked
				lost.queued = begun
				l.queued = append(l.queued, begun)
			}
			lost.row.took = append(lost.row.took, fmt.Sprintf("%s %s, %s", path, short(lost.queued), short(begun)))
			if strings.HasPrefix(path, "wait-") {
				l.begun = append(l.begun, begun)
			}
			delete(l.hurt, path)
		}
	case workv1.TaskEvent_STATE_DONE, workv1.TaskEvent_STATE_FAILED, workv1.TaskEvent_STATE_RETURNED:
		if now := l.held[path]; now != nil && now.GetAttempt().GetAttempt() == e.GetAttempt().GetAttempt() {
			delete(l.held, path)
		}
	}
}

// kill ends a process as kill -9 does, and notes what it had in hand. When the orchestrator is killed
// before a task is queued again, or the workers before it is in hand again, the time counts anew: it
// recovers from that kill then.
func (l *losses) kill(service string, at time.Duration, p *system.Process) {
	p.Kill()
	now := time.Now()
	time.Sleep(20 * time.Millisecond) // until what it said before is heard
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &row{what: "kill -9 " + service, at: at}
	l.rows = append(l.rows, r)
	for _, lost := range l.hurt {
		if service == "orchestrator" && lost.queued == 0 || strings.HasPrefix(lost.worker, service+"-") {
			lost.since = now
		}
	}
	for path, e := range l.held {
		if strings.Contains(e.GetWorker(), fmt.Sprintf("-%d-", p.PID())) {
			r.held++
			l.hurt[path] = &loss{row: r, attempt: e.GetAttempt().GetAttempt(), key: pipeline.Key(e.GetKey()), worker: e.GetWorker(), since: now}
			delete(l.held, path)
		}
	}
}

// note adds a line to the table.
func (l *losses) note(what string, at time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, &row{what: what, at: at})
}

// table shows what was done when, and what it cost. What was in hand and never begun again must have
// been done: the worker committed it, and was killed before it could say so.
func (l *losses) table() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "at\twhat\ttasks in hand\tthe task, queued again after, in hand again after")
	for _, r := range l.rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", r.at.Round(100*time.Millisecond), r.what, r.held, strings.Join(r.took, "; "))
	}
	_ = w.Flush()
	for path, lost := range l.hurt {
		memo, err := worker.ReadMemo(context.Background(), l.store, lost.key)
		switch {
		case err != nil:
			fmt.Fprintf(&text, "%s: %v\n", path, err)
		case memo != nil && memo.Worker == lost.worker:
			fmt.Fprintf(&text, "%s was done when its worker was killed\n", path)
		case memo != nil:
			fmt.Fprintf(&text, "%s was done by another worker, whose beginning was not heard\n", path)
		default:
			fmt.Fprintf(&text, "%s was never done\n", path)
		}
	}
	for what, times := range map[string][]time.Duration{"queued again": l.queued, "in hand again, where nothing else waited": l.begun} {
		if n := len(times); n > 0 {
			slices.Sort(times)
			fmt.Fprintf(&text, "%s: %d tasks, p50 %s, max %s\n", what, n, short(times[n/2]), short(times[n-1]))
		}
	}
	return text.String()
}

func short(d time.Duration) string { return d.Round(10 * time.Millisecond).String() }
