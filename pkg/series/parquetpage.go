package series

import (
	"bufio"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/parquet/compress"
)

// pageHeader is what matters of a PageHeader structure.
type pageHeader struct {
	kind         int64
	size, packed int64 // bytes of the page, as they are and compressed
	values       int64
	encoding     int64
	levels       int64 // version 2: bytes of levels, which are not compressed, before the values
	plain        bool  // version 2: nor are the values
	parts        int
}

// Kinds of pages.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)

const pageHeaderBytes = 16 << 10

// pages checks the pages of a column chunk before arrow-go reads them, for it makes room for what
// their headers claim and for whatever a compressed page turns out to hold.
type pages struct {
	in     *bufio.Reader
	left   int64 // bytes of the chunk
	codec  compress.Compression
	opt    Options
	width  int64 // bytes of a plain value
	levels int   // how many kinds of levels come before the values: repetition, definition
}

// check goes over all pages.
func (p *pages) check() error {
	for p.left > 0 {
		h, err := p.header()
		if err != nil {
			return err
		}
		if err := p.checkSizes(h); err != nil {
			return err
		}
		p.left -= h.packed
		body := io.LimitReader(p.in, h.packed)
		if err := p.checkBody(body, h); err != nil {
			return fmt.Errorf("%w: page: %w", ErrFormat, err)
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) header() (pageHeader, error) {
	head, err := p.in.Peek(int(min(pageHeaderBytes, p.left)))
	if err != nil {
		return pageHeader{}, fmt.Errorf("%w: read a page's header: %w", ErrFormat, err)
	}
	t := &thrift{data: head}
	h := t.pageHeader()
	if t.bad || h.parts > 1 {
		return h, fmt.Errorf("%w: a page's header is not well formed", ErrFormat)
	}
	p.left -= int64(t.at)
	_, err = p.in.Discard(t.at)
	return h, err
}

func (t *thrift) pageHeader() pageHeader {
	h := pageHeader{kind: -1}
	t.structure(0, func(id int, kind byte) bool {
		switch {
		case id == 1 && kind == thriftInt32:
			h.kind = t.int()
		case id == 2 && kind == thriftInt32:
			h.size = t.int()
		case id == 3 && kind == thriftInt32:
			h.packed = t.int()
		case id >= 5 && id <= 8 && kind == thriftStruct:
			h.parts++
			t.part(&h, id == 8)
		default:
			return false
		}
		return true
	})
	return h
}

// part reads the structure in a header that is of the page's kind.
func (t *thrift) part(h *pageHeader, version2 bool) {
	encoding := 2
	if version2 {
		encoding = 4
	}
	t.structure(1, func(id int, kind byte) bool {
		switch {
		case id == 1 && kind == thriftInt32:
			h.values = t.int()
		case id == encoding && kind == thriftInt32:
			h.encoding = t.int()
		case version2 && (id == 5 || id == 6) && kind == thriftInt32:
			n := t.int()
			t.bad = t.bad || n < 0
			h.levels += n
		case version2 && id == 7:
			h.plain = kind == thriftFalse
		default:
			return false
		}
		return true
	})
}

func (p *pages) checkSizes(h pageHeader) error {
	switch {
	case h.packed < 0 || h.packed > p.left:
		return fmt.Errorf("%w: a page of %d bytes where %d are left", ErrFormat, h.packed, p.left)
	case p.isPlain(h) && h.size != h.packed, h.levels > min(h.size, h.packed):
		return fmt.Errorf("%w: a page of %d bytes says that they are %d, %d of them levels", ErrFormat, h.packed, h.size, h.levels)
	case !p.opt.mayExpandTo(h.packed, h.size):
		return fmt.Errorf("%w: a page of %d bytes says that it expands to %d", ErrFormat, h.packed, h.size)
	case h.values < 0, h.kind == dictionaryPage && h.values > h.size/p.width:
		return fmt.Errorf("%w: a page of %d bytes says that it holds %d values", ErrFormat, h.size, h.values)
	}
	return nil
}

func (p *pages) isPlain(h pageHeader) bool {
	return p.codec == compress.Codecs.Uncompressed || h.kind == dataPageV2 && h.plain
}
