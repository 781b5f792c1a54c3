// Package embedded runs the servers that hurst needs inside this process: NATS with JetStream on
// disk, a Redis in memory, and an S3 server over plain files. They listen on loopback and on a unix
// socket only, with random credentials, and keep everything in one data directory:
//
//	lock           which process uses the directory
//	s3/hurst/…     objects, one plain file each: the truth
//	nats/          JetStream: projections, made again when lost
//	run/           of the running process: endpoints.json, s3.sock
//
// Only one set of servers can run in a process at a time.
package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/alicebob/miniredis/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Config says where the servers keep their data and where they listen.
type Config struct {
	// Dir is the data directory. It is made if missing.
	Dir string
	// Redis is a real Redis to use instead of the one in memory; an empty Addr: none.
	Redis struct {
		Addr     string
		Password string
	}
	// NATSPort is the port on 127.0.0.1 for NATS. 0: any free one.
	NATSPort int
	// Logger takes the servers' warnings. nil: nobody.
	Logger *slog.Logger
}

// Servers are running until Close.
type Servers struct {
	layout    *layout
	nats      *server.Server
	redis     *miniredis.Miniredis // nil: a real one is used
	objects   *objects
	endpoints Endpoints

	errs    chan error
	closing chan struct{}
	closed  chan struct{}
	once    sync.Once
	watch   sync.WaitGroup
}

// Start starts the servers and returns when they answer. After an error nothing runs, and what it
// made on disk is removed.
//
// For an instant it changes the process's working directory, which the S3 server's library insists
// on: start it before what uses relative paths at the same time.
func Start(ctx context.Context, cfg Config) (_ *Servers, err error) {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if cfg.Redis.Addr != "" {
		if err := checkRedis(ctx, cfg.Redis.Addr, cfg.Redis.Password); err != nil {
			return nil, err
		}
	}
	s := &Servers{errs: make(chan error, 2), closing: make(chan struct{}), closed: make(chan struct{})}
	if s.layout, err = openLayout(cfg.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.stop()
			s.layout.undo()
		}
	}()
	dir := s.layout.dir
	s.endpoints = Endpoints{
		PID: os.Getpid(),
		S3: S3Endpoint{
			Endpoint: (&url.URL{Scheme: "unix", Path: s.layout.socket}).String(), Bucket: Bucket, Region: region,
			AccessKey: rand.Text(), SecretKey: rand.Text(),
		},
		NATS:  NATSEndpoint{User: "hurst", Password: rand.Text()},
		Redis: RedisEndpoint{Addr: cfg.Redis.Addr, Password: cfg.Redis.Password},
	}
	e := &s.endpoints
	if s.objects, err = startObjects(filepath.Join(dir, s3Folder), s.layout.socket, e.S3.AccessKey, e.S3.SecretKey, log); err != nil {
		return nil, explainDir(dir, err)
	}
	if cfg.Redis.Addr == "" {
		e.Redis.Password = rand.Text()
		if s.redis, err = startRedis(e.Redis.Password); err != nil {
			return nil, err
		}
		e.Redis.Addr = s.redis.Addr()
	}
	s.nats, err = startNATS(natsConfig{
		dir: filepath.Join(dir, natsFolder), port: cfg.NATSPort,
		user: e.NATS.User, password: e.NATS.Password, log: log,
	})
	if err != nil {
		return nil, err
	}
	e.NATS.URL = "nats://" + s.nats.Addr().(*net.TCPAddr).String()
	s.watchServers()
	return s, nil
}

// watchServers reports a server that ends although nobody asked it to.
func (s *Servers) watchServers() {
	report := func(err error) {
		select {
		case <-s.closing:
		default:
			s.errs <- err
		}
	}
	s.watch.Go(func() {
		<-s.objects.done
		report(errors.Join(errors.New("the object store ended"), s.objects.err))
	})
	s.watch.Go(func() {
		s.nats.WaitForShutdown()
		report(errors.New("the NATS server ended"))
	})
}

// Endpoints says how to reach the servers. The caller may complete and pass on its copy.
func (s *Servers) Endpoints() Endpoints { return s.endpoints }

// InProcess connects to NATS without a socket, for nats.InProcessServer. The credentials are those
// of Endpoints.
func (s *Servers) InProcess() nats.InProcessConnProvider { return s.nats }

// Err receives an error when a server ends before Close, which closes the channel.
func (s *Servers) Err() <-chan error { return s.errs }

// Close stops the servers and gives the data directory back. When ctx ends first, it returns its
// error and the servers stop in the background. Calling it again waits for the same end.
func (s *Servers) Close(ctx context.Context) error {
	s.once.Do(func() {
		close(s.closing)
		go func() {
			defer close(s.closed)
			s.stop()
			s.watch.Wait()
			close(s.errs)
			s.layout.close()
		}()
	})
	select {
	case <-s.closed:
		return nil
	case <-ctx.Done():
		select {
		case <-s.closed:
			return nil
		default:
		}
		return fmt.Errorf("stop the embedded servers: %w", ctx.Err())
	}
}

// stop ends those servers that run, and waits.
func (s *Servers) stop() {
	if s.nats != nil {
		s.nats.Shutdown()
		s.nats.WaitForShutdown()
	}
	if s.redis != nil {
		s.redis.Close()
	}
	if s.objects != nil {
		s.objects.stop()
	}
}
