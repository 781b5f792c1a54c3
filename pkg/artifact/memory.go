package artifact

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Memory is a [Store] in memory, for tests. It is stricter than most: a key that is a folder of
// another is refused, for on plain files it could not be kept. The zero value is not ready; use
// [NewMemory].
type Memory struct {
	mu      sync.RWMutex
	docs    map[string]Document
	folders map[string]int // how many keys lie below each folder
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{docs: map[string]Document{}, folders: map[string]int{}}
}

// Read implements [Store]. The data is the caller's own copy.
func (m *Memory) Read(ctx context.Context, key string) (Document, error) {
	if err := checkCall(ctx, key); err != nil {
		return Document{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	doc, ok := m.docs[key]
	if !ok {
		return Document{}, fmt.Errorf("read %s: %w", key, ErrNotFound)
	}
	return Document{Data: bytes.Clone(doc.Data), ETag: doc.ETag}, nil
}

// Write implements [Store]. As in S3, equal content has an equal ETag.
func (m *Memory) Write(ctx context.Context, key string, data []byte, cond Condition) (string, error) {
	if err := checkCall(ctx, key); err != nil {
		return "", err
	}
	if err := CheckWrite(key, data, cond); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old, exists := m.docs[key]
	if cond.Absent && exists || cond.Match != "" && (!exists || old.ETag != cond.Match) {
		return "", fmt.Errorf("write %s: %w", key, ErrConflict)
	}
	if !exists {
		if err := m.claim(key); err != nil {
			return "", err
		}
	}
	etag := string(DigestOf(data)[:32])
	m.docs[key] = Document{Data: append([]byte{}, data...), ETag: etag}
	return etag, nil
}

// claim counts a new key in the folders above it.
func (m *Memory) claim(key string) error {
	if m.folders[key] > 0 {
		return fmt.Errorf("write %s: it is already a folder of other keys", key)
	}
	for folder := range foldersOf(key) {
		if _, taken := m.docs[folder]; taken {
			return fmt.Errorf("write %s: %s is already a document, not a folder", key, folder)
		}
	}
	for folder := range foldersOf(key) {
		m.folders[folder]++
	}
	return nil
}

// Exists implements [Store].
func (m *Memory) Exists(ctx context.Context, key string) (bool, error) {
	if err := checkCall(ctx, key); err != nil {
		return false, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, ok := m.docs[key]
	return ok, nil
}

// Delete implements [Store].
func (m *Memory) Delete(ctx context.Context, key string) error {
	if err := checkCall(ctx, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.docs[key]; !ok {
		return nil
	}
	delete(m.docs, key)
	for folder := range foldersOf(key) {
		if m.folders[folder]--; m.folders[folder] == 0 {
			delete(m.folders, folder)
		}
	}
	return nil
}

// List implements [Store]. It yields the keys of the moment at which iteration starts.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		m.mu.RLock()
		var keys []string
		for key := range m.docs {
			if strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
		m.mu.RUnlock()
		slices.Sort(keys)
		for _, key := range keys {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			if !yield(key, nil) {
				return
			}
		}
	}
}

// CheckWrite says what is wrong with a write that no store could do.
func CheckWrite(key string, data []byte, cond Condition) error {
	if len(data) > MaxObject {
		return fmt.Errorf("write %s: %d bytes are more than the limit of %d", key, len(data), MaxObject)
	}
	if cond.Absent && cond.Match != "" {
		return fmt.Errorf("write %s: the condition asks for an absent key and for ETag %q at once", key, cond.Match)
	}
	return nil
}

func checkCall(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return CheckKey(key)
}

// foldersOf yields "a" and "a/b" for "a/b/c".
func foldersOf(key string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, c := range key {
			if c == '/' && !yield(key[:i]) {
				return
			}
		}
	}
}
