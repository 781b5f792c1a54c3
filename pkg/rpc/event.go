package rpc

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/nats-io/nats.go"
	"golang.org/x/time/rate"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
)

// Publish sends an event to whoever listens now. It does not wait for the server: events are
// hints, and truth is elsewhere.
func Publish(ctx context.Context, c *Conn, subject string, m proto.Message) error {
	data, err := proto.Marshal(m)
	if err != nil {
		return fault.New(fault.Invalid, "encode the event %s: %w", subject, err)
	}
	msg := nats.NewMsg(subject)
	msg.Data = data
	inject(ctx, msg.Header)
	if err := c.nc.PublishMsg(msg); err != nil {
		return c.explain(err, msg, 0)
	}
	return nil
}

// Subscription is a stream of events to a handler.
type Subscription struct {
	c    *Conn
	sub  *nats.Subscription
	done chan struct{} // closed when the handler gets no more events
}

// Subscribe gives h the events on a subject, which may hold wildcards, one at a time and in
// order. The context of h carries the publisher's trace. An event that cannot be read, or
// that makes h panic, is logged and dropped.
func Subscribe[T any, PT interface {
	*T
	proto.Message
}](c *Conn, subject string, h func(ctx context.Context, subject string, m PT)) (*Subscription, error) {
	noise := &rate.Sometimes{Interval: noiseInterval}
	sub, err := c.nc.Subscribe(subject, func(msg *nats.Msg) {
		m := PT(new(T))
		if err := decode(msg.Data, isJSON(msg.Header.Get(headerContentType), msg.Data), m); err != nil {
			noise.Do(func() { c.log.Warn("event dropped", "subject", msg.Subject, "err", err) })
			return
		}
		defer func() {
			if p := recover(); p != nil {
				c.log.Error("event handler panicked", "subject", msg.Subject, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
		}()
		h(c.traced(extract(context.Background(), msg.Header)), msg.Subject, m)
	})
	if err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", subject, err)
	}
	s := &Subscription{c: c, sub: sub, done: make(chan struct{})}
	sub.SetClosedHandler(func(string) { close(s.done) })
	return s, nil
}

// Unsubscribe stops the events at once and waits for the handler to return from the one it has.
// It must not be called from the handler.
func (s *Subscription) Unsubscribe() error {
	if err := s.sub.Unsubscribe(); err != nil && s.sub.IsValid() {
		return fmt.Errorf("unsubscribe from %s: %w", s.sub.Subject, err)
	}
	<-s.done
	return nil
}

// Drain stops the events, waits until the handler has had those that came, or until ctx ends.
// It must not be called from the handler.
func (s *Subscription) Drain(ctx context.Context) error {
	if err := s.sub.Drain(); err != nil {
		return s.Unsubscribe()
	}
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("drain %s: %w", s.sub.Subject, ctx.Err())
	}
}
