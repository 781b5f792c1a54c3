package inference

import (
	"bytes"
	"log/slog"
	"sync"

	"github.com/longmemory/hurst/pkg/model"
)

// syncBuffer is a log that can be read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *syncBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func modelAnswer(lower, upper float64) model.Answer {
	return model.Answer{H: (lower + upper) / 2, Lower: lower, Upper: upper}
}
