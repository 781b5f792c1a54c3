// Package connect opens what every service needs, from the addresses in its configuration: NATS,
// the object store, and the address of Redis.
package connect

import (
	"context"
	"fmt"
	"sync"

	"github.com/longmemory/hurst/pkg/artifact/s3"
	"github.com/longmemory/hurst/pkg/config"
	"github.com/longmemory/hurst/pkg/job"
	"github.com/longmemory/hurst/pkg/rpc"
	"github.com/longmemory/hurst/pkg/service"
)

// Connections are the ways to the other parts. Close them last.
type Connections struct {
	NATS  *rpc.Conn
	Store *s3.Store
	Redis job.Redis
}

// Open connects to the servers, to all at once. Each that cannot be reached is named in the error.
func Open(ctx context.Context, name string, servers config.Servers, env service.Env) (*Connections, error) {
	c := &Connections{Redis: job.Redis{Addr: servers.RedisAddr, Password: servers.RedisPassword.Reveal()}}
	var natsErr, storeErr error
	var opening sync.WaitGroup
	opening.Go(func() {
		c.NATS, natsErr = rpc.Connect(ctx, rpc.Config{
			URL:        servers.NATSURL,
			User:       servers.NATSUser,
			Password:   servers.NATSPassword.Reveal(),
			Name:       "hurst-" + name,
			InProcess:  env.InProcessNATS,
			Logger:     env.Logger,
			Tracer:     env.Tracer,
			Registerer: env.Registerer,
		})
	})
	c.Store, storeErr = s3.Open(ctx, s3.Config{
		Endpoint:  servers.S3.Endpoint,
		Bucket:    servers.S3.Bucket,
		Region:    servers.S3.Region,
		AccessKey: servers.S3.AccessKey,
		SecretKey: servers.S3.SecretKey.Reveal(),
	})
	opening.Wait()
	switch {
	case natsErr != nil && storeErr != nil:
		return nil, fmt.Errorf("%w; %w", storeErr, natsErr)
	case natsErr != nil:
		c.Store.Close()
		return nil, natsErr
	case storeErr != nil:
		_ = c.NATS.Close(ctx) // nothing was said on it yet
		return nil, storeErr
	}
	return c, nil
}

// Close drains and ends the connections.
func (c *Connections) Close(ctx context.Context) error {
	defer c.Store.Close()
	if err := c.NATS.Close(ctx); err != nil {
		return fmt.Errorf("close the NATS connection: %w", err)
	}
	return nil
}
