package main

import (
	"io"
	"sync"
)

// logs is where a system that runs inside this program logs to. While progress bars are drawn on the
// terminal, records go above them.
type logs struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// to sends what is logged from now on to w, and returns where it went before.
func (l *logs) to(w io.Writer) io.Writer {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.w
	l.w = w
	return before
}
