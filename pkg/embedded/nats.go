package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"
)

const loopback = "127.0.0.1"

// natsReady is how long the NATS server may take to listen.
const natsReady = 10 * time.Second

// natsConfig is what one start of the NATS server needs.
type natsConfig struct {
	dir            string // of JetStream
	port           int    // 0: any free
	user, password string
	log            *slog.Logger
}

// startNATS starts the server. A JetStream directory that it cannot use is moved aside, for all it
// holds is made again from the object store.
func startNATS(cfg natsConfig) (*server.Server, error) {
	if err := checkPort(cfg.port); err != nil {
		return nil, err
	}
	s, err := tryNATS(cfg)
	if err == nil || isEmptyDir(cfg.dir) {
		return s, err
	}
	aside := cfg.dir + ".damaged-" + time.Now().UTC().Format("20060102T150405.000")
	if renameErr := os.Rename(cfg.dir, aside); renameErr != nil {
		return nil, errors.Join(err, renameErr)
	}
	s, secondErr := tryNATS(cfg)
	if secondErr != nil { // the directory was not to blame
		_ = os.RemoveAll(cfg.dir)
		_ = os.Rename(aside, cfg.dir)
		return nil, secondErr
	}
	cfg.log.Warn("the JetStream directory was damaged: it was moved aside and an empty one took its place",
		"dir", cfg.dir, "moved_to", aside, "err", err)
	return s, nil
}

func tryNATS(cfg natsConfig) (_ *server.Server, err error) {
	port := cfg.port
	if port == 0 {
		port = server.RANDOM_PORT
	}
	hashed, err := bcrypt.GenerateFromPassword([]byte(cfg.password), bcrypt.MinCost) // it is random and long
	if err != nil {
		return nil, fmt.Errorf("hash the NATS password: %w", err)
	}
	s, err := server.NewServer(&server.Options{
		ServerName:            "hurst",
		Host:                  loopback,
		Port:                  port,
		Username:              cfg.user,
		Password:              string(hashed),
		JetStream:             true,
		StoreDir:              cfg.dir,
		JetStreamMaxMemory:    256 << 20,
		NoSigs:                true,
		NoSystemAccount:       false,
		DisableShortFirstPing: true,
	})
	if err != nil {
		return nil, fmt.Errorf("start NATS: %w", err)
	}
	log := &natsLog{log: cfg.log}
	s.SetLoggerV2(log, false, false, false)
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("start NATS on %s: %v", cfg.dir, cause)
		}
		if err != nil {
			s.Shutdown()
			s.WaitForShutdown()
		}
	}()
	s.Start()
	if fatal := log.fatal(); fatal != "" {
		return nil, fmt.Errorf("start NATS: %s", fatal)
	}
	if !s.ReadyForConnections(natsReady) {
		return nil, fmt.Errorf("start NATS: it does not listen on %s after %v", loopback, natsReady)
	}
	if !s.JetStreamEnabled() {
		return nil, fmt.Errorf("start NATS: JetStream is not enabled on %s", cfg.dir)
	}
	return s, nil
}

// checkPort tells early and clearly that a port cannot be had.
func checkPort(port int) error {
	if port == 0 {
		return nil
	}
	if port < 0 || port > 65535 {
		return fmt.Errorf("NATS port %d: want 1 to 65535, or 0 for any free one", port)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	switch {
	case err == nil:
		return l.Close()
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("NATS port %d on %s is in use: stop what listens there, or choose another port (0: any free one)", port, loopback)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("NATS port %d: this user may not listen there: choose one above 1023 (0: any free one)", port)
	}
	return fmt.Errorf("NATS port %d: %w", port, err)
}

func isEmptyDir(dir string) bool {
	empty := true
	_ = filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			empty = false
			return filepath.SkipAll
		}
		return nil
	})
	return empty
}

// natsLog passes the server's warnings and errors to slog, and keeps what would end a process
// of its own.
type natsLog struct {
	log   *slog.Logger
	mu    sync.Mutex
	cause string
}

func (l *natsLog) fatal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

func (l *natsLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause == "" {
		l.cause = fmt.Sprintf(format, v...)
	}
}

func (l *natsLog) Noticef(format string, v ...any) {
	l.log.Debug("nats: " + fmt.Sprintf(format, v...))
}

func (l *natsLog) Warnf(format string, v ...any) {
	l.log.Warn("nats: " + fmt.Sprintf(format, v...))
}

func (l *natsLog) Errorf(format string, v ...any) {
	l.log.Error("nats: " + fmt.Sprintf(format, v...))
}

func (l *natsLog) Debugf(string, ...any) {}

func (l *natsLog) Tracef(string, ...any) {}
