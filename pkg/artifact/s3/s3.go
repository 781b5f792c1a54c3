// Package s3 keeps artifacts in an S3 bucket, over the network or a unix socket. Any server will do
// that honours If-Match and If-None-Match on PUT.
package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/telemetry"
)

// DurableHeader is the user metadata that asks the embedded server to sync an object to disk
// before it answers. Other servers keep it and need not know it.
const DurableHeader = "hurst-durable"

// answerTime is how long an endpoint may take to answer when it is opened.
const answerTime = 5 * time.Second

// Store is an [artifact.Store] in one bucket. It is safe for concurrent use.
type Store struct {
	core      *minio.Core
	transport *http.Transport
	bucket    string
	endpoint  string
}

// Open checks that the endpoint answers, makes the bucket if it is missing, and returns its store.
// The caller closes it.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		cfg.Region = DefaultRegion
	}
	core, transport, err := cfg.client()
	if err != nil {
		return nil, err
	}
	s := &Store{core: core, transport: transport, bucket: cfg.Bucket, endpoint: cfg.Endpoint}
	if err := s.prepare(ctx, cfg.Region); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close drops the idle connections. Calls in progress finish.
func (s *Store) Close() { s.transport.CloseIdleConnections() }

// prepare makes the bucket unless it exists.
func (s *Store) prepare(parent context.Context, region string) error {
	ctx, cancel := context.WithTimeout(parent, answerTime)
	defer cancel()
	_, err := s.try(ctx, func() error {
		exists, err := s.core.BucketExists(ctx, s.bucket)
		if err != nil || exists {
			return err
		}
		err = s.core.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region})
		switch responseOf(err).Code {
		case minio.BucketAlreadyOwnedByYou, minio.BucketAlreadyExists: // another was quicker
			return nil
		}
		return err
	})
	if err == nil {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) && parent.Err() == nil {
		err = fmt.Errorf("no answer within %v", answerTime)
	}
	return fmt.Errorf("open s3 bucket %s at %s: %w%s", s.bucket, s.endpoint, err, hint(err))
}

// Read implements [artifact.Store] with one GET.
func (s *Store) Read(ctx context.Context, key string) (doc artifact.Document, err error) {
	if err := artifact.CheckKey(key); err != nil {
		return doc, err
	}
	ctx, span := s.span(ctx, "GET", key)
	defer func() {
		span.SetAttributes(attribute.Int("bytes", len(doc.Data)))
		end(span, err)
	}()
	_, err = s.try(ctx, func() error {
		doc = artifact.Document{}
		body, info, _, err := s.core.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		defer body.Close()
		doc.Data, err = readBody(body, info.Size)
		doc.ETag = info.ETag
		return err
	})
	if err != nil {
		return artifact.Document{}, s.explain("read", key, err)
	}
	return doc, nil
}

// Write implements [artifact.Store] with one conditional PUT. When an answer was lost and the
// retry finds the condition broken, our own first try may have broken it: equal bytes under the
// key then count as written.
func (s *Store) Write(ctx context.Context, key string, data []byte, cond artifact.Condition) (etag string, err error) {
	if err := artifact.CheckKey(key); err != nil {
		return "", err
	}
	if err := artifact.CheckWrite(key, data, cond); err != nil {
		return "", err
	}
	ctx, span := s.span(ctx, "PUT", key)
	span.SetAttributes(attribute.Int("bytes", len(data)))
	defer func() { end(span, err) }()
	opts := putOptions(cond)
	retries, err := s.try(ctx, func() error {
		if err := s.precheck(ctx, key, len(data), cond); err != nil {
			return err
		}
		info, err := s.core.PutObject(ctx, s.bucket, key, bytes.NewReader(data), int64(len(data)), "", "", opts)
		etag = info.ETag
		return err
	})
	if err == nil {
		return etag, nil
	}
	if conflicts(err, cond) {
		err = artifact.ErrConflict
		if retries > 0 {
			if doc, readErr := s.Read(ctx, key); readErr == nil && bytes.Equal(doc.Data, data) {
				return doc.ETag, nil
			}
		}
	}
	return "", s.explain("write", key, err)
}

// large is the size from which a conditional write asks before it sends: a server that refuses
// early closes the connection on a body that is still being sent, and its answer is lost.
const large = 64 << 10

// precheck returns ErrConflict when a large write's condition does not hold now. The server decides
// all the same.
func (s *Store) precheck(ctx context.Context, key string, size int, cond artifact.Condition) error {
	if size < large || !cond.Absent && cond.Match == "" {
		return nil
	}
	info, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	switch {
	case isNotFound(err) && cond.Absent:
		return nil
	case err != nil:
		return err
	case cond.Absent || info.ETag != cond.Match:
		return permanent(artifact.ErrConflict)
	}
	return nil
}

func putOptions(cond artifact.Condition) minio.PutObjectOptions {
	opts := minio.PutObjectOptions{DisableContentSha256: true, ContentType: "application/octet-stream"}
	if cond.Absent {
		opts.SetMatchETagExcept("*")
	}
	if cond.Match != "" {
		opts.SetMatchETag(cond.Match)
	}
	if cond.Durable {
		opts.UserMetadata = map[string]string{DurableHeader: "1"}
	}
	return opts
}

// Exists implements [artifact.Store].
func (s *Store) Exists(ctx context.Context, key string) (exists bool, err error) {
	if err := artifact.CheckKey(key); err != nil {
		return false, err
	}
	ctx, span := s.span(ctx, "HEAD", key)
	defer func() { end(span, err) }()
	_, err = s.try(ctx, func() error {
		_, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
		return err
	})
	if isNotFound(err) {
		return false, nil
	}
	return err == nil, s.explain("look for", key, err)
}

// Delete implements [artifact.Store].
func (s *Store) Delete(ctx context.Context, key string) (err error) {
	if err := artifact.CheckKey(key); err != nil {
		return err
	}
	ctx, span := s.span(ctx, "DELETE", key)
	defer func() { end(span, err) }()
	_, err = s.try(ctx, func() error {
		return s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	})
	if isNotFound(err) {
		return nil
	}
	return s.explain("delete", key, err)
}

// List implements [artifact.Store], a page of up to 1,000 keys at a time.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		last, stopped := "", false
		_, err := s.try(ctx, func() error { // a retry goes on after the last key
			opts := minio.ListObjectsOptions{Prefix: prefix, Recursive: true, StartAfter: last}
			for info := range s.core.ListObjectsIter(ctx, s.bucket, opts) {
				if info.Err != nil {
					return info.Err
				}
				if strings.HasSuffix(info.Key, "/") { // a folder made by some other tool
					continue
				}
				last = info.Key
				if stopped = !yield(info.Key, nil); stopped {
					return nil
				}
			}
			return ctx.Err()
		})
		if err != nil && !stopped {
			yield("", s.explain("list", prefix, err))
		}
	}
}

// span starts the span of one operation, named after the key's first part: names stay few.
func (s *Store) span(ctx context.Context, method, key string) (context.Context, trace.Span) {
	folder, _, found := strings.Cut(key, "/")
	if found {
		folder += "/…"
	}
	return telemetry.Span(ctx, "s3 "+method+" "+folder, attribute.String("key", key))
}

// end ends span. A missing key or a lost race is an answer, not a failure.
func end(span trace.Span, err error) {
	if errors.Is(err, artifact.ErrNotFound) || errors.Is(err, artifact.ErrConflict) {
		span.SetAttributes(attribute.String("answer", errors.Unwrap(err).Error()))
		err = nil
	}
	telemetry.End(span, err)
}

// readBody reads a body of size bytes (-1: unknown), at most artifact.MaxObject.
func readBody(body io.Reader, size int64) ([]byte, error) {
	if size > artifact.MaxObject {
		return nil, permanent(fmt.Errorf("%d bytes are more than the limit of %d", size, artifact.MaxObject))
	}
	if size >= 0 {
		data := make([]byte, size)
		if _, err := io.ReadFull(body, data); err != nil {
			return nil, fmt.Errorf("the transfer of %d bytes broke off: %w", size, err)
		}
		return data, nil
	}
	data, err := io.ReadAll(io.LimitReader(body, artifact.MaxObject+1))
	if err == nil && len(data) > artifact.MaxObject {
		err = permanent(fmt.Errorf("there are more bytes than the limit of %d", artifact.MaxObject))
	}
	return data, err
}
