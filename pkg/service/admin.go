package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	headerLimit = 5 * time.Second // for a client to say what it wants
	closeLimit  = 1 * time.Second // for requests in progress at the end
)

// Admin answers /healthz (the process lives), /readyz (200, or 503 with the reasons as JSON) and
// /metrics (Prometheus).
func Admin(ready *Readiness, metrics prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n") // a client that went away is no matter
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		reasons := ready.Reasons()
		w.Header().Set("Content-Type", "application/json")
		if len(reasons) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(struct {
			Ready   bool              `json:"ready"`
			Reasons map[string]string `json:"reasons,omitempty"`
		}{len(reasons) == 0, reasons})
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	return mux
}

// notReady puts reasons into an error.
func notReady(reasons map[string]string) error {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(reasons)) {
		parts = append(parts, name+": "+reasons[name])
	}
	return fmt.Errorf("not ready: %s", strings.Join(parts, "; "))
}

// adminServer serves Admin. The nil adminServer serves nothing.
type adminServer struct {
	http  *http.Server
	ended chan error
}

// listenAdmin starts the server, unless addr is empty.
func listenAdmin(addr string, env Env) (*adminServer, error) {
	if addr == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("admin_listen: %w", err)
	}
	s := &adminServer{
		http:  &http.Server{Handler: Admin(env.Ready, env.Gatherer), ReadHeaderTimeout: headerLimit},
		ended: make(chan error, 1),
	}
	go func() { s.ended <- s.http.Serve(listener) }()
	env.Logger.Info("admin server listens", "addr", listener.Addr().String())
	return s, nil
}

func (s *adminServer) close(ctx context.Context) error {
	if s == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, closeLimit)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // requests that last longer are cut off
	}
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("admin server: %w", err)
	}
	return nil
}
