package series

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// wholeBytes is the largest file that is read from what is no file, as from a pipe: Parquet and
// Arrow files begin at their ends, so that all of it is held in memory.
const wholeBytes = 1 << 30

// section returns all of the input for reading anywhere: the file itself, if r is one, else what
// in still has to give.
func section(in *bufio.Reader, r io.Reader) (*io.SectionReader, error) {
	if f, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		here, err := f.Seek(0, io.SeekCurrent)
		if err == nil { // it is no pipe
			end, err := f.Seek(0, io.SeekEnd)
			start := here - int64(in.Buffered())
			return io.NewSectionReader(f, start, end-start), err
		}
	}
	data, err := io.ReadAll(io.LimitReader(in, wholeBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > wholeBytes {
		return nil, fmt.Errorf("%w: more than %d bytes; give such a file by its name, not through a pipe", ErrTooLong, wholeBytes)
	}
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), nil
}
