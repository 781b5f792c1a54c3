package gateway

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/longmemory/hurst/pkg/fault"
)

// guard keeps web pages from using a browser to reach the gateway. Nothing is allowed by CORS, so a
// foreign page cannot read answers. What is left is to send requests blindly (cross-site request
// forgery), which no gateway accepts, and to bind the page's own name to the loopback address (DNS
// rebinding), which a gateway on loopback refuses by the name in the Host header.
type guard struct {
	loopback bool
	foreign  *http.CrossOriginProtection
}

func newGuard(listens net.Addr) guard {
	tcp, ok := listens.(*net.TCPAddr)
	return guard{loopback: ok && tcp.IP.IsLoopback(), foreign: http.NewCrossOriginProtection()}
}

// check returns why a request is refused, or nil.
func (g guard) check(r *http.Request) error {
	if err := g.foreign.Check(r); err != nil {
		return fault.New(fault.Invalid, "refused: a page of another site sent this request from a browser")
	}
	if !g.loopback {
		return nil
	}
	if !isLoopback(r.Host) {
		return fault.New(fault.Invalid, "refused: host %.100q: this gateway listens on loopback and answers to localhost and loopback addresses only", r.Host)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != r.Host {
			return fault.New(fault.Invalid, "refused: origin %.100q is not this gateway", origin)
		}
	}
	return nil
}

// isLoopback tells whether a Host header names this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}
