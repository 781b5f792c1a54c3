package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts what a worker does.
type metrics struct {
	tasks      *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	duplicates prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		tasks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hurst_tasks_total", Help: "Attempts at tasks, by stage and outcome.",
		}, []string{"stage", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hurst_task_seconds", Help: "Time that attempts at tasks took.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 10),
		}, []string{"stage"}),
		duplicates: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hurst_task_duplicates_total", Help: "Executions that found the task's memo committed by another.",
		}),
	}
	if r != nil {
		r.MustRegister(m.tasks, m.seconds, m.duplicates)
	}
	return m
}

func (m metrics) observe(stage, outcome string, took time.Duration) {
	m.tasks.WithLabelValues(stage, outcome).Inc()
	m.seconds.WithLabelValues(stage).Observe(took.Seconds())
}
