package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3response"
)

// syncer makes PUTs outlive a power cut. The order matters: the new bytes reach the disk before the
// name points to them, so that the old content or the new is there, never a torn one; then the
// name, which is in the file's directory; then that directory's name in the one above, up to the
// root, as far as this process has not synced it before.
type syncer struct {
	root string
	sync func(*os.File) error // (*os.File).Sync, or a test's
	// A removal may take empty directories with it, which a later PUT makes again, unsynced:
	// removals exclude durable PUTs and clear what is known.
	removals sync.RWMutex
	mu       sync.Mutex
	synced   map[string]bool // directories whose own name is on disk
}

func newSyncer(root string) *syncer {
	return &syncer{root: root, sync: (*os.File).Sync, synced: map[string]bool{root: true}}
}

func (s *syncer) put(ctx context.Context, p *posix.Posix, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	s.removals.RLock()
	defer s.removals.RUnlock()
	out, err := p.PutObjectWithPostFunc(ctx, in, s.sync)
	if err != nil {
		return out, err
	}
	path := filepath.Join(*in.Bucket, *in.Key)
	// Again, for the ETag was set after the first time. A file that was replaced meanwhile is as good.
	if err := s.path(path); err != nil {
		return out, err
	}
	return out, s.syncDirs(filepath.Dir(path))
}

// syncDirs makes the names in dir durable, and the name of dir itself.
func (s *syncer) syncDirs(dir string) error {
	if err := s.path(dir); err != nil {
		return err
	}
	s.mu.Lock()
	known := s.synced[dir]
	s.mu.Unlock()
	if known || len(dir) <= len(s.root) {
		return nil
	}
	if err := s.syncDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	s.mu.Lock()
	s.synced[dir] = true
	s.mu.Unlock()
	return nil
}

func (s *syncer) remove(f func()) {
	s.removals.Lock()
	defer s.removals.Unlock()
	f()
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.synced)
	s.synced[s.root] = true
}

// path syncs a file or a directory. One that is gone was removed or replaced since: whoever did that
// answers for it.
func (s *syncer) path(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.sync(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("sync %s to disk: %w", path, err)
	}
	return nil
}

// syncPath syncs a file or a directory.
func syncPath(path string) error { return newSyncer(path).path(path) }
