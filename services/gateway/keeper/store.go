package keeper

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// storage holds the bytes of one segment.
type storage interface {
	io.ReaderAt
	// Append adds data at the end, whole or not at all as far as that can be told.
	Append(data []byte) error
	// Remove forgets the segment.
	Remove() error
	Close() error
}

// memory is a segment without a file.
type memory struct{ data []byte }

func (m *memory) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 || offset > int64(len(m.data)) {
		return 0, io.EOF
	}
	n := copy(p, m.data[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) Append(data []byte) error {
	m.data = append(m.data, data...)
	return nil
}

func (m *memory) Remove() error { m.data = nil; return nil }
func (m *memory) Close() error  { return nil }

// file is a segment in a file.
type file struct {
	f    *os.File
	size int64
}

func (s *file) ReadAt(p []byte, offset int64) (int, error) { return s.f.ReadAt(p, offset) }

func (s *file) Append(data []byte) error {
	n, err := s.f.WriteAt(data, s.size)
	if err == nil {
		s.size += int64(n)
		return nil
	}
	return errors.Join(err, s.f.Truncate(s.size))
}

func (s *file) Remove() error { return errors.Join(s.f.Close(), os.Remove(s.f.Name())) }
func (s *file) Close() error  { return s.f.Close() }

const (
	filePrefix = "spans-"
	fileSuffix = ".log"
)

func segmentPath(dir string, number int) string {
	return filepath.Join(dir, fmt.Sprintf("%s%08d%s", filePrefix, number, fileSuffix))
}

// segmentNumbers returns the numbers of the segments in dir, ascending. Other files do not matter.
func segmentNumbers(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		digits := strings.TrimSuffix(strings.TrimPrefix(e.Name(), filePrefix), fileSuffix)
		n, err := strconv.Atoi(digits)
		if err == nil && n > 0 && e.Type().IsRegular() && segmentPath(dir, n) == filepath.Join(dir, e.Name()) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// openFile opens the file of a segment, new or not, and returns at most limit bytes of what it holds.
func openFile(path string, limit int64) (*file, []byte, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return &file{f: f}, data, nil
}

// makeDir makes the directory for segments and finds out whether it can be written to.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another process tidied up
	}
	return err
}
