package job_test

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/job"
)

func cpuTime() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// hops starts idle servers and measures, one task at a time, from before Enqueue to inside the handler.
func hops(b *testing.B, bu *bundle, servers int) {
	arrived := make(chan time.Time, 1)
	queues := make([]string, servers)
	for i := range queues {
		queues[i] = fmt.Sprintf("q%d", i)
		bu.serve(b, job.ServerConfig{Queue: queues[i], Concurrency: 2}, func(context.Context, job.Delivery) error {
			arrived <- time.Now()
			return nil
		})
	}
	time.Sleep(500 * time.Millisecond) // until all are idle
	before, start := cpuTime(), time.Now()
	time.Sleep(2 * time.Second)
	idle := float64(cpuTime()-before) / float64(time.Since(start))

	var took []time.Duration
	n := 0
	for b.Loop() {
		n++
		start := time.Now()
		require.NoError(b, bu.client.Enqueue(b.Context(), job.Task{ID: fmt.Sprint("t", n), Queue: queues[n%servers], Type: "hop"}))
		took = append(took, (<-arrived).Sub(start))
		time.Sleep(3 * time.Millisecond) // until it is idle again
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
	b.ReportMetric(100*idle, "%core-idle")
}

// BenchmarkHop is the time from enqueueing a task to its handler, with idle servers.
func BenchmarkHop(b *testing.B) {
	for _, servers := range []int{1, 6} {
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) { hops(b, setup(b), servers) })
	}
}

// BenchmarkEmptyTasks is the throughput of tasks that do nothing.
func BenchmarkEmptyTasks(b *testing.B) {
	bu := setup(b)
	arrived := make(chan struct{}, 1024)
	bu.serve(b, job.ServerConfig{Concurrency: 8}, func(context.Context, job.Delivery) error {
		arrived <- struct{}{}
		return nil
	})
	const tasks = 400
	n := 0
	for b.Loop() {
		batch := make([]job.Task, tasks)
		for i := range batch {
			n++
			batch[i] = job.Task{ID: fmt.Sprint("t", n), Queue: queue, Type: "hop"}
		}
		require.NoError(b, bu.client.EnqueueMany(b.Context(), batch))
		for range tasks {
			<-arrived
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/400-tasks")
}

// A task reaches an idle server long before asynq itself would look, which is after a second;
// without a bell within two looks.
func TestHop(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]time.Duration{"bell": 500 * time.Millisecond, "no bell": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bu := setup(t)
			if name == "no bell" {
				bu.bell = nil
				bu.connect(t)
			}
			arrived := make(chan time.Time, 1)
			bu.serve(t, job.ServerConfig{}, func(context.Context, job.Delivery) error {
				arrived <- time.Now()
				return nil
			})
			bu.enqueue(t, job.Task{ID: "first"})
			<-arrived
			bu.becomes(t, "first", job.Missing)
			start := time.Now()
			bu.enqueue(t, job.Task{ID: "second"})
			require.Less(t, (<-arrived).Sub(start), most)
		})
	}
}
