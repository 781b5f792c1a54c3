package rpc

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/longmemory/hurst/pkg/fault"
)

// metrics counts the requests that services of this connection answered.
type metrics struct {
	requests *prometheus.CounterVec   // by subject and code; ok is the code of success
	seconds  *prometheus.HistogramVec // by subject
}

func newMetrics(reg prometheus.Registerer) *metrics {
	return &metrics{
		requests: register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hurst_rpc_requests_total", Help: "Requests answered, by subject and fault code.",
		}, []string{"subject", "code"})),
		seconds: register(reg, prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hurst_rpc_seconds", Help: "Time from taking a request to its answer.",
			Buckets: prometheus.ExponentialBuckets(0.0002, 2.5, 14),
		}, []string{"subject"})),
	}
}

func (m *metrics) observe(subject string, err error, took time.Duration) {
	code := string(fault.CodeOf(err))
	if err == nil {
		code = "ok"
	}
	m.requests.WithLabelValues(subject, code).Inc()
	m.seconds.WithLabelValues(subject).Observe(took.Seconds())
}

// register registers c, or returns the equal one that another connection of this process
// registered before. A nil registerer is fine.
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
