package seal

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// What a file's group and all others may do with it.
const (
	groupAll    fs.FileMode = 0o070
	groupWrite  fs.FileMode = 0o020
	othersAll   fs.FileMode = 0o007
	othersWrite fs.FileMode = 0o002
)

// read returns a regular file of at most so many bytes, which nobody may do with what is forbidden.
func read(path string, most int64, forbidden fs.FileMode) ([]byte, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !about.Mode().IsRegular() { // opening a pipe would wait for a writer
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// What was opened counts; the path may name another file by now.
	if about, err = file.Stat(); err != nil {
		return nil, err
	}
	if mode := about.Mode().Perm(); mode&forbidden != 0 && runtime.GOOS != "windows" { // there, modes are made up
		return nil, fmt.Errorf("%s has mode %04o, which lets others at it: chmod %04o %s", path, mode, mode&^forbidden, path)
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, most)
	}
	return data, nil
}
