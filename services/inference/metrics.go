package inference

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcomes of a series.
const (
	outcomeOK      = "ok"
	outcomeCached  = "cached"
	outcomeError   = "error"   // the series cannot be answered for
	outcomeRefused = "refused" // too much in hand
)

// metrics counts what a replica answers.
type metrics struct {
	predictions *prometheus.CounterVec // series, by outcome
	seconds     prometheus.Histogram   // of requests
	batch       prometheus.Histogram   // series
	version     *prometheus.GaugeVec   // by model
}

func newMetrics(reg prometheus.Registerer) (metrics, error) {
	m := metrics{
		predictions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hurst_predictions_total", Help: "Series asked about, by outcome: ok, cached, error or refused.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hurst_prediction_seconds", Help: "Time from taking a request to its answer.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 15),
		}),
		batch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hurst_prediction_batch_series", Help: "Series computed together.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 7),
		}),
		version: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hurst_model_version", Help: "Version that is served, by model.",
		}, []string{"model"}),
	}
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(reg.Register(m.predictions), reg.Register(m.seconds), reg.Register(m.batch), reg.Register(m.version))
}
