package rpc

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"go.opentelemetry.io/otel/attribute"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/telemetry"
)

const (
	flushPatience  = 5 * time.Second
	maxCallTimeout = 10 * time.Minute // however long a caller says it waits
)

// Service is a NATS micro service: found by the stock tools, one member of a queue group,
// working on a bounded number of requests at once.
type Service struct {
	c     *Conn
	name  string
	micro micro.Service
	slots chan struct{} // one for each request in hand

	ctx    context.Context // of all handlers: ends when a drain has run out of patience
	cancel context.CancelFunc

	mu        sync.Mutex
	endpoints map[string]*endpoint // by subject

	drain   sync.Once
	drained error
}

// endpoint counts for `nats micro stats` what micro cannot see, because it does not wait for handlers.
type endpoint struct {
	subject          string
	errors, inFlight atomic.Int64
	invoke           func(ctx context.Context, data []byte, asJSON bool) ([]byte, error)
}

// NewService announces a service with a SemVer version. concurrency bounds the requests in
// hand at once, over all its subjects; more wait. Zero means one.
func NewService(c *Conn, name, version, description string, concurrency int) (*Service, error) {
	s := &Service{c: c, name: name, slots: make(chan struct{}, max(concurrency, 1)), endpoints: map[string]*endpoint{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	var err error
	s.micro, err = micro.AddService(c.nc, micro.Config{
		Name: name, Version: version, Description: description, StatsHandler: s.stats,
	})
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("add NATS service %q: %w", name, err)
	}
	return s, nil
}

// Handle answers the requests on a subject with h; one member of the queue group gets each.
// The context of h ends when the caller no longer waits. Its error goes to the caller with its
// fault code; its panic is logged and becomes fault.Internal. Requests in JSON get JSON back.
func Handle[Q any, R any, PQ interface {
	*Q
	proto.Message
}, PR interface {
	*R
	proto.Message
}](s *Service, subject string, h func(context.Context, PQ) (PR, error)) error {
	return s.add(subject, invoker[Q, R, PQ, PR](h))
}

// HandleEach is Handle without the queue group: every instance answers every request, as
// [Gather] expects.
func HandleEach[Q any, R any, PQ interface {
	*Q
	proto.Message
}, PR interface {
	*R
	proto.Message
}](s *Service, subject string, h func(context.Context, PQ) (PR, error)) error {
	return s.add(subject, invoker[Q, R, PQ, PR](h), micro.WithEndpointQueueGroupDisabled())
}

func invoker[Q any, R any, PQ interface {
	*Q
	proto.Message
}, PR interface {
	*R
	proto.Message
}](h func(context.Context, PQ) (PR, error)) func(context.Context, []byte, bool) ([]byte, error) {
	return func(ctx context.Context, data []byte, asJSON bool) ([]byte, error) {
		req := PQ(new(Q))
		if err := decode(data, asJSON, req); err != nil {
			return nil, err
		}
		resp, err := h(ctx, req)
		if err != nil {
			return nil, err
		}
		return encode(resp, asJSON)
	}
}

func (s *Service) add(subject string, invoke func(context.Context, []byte, bool) ([]byte, error), opts ...micro.EndpointOpt) error {
	ep := &endpoint{subject: subject, invoke: invoke}
	s.mu.Lock()
	_, twice := s.endpoints[subject]
	if !twice {
		s.endpoints[subject] = ep
	}
	s.mu.Unlock()
	if twice {
		return fmt.Errorf("service %q handles %s already", s.name, subject)
	}
	opts = append(opts, micro.WithEndpointSubject(subject))
	name := strings.NewReplacer(".", "_", "*", "any", ">", "all").Replace(subject)
	if err := s.micro.AddEndpoint(name, micro.HandlerFunc(func(r micro.Request) { s.take(ep, r) }), opts...); err != nil {
		return fmt.Errorf("handle %s: %w", subject, err)
	}
	return nil
}

// take waits for a free slot and works on the request beside the subscription's goroutine,
// which micro would otherwise hold until the answer. The answer must therefore not go through
// the micro.Request: micro reads it, without a lock, as soon as take returns.
func (s *Service) take(ep *endpoint, r micro.Request) {
	select {
	case s.slots <- struct{}{}:
	case <-s.ctx.Done():
		err := fault.New(fault.Unavailable, "service %s is shutting down", s.name)
		s.answer(ep, r, nil, err, isJSON(r.Headers().Get(headerContentType), r.Data()))
		return
	}
	ep.inFlight.Add(1)
	go func() {
		defer func() {
			ep.inFlight.Add(-1)
			<-s.slots
		}()
		s.serve(ep, r)
	}()
}

func (s *Service) serve(ep *endpoint, r micro.Request) {
	start := time.Now()
	ctx := s.c.traced(extract(s.ctx, r.Headers()))
	if wait := callerWaits(r.Headers().Get(headerTimeout)); wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, wait)
		defer cancel()
	}
	ctx, span := telemetry.Span(ctx, "handle "+ep.subject, attribute.String("rpc.system", "nats"), attribute.String("rpc.service", s.name))
	asJSON := isJSON(r.Headers().Get(headerContentType), r.Data())
	data, err := s.guard(ctx, ep, r.Data(), asJSON)
	if limit := s.c.nc.MaxPayload(); err == nil && int64(len(data)) > limit {
		err = fault.New(fault.Internal, "the answer on %s is %d bytes and NATS carries at most %d", ep.subject, len(data), limit)
	}
	if err != nil {
		ep.errors.Add(1)
		if fault.CodeOf(err) == fault.Internal {
			s.c.log.ErrorContext(ctx, "request not answered", "subject", ep.subject, "err", err)
		}
	}
	s.answer(ep, r, data, err, asJSON)
	telemetry.End(span, err)
	s.c.metrics.observe(ep.subject, err, time.Since(start))
}

// guard calls the handler and turns its panic into an error.
func (s *Service) guard(ctx context.Context, ep *endpoint, data []byte, asJSON bool) (resp []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.c.log.ErrorContext(ctx, "handler panicked", "subject", ep.subject, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			resp, err = nil, fault.New(fault.Internal, "the handler of %s panicked: %v", ep.subject, p)
		}
	}()
	return ep.invoke(ctx, data, asJSON)
}

func (s *Service) answer(ep *endpoint, r micro.Request, data []byte, err error, asJSON bool) {
	if r.Reply() == "" {
		return // published, not requested: nobody listens
	}
	m := nats.NewMsg(r.Reply())
	switch {
	case err != nil:
		m.Header, m.Data = encodeFault(err, asJSON)
	case asJSON:
		m.Header.Set(headerContentType, contentJSON)
		m.Data = data
	default:
		m.Data = data
	}
	if err := s.c.nc.PublishMsg(m); err != nil {
		s.c.log.Warn("answer not sent", "subject", ep.subject, "err", err)
	}
}

// callerWaits reads the timeout header; zero: no limit was given, or none that makes sense.
func callerWaits(ms string) time.Duration {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return min(time.Duration(min(n, maxCallTimeout.Milliseconds()))*time.Millisecond, maxCallTimeout)
}

func (s *Service) stats(e *micro.Endpoint) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	ep := s.endpoints[e.Subject]
	if ep == nil {
		return nil
	}
	return map[string]int64{"errors": ep.errors.Load(), "in_flight": ep.inFlight.Load()}
}

// Drain stops taking requests, answers those that were delivered already, and waits until the
// answers are sent. When ctx ends before that, the handlers' contexts are cancelled, and Drain
// returns an error. The connection stays open. A service is drained once: later calls wait for
// the first and return what it did.
func (s *Service) Drain(ctx context.Context) error {
	s.drain.Do(func() { s.drained = s.stop(ctx) })
	return s.drained
}

func (s *Service) stop(ctx context.Context) error {
	defer s.cancel()
	if err := s.micro.Stop(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		return fmt.Errorf("stop service %s: %w", s.name, err)
	}
	if err := s.settle(ctx); err != nil {
		return fmt.Errorf("drain service %s: %w", s.name, err)
	}
	return nil
}

// settle waits for the requests in the client's queues, then for the handlers, then for the
// answers on their way.
func (s *Service) settle(ctx context.Context) error {
	flush := func() {
		if s.c.nc.IsConnected() {
			ctx, cancel := context.WithTimeout(ctx, flushPatience)
			defer cancel()
			_ = s.c.nc.FlushWithContext(ctx) // when the server is gone nobody waits for an answer either
		}
	}
	flush() // after the pong the server sends us no more requests
	taken := make(chan struct{})
	if err := s.c.nc.Barrier(func() { close(taken) }); err != nil {
		return nil //nolint:nilerr // closed: nothing can be answered
	}
	select {
	case <-taken:
	case <-ctx.Done():
		return ctx.Err()
	}
	for range cap(s.slots) {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	flush()
	return nil
}
