package series

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// arrowFile reads the messages that the footer of a file lists, each of which is checked before
// arrow-go reads it. By the format they are a stream too, but not all programs write them so.
type arrowFile struct {
	*ipc.FileReader
	at     *io.SectionReader
	opt    Options
	blocks []block // the batches of rows
	read   int
	claims
}

// block is where a message is in a file.
type block struct{ start, header, body int64 }

func openArrowFile(at *io.SectionReader, opt Options) (*arrowFile, error) {
	a := &arrowFile{at: at, opt: opt}
	footer, err := a.footer()
	if err != nil {
		return nil, err
	}
	f := newFlat(footer)
	root := f.follow(0)
	schema := f.table(root, 1)
	if !f.bad && schema != 0 {
		f.checkSchema(schema)
	}
	f.checkMetadata(root, 4)
	dictionaries := f.blocks(root, 2)
	a.blocks = f.blocks(root, 3)
	if f.bad || schema == 0 {
		return nil, fmt.Errorf("%w: the Arrow file's footer is not well formed", ErrFormat)
	}
	for _, b := range dictionaries {
		if err := a.checkBlock(b, dictionaryMessage); err != nil {
			return nil, err
		}
	}
	err = guarded(func() (err error) {
		a.FileReader, err = ipc.NewFileReader(at, ipc.WithBodySizeLimit(bodyBytes), ipc.WithMetadataSizeLimit(metadataBytes))
		return err
	})
	return a, err
}

// footer returns what stands before its length and the last magic word.
func (a *arrowFile) footer() ([]byte, error) {
	const tail = 4 + int64(len(arrowMagic))
	end := make([]byte, tail)
	if _, err := a.at.ReadAt(end, max(0, a.at.Size()-tail)); err != nil {
		return nil, fmt.Errorf("%w: read the footer: %w", ErrFormat, err)
	}
	if string(end[4:]) != arrowMagic {
		return nil, fmt.Errorf("%w: it does not end as an Arrow file does; it may be cut off", ErrFormat)
	}
	n := int64(binary.LittleEndian.Uint32(end))
	if n > min(metadataBytes, a.at.Size()-tail) {
		return nil, fmt.Errorf("%w: a footer of %d bytes in a file of %d, at most %d", ErrFormat, n, a.at.Size(), metadataBytes)
	}
	data := make([]byte, n)
	if _, err := a.at.ReadAt(data, a.at.Size()-tail-n); err != nil {
		return nil, fmt.Errorf("%w: read the footer: %w", ErrFormat, err)
	}
	return data, nil
}

func (f *flat) blocks(table, i int) []block {
	at, n := f.vector(table, i, 24)
	if n == 0 {
		return nil
	}
	all := make([]block, n)
	for k := range all {
		place := at + 24*k
		all[k] = block{start: f.int64(place), header: int64(f.offset32(place + 8)), body: f.int64(place + 16)}
	}
	return all
}

// checkBlock checks a message of a kind; arrow-go takes a dictionary for one without looking.
func (a *arrowFile) checkBlock(b block, want byte) error {
	end := a.at.Size()
	if b.start < 0 || b.header < 8 || b.header > metadataBytes || b.body < 0 || b.body > bodyBytes ||
		b.start > end || b.header+b.body > end-b.start {
		return fmt.Errorf("%w: an Arrow message of %d and %d bytes at %d in a file of %d", ErrFormat, b.header, b.body, b.start, end)
	}
	header := make([]byte, b.header)
	if _, err := a.at.ReadAt(header, b.start); err != nil {
		return fmt.Errorf("%w: read an Arrow message: %w", ErrFormat, err)
	}
	start := 4 // its length, which has a mark before it since version 0.15
	if string(header[:4]) == arrowMark {
		start = 8
	}
	f := newFlat(header[start:])
	root := f.follow(0)
	if kind := f.messageKind(root); kind != want {
		return fmt.Errorf("%w: an Arrow message of kind %d where the footer says %d", ErrFormat, kind, want)
	}
	return a.check(f, root, io.NewSectionReader(a.at, b.start+b.header, b.body), a.opt)
}

func (a *arrowFile) next() (rec arrow.RecordBatch, err error) {
	if a.read == len(a.blocks) {
		return nil, nil
	}
	if err := a.checkBlock(a.blocks[a.read], batchMessage); err != nil {
		return nil, err
	}
	err = guarded(func() error {
		rec, err = a.RecordBatch(a.read)
		return err
	})
	a.read++
	return rec, err
}
