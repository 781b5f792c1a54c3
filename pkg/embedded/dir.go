package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Folders of the data directory.
const (
	natsFolder = "nats"
	s3Folder   = "s3"
	runFolder  = "run" // of the running process: addresses, the socket
)

// probeSize is how many bytes must fit on the disk at start.
const probeSize = 1 << 20

// maxSocketPath is how long the path of a unix socket may be everywhere (Linux takes 107 bytes, macOS 103).
const maxSocketPath = 100

// layout is a data directory that this process has taken.
type layout struct {
	dir    string // absolute
	lock   *lock
	made   []string // directories that were not there before, outermost first
	socket string
	extra  string // a short directory for the socket, when dir's path is too long
}

// openLayout makes and checks the data directory and takes it for this process. After an error
// nothing of it is left.
func openLayout(dir string) (_ *layout, err error) {
	if dir == "" {
		return nil, errors.New("no data directory is given")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	l := &layout{dir: abs}
	defer func() {
		if err != nil {
			l.undo()
		}
	}()
	if err := l.makeDirs(abs); err != nil {
		return nil, explainDir(abs, err)
	}
	if l.lock, err = takeLock(abs); err != nil {
		return nil, explainDir(abs, err)
	}
	if err := probe(abs); err != nil {
		return nil, explainDir(abs, err)
	}
	for _, folder := range []string{natsFolder, s3Folder, runFolder} {
		if err := l.makeDirs(filepath.Join(abs, folder)); err != nil {
			return nil, explainDir(abs, err)
		}
	}
	if err := os.Chmod(filepath.Join(abs, runFolder), 0o700); err != nil { //nolint:gosec // a directory
		return nil, explainDir(abs, err)
	}
	if err := removeIfThere(endpointsPath(abs)); err != nil { // left by a process that was killed
		return nil, explainDir(abs, err)
	}
	if err := l.placeSocket(); err != nil {
		return nil, err
	}
	return l, nil
}

// makeDirs makes dir and what is missing above it, durably, and remembers what it made.
func (l *layout) makeDirs(dir string) error {
	info, err := os.Stat(dir)
	if err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := l.makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		if errors.Is(err, fs.ErrExist) { // another was quicker
			return nil
		}
		return err
	}
	l.made = append(l.made, dir)
	return syncPath(filepath.Dir(dir))
}

// probe writes a file, to find out now rather than in the middle of a run that the disk is full
// or read-only.
func probe(dir string) error {
	path := filepath.Join(dir, ".probe")
	err := os.WriteFile(path, make([]byte, probeSize), 0o600)
	return errors.Join(err, removeIfThere(path))
}

// placeSocket says where the object store listens.
func (l *layout) placeSocket() error {
	l.socket = filepath.Join(l.dir, runFolder, "s3.sock")
	if len(l.socket) <= maxSocketPath {
		return nil
	}
	extra, err := os.MkdirTemp("", "hurst-")
	if err != nil {
		return fmt.Errorf("make a directory for a unix socket, for which %s is too long: %w (point TMPDIR to a writable directory)", l.dir, err)
	}
	l.extra, l.socket = extra, filepath.Join(extra, "s3.sock")
	if len(l.socket) > maxSocketPath {
		return fmt.Errorf("neither %s nor %s is short enough for the path of a unix socket: use a shorter data directory or TMPDIR", l.dir, extra)
	}
	return nil
}

// close gives the directory back.
func (l *layout) close() {
	_ = os.Remove(l.socket)
	if l.extra != "" {
		_ = os.RemoveAll(l.extra)
	}
	_ = os.Remove(endpointsPath(l.dir))
	if l.lock != nil {
		l.lock.release()
	}
}

// undo is close after a start that failed: it also removes the directories that the start made and
// that hold nothing of value.
func (l *layout) undo() {
	if slices.Contains(l.made, filepath.Join(l.dir, natsFolder)) {
		_ = os.RemoveAll(filepath.Join(l.dir, natsFolder))
	}
	if l.lock == nil {
		// Somebody else's, or not to be had: its run folder is not ours to tidy.
		removeEmpty(l.made)
		return
	}
	l.close()
	if slices.Contains(l.made, filepath.Join(l.dir, s3Folder)) {
		_ = os.Remove(filepath.Join(l.dir, s3Folder, Bucket))
	}
	removeEmpty(l.made)
}

func removeEmpty(dirs []string) {
	for _, dir := range slices.Backward(dirs) {
		_ = os.Remove(dir)
	}
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// explainDir tells a person what is the matter with the data directory and what to do.
func explainDir(dir string, err error) error {
	var advice string
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		advice = "a file is in the way: remove it or use another directory"
	case errors.Is(err, syscall.EROFS):
		advice = "the file system is read-only: use another directory"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		advice = "the disk is full: free some space or use another directory"
	case errors.Is(err, fs.ErrPermission):
		advice = "this user may not write there: change the permissions or use another directory"
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EINVAL):
		advice = "this is not a usable path: use another directory"
	default:
		return err
	}
	return fmt.Errorf("data directory %s: %s: %w", dir, advice, err)
}
