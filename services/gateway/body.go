package gateway

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	maxPredict = 32 << 20
	maxSpec    = 1 << 20
	maxTraces  = 16 << 20
	maxBodies  = 128 << 20 // of large bodies in memory at once
	smallBody  = 64 << 10  // bodies up to this size are not counted
)

// withBody reads a request's body of at most limit bytes, unpacked, and calls fn with it. Large bodies
// wait until there is memory for them.
func (g *Gateway) withBody(ctx context.Context, r *http.Request, limit int64, fn func([]byte) (reply, error)) (reply, error) {
	if r.ContentLength > limit {
		return reply{}, tooLarge(limit)
	}
	packed := r.Header.Get("Content-Encoding") == "gzip"
	weight := r.ContentLength
	if weight < 0 || packed {
		weight = limit
	}
	if weight > smallBody {
		if err := g.bodies.Acquire(ctx, weight); err != nil {
			return reply{}, fault.New(fault.Unavailable, "too many large requests at once: %w", err)
		}
		defer g.bodies.Release(weight)
	}
	data, err := readBody(r, limit, packed)
	if err != nil {
		return reply{}, err
	}
	return fn(data)
}

func readBody(r *http.Request, limit int64, packed bool) ([]byte, error) {
	body := io.Reader(http.MaxBytesReader(nil, r.Body, limit))
	if packed {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, fault.New(fault.Invalid, "read the request's body as gzip: %w", err)
		}
		body = unpacked
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), int64(len(data)) > limit:
		return nil, tooLarge(limit)
	case err != nil:
		return nil, fault.New(fault.Invalid, "read the request's body: %w", err)
	}
	return data, nil
}

func tooLarge(limit int64) error {
	return fault.New(fault.Invalid, "the request's body is too large; allowed are %d MiB: %w", limit>>20, &http.MaxBytesError{Limit: limit})
}
