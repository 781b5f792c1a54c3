package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

const (
	exportLimit  = 10 * time.Second // for one batch with all attempts
	attemptLimit = 4 * time.Second
	attempts     = 3
	retryDelay   = 250 * time.Millisecond // doubles with each attempt
	maxReply     = 64 << 10               // bytes of a receiver's answer that are looked at
)

// endpoint is where traces are posted, and how that is shown to people: without a password.
type endpoint struct{ url, shown string }

// parseEndpoints reads a comma-separated list of base URLs.
func parseEndpoints(list string) ([]endpoint, error) {
	var all []endpoint
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		u, err := url.Parse(item)
		if err != nil {
			return nil, fmt.Errorf("otlp_endpoint is not a URL: %w", errors.Unwrap(err))
		}
		if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("otlp_endpoint is %q: want http://host:port or https://host:port", u.Redacted())
		}
		if !strings.HasSuffix(u.Path, "/v1/traces") {
			u = u.JoinPath("v1", "traces")
		}
		e := endpoint{url: u.String(), shown: u.Redacted()}
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all, nil
}

// client posts spans as OTLP/HTTP protobuf. It is an otlptrace.Client.
type client struct {
	to      endpoint
	http    *http.Client
	hurried atomic.Bool
	life    context.Context // ends with abort; requests end with it
	abort   context.CancelFunc
}

func newClient(to endpoint) *client {
	c := &client{to: to}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			MaxIdleConnsPerHost: 1,
			IdleConnTimeout:     30 * time.Second,
		},
		Timeout:       attemptLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.life, c.abort = context.WithCancel(context.Background())
	return c
}

// hurry makes the client try each batch once only.
func (c *client) hurry() { c.hurried.Store(true) }

// Start does nothing: connections are made when there is something to send.
func (c *client) Start(context.Context) error { return nil }

// Stop ends requests in progress and closes the connections.
func (c *client) Stop(context.Context) error {
	c.abort()
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces posts spans, and again after a short while if the receiver cannot take them now.
func (c *client) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// TracesData is the request of the export call with another name: the same bytes.
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()

	delay := retryDelay
	for try := 1; ; try++ {
		again, err := c.post(ctx, body)
		if err == nil || !again || try == attempts || c.hurried.Load() || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return err
		}
		delay *= 2
	}
}

// post makes one attempt and tells whether another one makes sense.
func (c *client) post(ctx context.Context, body []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.to.url, bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := c.http.Do(req)
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	switch status := resp.StatusCode; {
	case status >= 200 && status < 300:
		if err != nil {
			return false, nil // taken; only the details are unknown
		}
		return false, rejected(reply)
	case status == http.StatusTooManyRequests, status >= 502 && status <= 504:
		return true, fmt.Errorf("receiver answered %s", resp.Status)
	default:
		return false, fmt.Errorf("receiver answered %s", resp.Status)
	}
}
