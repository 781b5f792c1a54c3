package series

import (
	"errors"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// arrowStream reads messages one after the other.
type arrowStream struct {
	*ipc.Reader
	messages *messages
}

func openArrowStream(in io.Reader, opt Options) (*arrowStream, error) {
	s := &arrowStream{messages: &messages{in: in, opt: opt}}
	err := guarded(func() (err error) {
		s.Reader, err = ipc.NewReaderFromMessageReader(s.messages)
		return err
	})
	if err != nil {
		return nil, errors.Join(s.messages.err, err)
	}
	return s, nil
}

func (s *arrowStream) next() (rec arrow.RecordBatch, err error) {
	err = guarded(func() error {
		if s.Next() {
			rec = s.RecordBatch()
		}
		return s.Err()
	})
	if err != nil {
		return nil, errors.Join(s.messages.err, err)
	}
	return rec, nil
}
