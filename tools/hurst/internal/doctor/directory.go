package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/longmemory/hurst/tools/hurst/internal/screen"
)

// Space below which a data directory is worth a word.
const littleSpace = 2 << 30

// slowSync is how long a write to disk may take before submissions feel slow.
const slowSync = 50 * time.Millisecond

// Directory looks at a data directory, or at the nearest one above it that is there. It leaves nothing
// behind.
func Directory(dir string) []Check {
	at, err := nearest(dir)
	if err != nil {
		return []Check{{Name: "data directory", State: Failed, Found: err.Error(), Hint: "choose another one with --data"}}
	}
	found := dir
	if at != dir {
		found += " (not there yet)"
	}
	checks := []Check{{Name: "data directory", State: OK, Found: found}}
	file, err := os.CreateTemp(at, ".hurst-doctor-*")
	if err != nil {
		checks[0].State, checks[0].Found = Failed, fmt.Sprintf("%s cannot be written: %v", at, err)
		checks[0].Hint = "make it writable, or choose another one with --data"
		return checks
	}
	defer func() { _ = os.Remove(file.Name()) }()
	defer file.Close()
	return append(checks, space(at), synced(file), attributes(file.Name()))
}

// nearest returns dir, or the closest directory above it that exists.
func nearest(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			return dir, nil
		case err == nil:
			return "", fmt.Errorf("%s is not a directory", dir)
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		case dir == filepath.Dir(dir):
			return "", err
		}
		dir = filepath.Dir(dir)
	}
}

func space(dir string) Check {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Check{Name: "free space", State: Warning, Found: err.Error()}
	}
	free := int64(s.Bavail) * int64(s.Bsize) //nolint:unconvert // the types differ between systems
	c := Check{Name: "free space", State: OK, Found: screen.Bytes(free)}
	if free < littleSpace {
		c.State, c.Hint = Warning, "large pipelines may fill the disk; choose another directory with --data"
	}
	return c
}

// synced measures how long it takes until a small write is safe from a power cut.
func synced(file *os.File) Check {
	const rounds = 5
	best := time.Duration(-1)
	c := timed("write to disk", func() (string, error) {
		for range rounds {
			begun := time.Now()
			if _, err := file.WriteAt(make([]byte, 4096), 0); err != nil {
				return "", err
			}
			if err := file.Sync(); err != nil {
				return "", err
			}
			if took := time.Since(begun); best < 0 || took < best {
				best = took
			}
		}
		return "4 KiB and fsync", nil
	}, "the disk refuses to sync: use another directory")
	if c.State == OK {
		c.Seconds = best.Seconds()
		if best > slowSync {
			c.State, c.Hint = Warning, "submissions wait for the disk; a local SSD is faster"
		}
	}
	return c
}

// attributes tries the extended attributes in which the S3 server keeps metadata.
func attributes(path string) Check {
	const name = "user.hurst.doctor"
	c := Check{Name: "extended attributes", State: OK, Found: "supported"}
	if err := unix.Setxattr(path, name, []byte("1"), 0); err != nil {
		c.State, c.Found = Warning, fmt.Sprintf("not supported (%v): metadata goes into files beside the objects", err)
	}
	return c
}
