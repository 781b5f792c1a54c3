package job

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// asynqLog takes what asynq logs: all at debug level except errors, and of the errors that say
// only that Redis is away one line in ten seconds.
type asynqLog struct {
	log  *slog.Logger
	away rate.Sometimes
}

func newAsynqLog(log *slog.Logger) *asynqLog {
	return &asynqLog{log: log, away: rate.Sometimes{Interval: 10 * time.Second}}
}

func (l *asynqLog) say(level slog.Level, args []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, "asynq: "+strings.TrimSpace(fmt.Sprint(args...)))
	}
}

func (l *asynqLog) Debug(args ...any) { l.say(slog.LevelDebug, args) }
func (l *asynqLog) Info(args ...any)  { l.say(slog.LevelDebug, args) }
func (l *asynqLog) Warn(args ...any)  { l.say(slog.LevelDebug, args) }

func (l *asynqLog) Error(args ...any) {
	if isAway(fmt.Sprint(args...)) {
		l.away.Do(func() { l.say(slog.LevelWarn, args) })
		return
	}
	l.say(slog.LevelError, args)
}

// Fatal logs only: whether the process ends is not for a library to say.
func (l *asynqLog) Fatal(args ...any) { l.say(slog.LevelError, args) }

// isAway recognises an error of the network. asynq logs texts, not errors.
func isAway(text string) bool {
	for _, s := range []string{"connection refused", "connection reset", "broken pipe", "i/o timeout", "EOF", "dial tcp",
		"connection pool", "deadline exceeded", "LOADING", errAbandoned.Error()} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
