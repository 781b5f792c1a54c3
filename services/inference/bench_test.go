package inference

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/service"
	predictv1 "github.com/longmemory/hurst/proto/predict/v1"
)

// BenchmarkAnswer computes one answer in process: check, referee, features, model, interval.
func BenchmarkAnswer(b *testing.B) {
	r := answers(b, nil)
	v, err := r.replica.catalog.find("")
	require.NoError(b, err)
	for _, n := range []int{500, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			w, j := newWorker(nil), &job{ctx: b.Context(), served: v, level: 0.9, values: noise(b, n, 0.7, 1)}
			b.ReportAllocs()
			for b.Loop() {
				if p := w.answer([]*job{j})[0]; p.GetError() != "" {
					b.Fatal(p.GetError())
				}
			}
		})
	}
}

// BenchmarkRoundTrip asks over NATS, one request after another, and reports percentiles.
func BenchmarkRoundTrip(b *testing.B) {
	for name, entries := range map[string]int{"computed": 0, "cached": 100} {
		b.Run("n=500/"+name, func(b *testing.B) {
			r := answers(b, func(c *Config, _ *service.Env) { c.CacheEntries = entries })
			req := &predictv1.PredictRequest{Series: []*predictv1.Series{{Values: noise(b, 500, 0.7, 1)}}}
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				_, err := r.ask(req)
				took = append(took, time.Since(start))
				require.NoError(b, err)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkThroughput asks about 256 series at a time from several clients.
func BenchmarkThroughput(b *testing.B) {
	r := answers(b, func(c *Config, _ *service.Env) { c.CacheEntries = 0 })
	req := &predictv1.PredictRequest{}
	for i := range 200 {
		req.Series = append(req.Series, &predictv1.Series{Values: noise(b, 500, 0.7, uint64(i))})
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := r.ask(req); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N*len(req.Series))/b.Elapsed().Seconds(), "series/s")
}
