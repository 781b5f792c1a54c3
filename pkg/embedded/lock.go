package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lock is a directory's exclusive use by one process: an flock on the file "lock" in it, which the
// kernel drops when the process ends in whatever way. The file holds the process's number, for
// people.
type lock struct{ file *os.File }

const lockName = "lock"

// lockPatience outlasts the moment for which isLocked holds the lock.
const lockPatience = 200 * time.Millisecond

// takeLock takes the directory for this process.
func takeLock(dir string) (*lock, error) {
	path := filepath.Join(dir, lockName)
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil && isAt(file, path) {
			l := &lock{file}
			if err := l.sign(); err != nil {
				l.release()
				return nil, err
			}
			return l, nil
		}
		holder := readPID(file)
		_ = file.Close()
		if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if time.Since(start) > lockPatience {
			return nil, fmt.Errorf("data directory %s is in use by process %s: stop that one or use another directory", dir, holder)
		}
	}
}

// isAt tells whether file is still what path names: its last owner may have removed it between our
// opening and our locking it.
func isAt(file *os.File, path string) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(ours, there)
}

func (l *lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return err
}

// release removes the lock's file, then the lock.
func (l *lock) release() {
	_ = os.Remove(l.file.Name())
	_ = l.file.Close()
}

// isLocked tells whether a live process has taken the directory.
func isLocked(dir string) bool {
	file, err := os.Open(filepath.Join(dir, lockName))
	if err != nil {
		return false
	}
	defer file.Close()
	return errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

func readPID(file *os.File) string {
	text, _ := io.ReadAll(io.LimitReader(file, 20))
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		return strconv.Itoa(pid)
	}
	return "(unknown)"
}
