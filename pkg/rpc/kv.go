package rpc

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	kvTimeout = 5 * time.Second       // of one operation
	kvRetry   = 20 * time.Millisecond // between attempts on a bucket that is gone
)

// KV is a bucket of the JetStream key-value store, for projections of truth that is kept
// elsewhere: it may be wiped at any moment, and is then made again, empty.
type KV struct {
	c      *Conn
	bucket string

	mu sync.Mutex
	kv jetstream.KeyValue
}

// KV opens a bucket, which is made when it is not there.
func (c *Conn) KV(ctx context.Context, bucket string) (*KV, error) {
	k := &KV{c: c, bucket: bucket}
	ctx, cancel := context.WithTimeout(ctx, kvTimeout)
	defer cancel()
	if _, err := k.open(ctx); err != nil {
		return nil, k.fault("open", "", err)
	}
	return k, nil
}

// open makes the bucket if need be and returns a handle to it.
func (k *KV) open(ctx context.Context) (jetstream.KeyValue, error) {
	kv, err := k.c.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: k.bucket, Description: "projection of truth that is kept in the object store", History: 1, Storage: jetstream.FileStorage,
	})
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kv = kv
	return kv, nil
}

func (k *KV) handle() jetstream.KeyValue {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kv
}

// do runs an operation, and again on a new bucket while the bucket turns out to be gone. That may take
// a few times: of clients that make one bucket at once, the server answers some with an error of its
// own, and a new bucket may be asked before it listens.
func (k *KV) do(ctx context.Context, what, key string, op func(context.Context, jetstream.KeyValue) error) error {
	ctx, cancel := context.WithTimeout(ctx, kvTimeout)
	defer cancel()
	err := op(ctx, k.handle())
	for gone(err) {
		kv, openErr := k.open(ctx)
		switch {
		case openErr == nil:
			if err = op(ctx, kv); !gone(err) {
				return k.fault(what, key, err)
			}
		case !gone(openErr):
			return k.fault(what, key, openErr)
		}
		select {
		case <-ctx.Done():
			return k.fault(what, key, err)
		case <-time.After(kvRetry):
		}
	}
	return k.fault(what, key, err)
}

// gone tells whether err says that the bucket is not there, or that the server is busy making it.
func gone(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound) ||
		errors.As(err, &api) && api.Code >= 500 && !errors.Is(err, jetstream.ErrJetStreamNotEnabled)
}

func (k *KV) fault(what, key string, err error) error {
	code := fault.Unavailable
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return fault.New(fault.NotFound, "no key %q in bucket %q", key, k.bucket)
	case errors.Is(err, jetstream.ErrInvalidKey), errors.Is(err, jetstream.ErrInvalidBucketName), errors.Is(err, nats.ErrMaxPayload):
		code = fault.Invalid
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return fault.New(code, "%s bucket %q: NATS at %s runs without JetStream: start it with -js", what, k.bucket, k.c.addr)
	}
	if key == "" {
		return fault.New(code, "%s bucket %q on NATS at %s: %w", what, k.bucket, k.c.addr, err)
	}
	return fault.New(code, "%s key %q in bucket %q on NATS at %s: %w", what, key, k.bucket, k.c.addr, err)
}

// Put sets a key: letters, digits and -/_=. are allowed in it.
func (k *KV) Put(ctx context.Context, key string, value []byte) error {
	return k.do(ctx, "put", key, func(ctx context.Context, kv jetstream.KeyValue) error {
		_, err := kv.Put(ctx, key, value)
		return err
	})
}

// Get returns the value of a key, or an error with code fault.NotFound. It does not make a bucket that
// is gone: the key is then not there either.
func (k *KV) Get(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, kvTimeout)
	defer cancel()
	e, err := k.handle().Get(ctx, key)
	if gone(err) {
		err = jetstream.ErrKeyNotFound
	}
	if err != nil {
		return nil, k.fault("get", key, err)
	}
	return e.Value(), nil
}

// Delete removes a key; one that is not there is fine.
func (k *KV) Delete(ctx context.Context, key string) error {
	return k.do(ctx, "delete", key, func(ctx context.Context, kv jetstream.KeyValue) error {
		return kv.Delete(ctx, key)
	})
}
