package main

import (
	"context"
	"encoding/binary"
	"math"
	"strings"
	"sync"

	"github.com/longmemory/hurst/pkg/artifact"
	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/embedded"
	"github.com/longmemory/hurst/pkg/fault"
)

// seriesType is the media type of a stored series.
const seriesType = "application/vnd.hurst.series+float64"

// uploads puts series that are too long for a message into the object store, which it opens when
// the first one comes.
type uploads struct {
	mu    sync.Mutex
	store *s3.Store
}

func (u *uploads) put(ctx context.Context, e embedded.S3Endpoint, values []float64) (artifact.Ref, error) {
	store, err := u.open(ctx, e)
	if err != nil {
		return artifact.Ref{}, err
	}
	data := make([]byte, 0, 8*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return artifact.Put(ctx, store, data, seriesType)
}

func (u *uploads) open(ctx context.Context, e embedded.S3Endpoint) (*s3.Store, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.store != nil {
		return u.store, nil
	}
	if e.Endpoint == "" {
		return nil, fault.New(fault.Invalid, "it is too long for one message, and the object store is not known: set HURST_S3_ENDPOINT, HURST_S3_ACCESS_KEY and HURST_S3_SECRET_KEY")
	}
	var err error
	u.store, err = openStore(ctx, e)
	return u.store, err
}

func (u *uploads) close() {
	if u.store != nil {
		u.store.Close()
	}
}

func openStore(ctx context.Context, e embedded.S3Endpoint) (*s3.Store, error) {
	return s3.Open(ctx, s3.Config{
		Endpoint: e.Endpoint, Bucket: e.Bucket, Region: e.Region, AccessKey: e.AccessKey, SecretKey: e.SecretKey,
	})
}

// overloaded tells whether a service that cannot be used now says that it is merely busy.
func overloaded(err error) bool { return strings.Contains(err.Error(), "overloaded") }
