package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/longmemory/hurst/pkg/artifact"
)

// tries is how often an operation is tried when the network or the server fails. The waits between
// double from firstWait; minio-go adds up to 200 ms of its own to each failed try.
const (
	tries     = 4
	firstWait = 10 * time.Millisecond
)

// try calls f until it succeeds, its error is not one that waiting cures, or tries are used up.
// It also returns how many times f was called again.
func (s *Store) try(ctx context.Context, f func() error) (retries int, err error) {
	wait := firstWait
	for {
		if err := ctx.Err(); err != nil {
			return retries, err
		}
		err = f()
		if err == nil || retries == tries-1 || !isTransient(err) {
			return retries, err
		}
		select {
		case <-ctx.Done():
			return retries, ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
		retries++
	}
}

// permanentError marks an error that trying again does not cure.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

func permanent(err error) error { return permanentError{err} }

// isTransient tells failures of the network and the server from answers.
func isTransient(err error) bool {
	var (
		p        permanentError
		response minio.ErrorResponse
		cert     *tls.CertificateVerificationError
		network  net.Error
	)
	switch {
	case errors.As(err, &p), errors.As(err, &cert), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &response):
		switch response.Code {
		case "SlowDown", "RequestTimeout", "ServiceUnavailable":
			return true
		}
		switch response.StatusCode {
		case http.StatusNotImplemented, http.StatusInsufficientStorage:
			return false
		case http.StatusTooManyRequests, http.StatusRequestTimeout:
			return true
		}
		return response.StatusCode >= 500
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	}
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

// responseOf returns the server's answer that err holds, if any.
func responseOf(err error) minio.ErrorResponse {
	var response minio.ErrorResponse
	errors.As(err, &response)
	return response
}

func isNotFound(err error) bool {
	code := responseOf(err).Code
	return code == minio.NoSuchKey || code == "NotFound"
}

// conflicts tells whether err says that cond does not hold. A key to match that is not there
// conflicts too.
func conflicts(err error, cond artifact.Condition) bool {
	if errors.Is(err, artifact.ErrConflict) {
		return true
	}
	switch responseOf(err).StatusCode {
	case http.StatusPreconditionFailed, http.StatusConflict:
		return cond.Absent || cond.Match != ""
	case http.StatusNotFound:
		return cond.Match != "" && isNotFound(err)
	}
	return false
}

// explain says what was being done and where, and gives the store's own errors their names.
func (s *Store) explain(doing, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, artifact.ErrConflict):
		return fmt.Errorf("%s %s: %w", doing, key, artifact.ErrConflict)
	case isNotFound(err):
		return fmt.Errorf("%s %s: %w", doing, key, artifact.ErrNotFound)
	}
	return fmt.Errorf("%s %s in s3 bucket %s at %s: %w%s", doing, key, s.bucket, s.endpoint, err, hint(err))
}

// hint tells what a person can do about err.
func hint(err error) string {
	var dns *net.DNSError
	response := responseOf(err)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return " (nothing listens there: start the server or correct the endpoint)"
	case errors.As(err, &dns):
		return " (correct the endpoint's host name)"
	case strings.Contains(err.Error(), "HTTP response to HTTPS"):
		return " (the server does not speak TLS: use http://)"
	case response.StatusCode == http.StatusInsufficientStorage, response.Code == "QuotaExceeded":
		return " (free some space where the store keeps its data)"
	case response.Code == minio.InvalidAccessKeyID, response.Code == minio.SignatureDoesNotMatch,
		response.StatusCode == http.StatusForbidden:
		return " (check the access key, the secret key and what they may do)"
	case response.Code == minio.NoSuchBucket:
		return " (the bucket was removed while in use)"
	}
	return ""
}
