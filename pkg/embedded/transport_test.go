package embedded_test

import (
	"context"
	"net"
	"net/http"
	"testing"
)

// http1 speaks HTTP over a unix socket.
type http1 struct{ socket string }

func (h *http1) transport(t testing.TB) *http.Transport {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", h.socket)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}
