package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// startRedis starts a Redis in memory, in which keys expire as time passes.
func startRedis(password string) (*miniredis.Miniredis, error) {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true)
	m.RequireAuth(password)
	if err := m.StartAddr(loopback + ":0"); err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	return m, nil
}

// redisPatience is how long a real Redis may take to answer at start.
const redisPatience = 5 * time.Second

// checkRedis asks a real Redis for an answer. It speaks the protocol itself: the client library
// would print what fails.
func checkRedis(ctx context.Context, addr, password string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("address %q of Redis: want host:port", addr)
	}
	ctx, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	reply, err := ping(ctx, addr, password)
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no Redis listens on %s: start one there, or give no address to use the built-in one", addr)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer from Redis on %s within %v: correct the address, or give none to use the built-in one", addr, redisPatience)
	case err != nil:
		return fmt.Errorf("ask Redis on %s: %w", addr, err)
	case reply != "+PONG":
		return fmt.Errorf("ask Redis on %s: it answers %.60q (check the address and the password)", addr, reply)
	}
	return nil
}

// ping returns the first line that is not good, or "+PONG".
func ping(ctx context.Context, addr, password string) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", err
		}
	}
	request, answers := "*1\r\n$4\r\nPING\r\n", 1
	if password != "" {
		request = fmt.Sprintf("*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n", len(password), password) + request
		answers = 2
	}
	if _, err := conn.Write([]byte(request)); err != nil {
		return "", err
	}
	replies := bufio.NewReader(io.LimitReader(conn, 1<<10))
	for {
		line, err := replies.ReadString('\n')
		if err != nil && line == "" {
			return "", fmt.Errorf("it closed the connection: %w", err)
		}
		line = strings.TrimSpace(line)
		if answers--; answers == 0 || line != "+OK" {
			return line, nil
		}
	}
}
