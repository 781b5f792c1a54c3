package job

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collector reads the queues when it is asked.
type collector struct {
	c             *Client
	size, latency *prometheus.Desc
}

// NewCollector returns a collector of the sizes and latencies of all queues. When Redis cannot
// be reached it collects nothing.
func NewCollector(c *Client) prometheus.Collector {
	return &collector{
		c:       c,
		size:    prometheus.NewDesc("hurst_queue_tasks", "Tasks in a queue, by state.", []string{"queue", "state"}, nil),
		latency: prometheus.NewDesc("hurst_queue_latency_seconds", "Age of the oldest pending task.", []string{"queue"}, nil),
	}
}

func (m *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- m.size
	ch <- m.latency
}

func (m *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	queues, err := m.c.Queues(ctx)
	if err != nil {
		return
	}
	for _, q := range queues {
		for state, n := range map[State]int{Pending: q.Pending, Active: q.Active, Retry: q.Retry, Archived: q.Archived} {
			ch <- prometheus.MustNewConstMetric(m.size, prometheus.GaugeValue, float64(n), q.Queue, string(state))
		}
		ch <- prometheus.MustNewConstMetric(m.latency, prometheus.GaugeValue, q.Latency.Seconds(), q.Queue)
	}
}

// metrics are of a server's executions.
type metrics struct {
	seconds *prometheus.HistogramVec // by queue, type and outcome
	queued  *prometheus.HistogramVec // by queue
	running *prometheus.GaugeVec     // by queue
}

func newMetrics(reg prometheus.Registerer) *metrics {
	return &metrics{
		seconds: register(reg, prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hurst_job_seconds", Help: "Time that handlers took, by outcome.",
			Buckets: prometheus.ExponentialBuckets(0.001, 3, 14),
		}, []string{"queue", "type", "outcome"})),
		queued: register(reg, prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hurst_job_queued_seconds", Help: "Time from enqueueing a task to its first execution.",
			Buckets: prometheus.ExponentialBuckets(0.001, 3, 12),
		}, []string{"queue"})),
		running: register(reg, prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hurst_job_running", Help: "Handlers at work.",
		}, []string{"queue"})),
	}
}

// register registers c, or returns the equal one that another server of this process registered
// before. A nil registerer is fine.
func register[C prometheus.Collector](reg prometheus.Registerer, c C) C {
	if reg == nil {
		return c
	}
	var before prometheus.AlreadyRegisteredError
	if errors.As(reg.Register(c), &before) {
		if known, ok := before.ExistingCollector.(C); ok {
			return known
		}
	}
	return c
}
