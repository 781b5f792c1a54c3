package job

import (
	"github.com/nats-io/nats.go"

	"github.com/longmemory/hurst/pkg/rpc"
)

// bellSubject is followed by the queue's name.
const bellSubject = "hurst.bell."

// Bell wakes the idle servers of a queue. A ring may get lost: servers look for themselves once
// a second. Implementations are safe for concurrent use.
type Bell interface {
	// Ring tells the servers of a queue that there is something in it. It does not wait.
	Ring(queue string)
	// Listen returns a channel that holds at most one ring, and what ends the listening.
	Listen(queue string) (<-chan struct{}, func())
}

type natsBell struct{ c *rpc.Conn }

// NewBell returns a bell on core NATS.
func NewBell(c *rpc.Conn) Bell { return natsBell{c} }

func (b natsBell) Ring(queue string) {
	// An error means that the connection is closed or its buffer full: then the servers look for themselves.
	_ = b.c.Raw().Publish(bellSubject+queue, nil)
}

func (b natsBell) Listen(queue string) (<-chan struct{}, func()) {
	ring := make(chan struct{}, 1)
	sub, err := b.c.Raw().Subscribe(bellSubject+queue, func(*nats.Msg) {
		select {
		case ring <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return ring, func() {}
	}
	return ring, func() { _ = sub.Unsubscribe() } // fails only when the connection is closed
}

// silentBell is what a nil Bell means.
type silentBell struct{}

func (silentBell) Ring(string) {}

func (silentBell) Listen(string) (<-chan struct{}, func()) { return nil, func() {} }

func orSilent(b Bell) Bell {
	if b == nil {
		return silentBell{}
	}
	return b
}
