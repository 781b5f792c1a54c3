package rpc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
	"github.com/longmemory/hurst/pkg/telemetry"
)

const (
	defaultCallTimeout = 30 * time.Second
	headerTimeout      = "Hurst-Timeout-Ms" // how long the caller still waits
)

// Call asks for an answer on a subject and waits for it until ctx ends, or 30 s when ctx has
// no deadline. Errors of the service come back with their fault code; when nobody answers, or
// NATS cannot be reached, the code is fault.Unavailable.
//
//	run, err := rpc.Call[pipelinev1.Run](ctx, c, "hurst.pipeline.get", &pipelinev1.GetRequest{Run: id})
func Call[R any, PR interface {
	*R
	proto.Message
}](ctx context.Context, c *Conn, subject string, req proto.Message) (_ PR, err error) {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	ctx, span := telemetry.Span(c.traced(ctx), "call "+subject, attribute.String("rpc.system", "nats"))
	defer func() { telemetry.End(span, err) }()

	m, err := c.request(ctx, subject, req)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	answer, err := c.nc.RequestMsgWithContext(ctx, m)
	if err != nil {
		return nil, c.explain(err, m, time.Since(start))
	}
	return readAnswer[R, PR](subject, answer)
}

// Gather asks all instances that handle a subject with [HandleEach] and returns the answers
// that come within wait, in the order they came. Answers that are errors are left out.
func Gather[R any, PR interface {
	*R
	proto.Message
}](ctx context.Context, c *Conn, subject string, req proto.Message, wait time.Duration) ([]PR, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	m, err := c.request(ctx, subject, req)
	if err != nil {
		return nil, err
	}
	m.Reply = c.nc.NewRespInbox()
	sub, err := c.nc.SubscribeSync(m.Reply)
	if err != nil {
		return nil, c.explain(err, m, 0)
	}
	defer sub.Unsubscribe() //nolint:errcheck // fails only when the connection is closed
	if err := c.nc.PublishMsg(m); err != nil {
		return nil, c.explain(err, m, 0)
	}
	var answers []PR
	for {
		answer, err := sub.NextMsgWithContext(ctx)
		switch {
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrNoResponders):
			return answers, nil
		case err != nil:
			return answers, c.explain(err, m, wait)
		}
		if a, err := readAnswer[R, PR](subject, answer); err == nil {
			answers = append(answers, a)
		}
	}
}

func readAnswer[R any, PR interface {
	*R
	proto.Message
}](subject string, m *nats.Msg) (PR, error) {
	if err := decodeFault(m); err != nil {
		return nil, err
	}
	resp := PR(new(R))
	if err := proto.Unmarshal(m.Data, resp); err != nil {
		return nil, fault.New(fault.Internal, "read the answer on %s: %w", subject, err)
	}
	return resp, nil
}

// request builds the message of a request.
func (c *Conn) request(ctx context.Context, subject string, req proto.Message) (*nats.Msg, error) {
	data, err := proto.Marshal(req)
	if err != nil {
		return nil, fault.New(fault.Invalid, "encode the request to %s: %w", subject, err)
	}
	m := nats.NewMsg(subject)
	m.Data = data
	inject(ctx, m.Header)
	if end, ok := ctx.Deadline(); ok {
		m.Header.Set(headerTimeout, strconv.FormatInt(max(time.Until(end).Milliseconds(), 1), 10))
	}
	return m, nil
}

// explain tells people why a message did not get through.
func (c *Conn) explain(err error, m *nats.Msg, waited time.Duration) error {
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return fault.New(fault.Unavailable, "nobody answers on %s: is the %s service running?", m.Subject, conversation(m.Subject))
	case errors.Is(err, nats.ErrMaxPayload):
		return fault.New(fault.Invalid, "a message of %d bytes to %s is too large: NATS at %s carries at most %d; send a reference to stored bytes instead",
			len(m.Data), m.Subject, c.addr, c.nc.MaxPayload())
	case errors.Is(err, nats.ErrBadSubject):
		return fault.New(fault.Invalid, "%q is not a subject to send to", m.Subject)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("request to %s: %w", m.Subject, err)
	case !c.nc.IsConnected():
		return fault.New(fault.Unavailable, "no connection to NATS at %s for a message to %s: %w", c.addr, m.Subject, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "no answer on %s within %s: %w", m.Subject, waited.Round(time.Millisecond), err)
	}
	return fault.New(fault.Unavailable, "send to %s over NATS at %s: %w", m.Subject, c.addr, err)
}

// conversation is the word of a subject that people know it by: pipeline for hurst.pipeline.submit.
func conversation(subject string) string {
	tokens := strings.Split(strings.TrimPrefix(subject, "hurst."), ".")
	return tokens[0]
}

func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, defaultCallTimeout)
}
