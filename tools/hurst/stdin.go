package main

import (
	"context"
	"io"
)

// interruptible returns a reader whose Read ends when ctx does, which that of a terminal or a pipe
// does not. The read that was going on then is left behind, with its own buffer.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptibleReader{ctx: ctx, in: r}
}

type interruptibleReader struct {
	ctx context.Context //nolint:containedctx // of the one command that reads
	in  io.Reader
}

func (r *interruptibleReader) Read(p []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		buf := make([]byte, len(p))
		n, err := r.in.Read(buf)
		done <- result{buf[:n], err}
	}()
	select {
	case got := <-done:
		return copy(p, got.data), got.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}
