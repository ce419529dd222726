// Package logging writes the log of a relay.
//
// It guarantees that no secret that it was told to hide is ever written, neither by its value nor under a telling name,
// that nothing in a line steers a terminal or a reader, and that the log on disk is bounded.
package logging

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gopkg.in/natefinch/lumberjack.v2"

	"perch/bridge/visible"
)

const (
	// logSizeMB and logBackups bound the log on disk: the old plugin kept 7 files of 5 MB.
	logSizeMB  = 10
	logBackups = 7
	// leastSecret is the length in bytes from which a secret's value is searched for in log lines; shorter ones would
	// hide innocent words.
	leastSecret = 6
)

// hiddenKeys are names of attributes whose values are never written.
var hiddenKeys = []string{"authorization", "password", "secret", "token", "signature", "crc_token", "apikey", "api_key"}

const hidden = "[hidden]"

// Log is the log of one relay. What it is told to hide it hides for good; it is safe for concurrent use.
type Log struct {
	*slog.Logger
	file  io.Closer
	level slog.LevelVar

	mu      sync.Mutex
	secrets []string
	values  atomic.Pointer[strings.Replacer]
}

// New returns a log that writes to the file, rotated, and to also (which may be nil).
func New(file, level string, also io.Writer) *Log {
	rotated := &lumberjack.Logger{Filename: file, MaxSize: logSizeMB, MaxBackups: logBackups}
	var out io.Writer = rotated
	if also != nil {
		out = &both{file: rotated, also: also, name: file}
	}
	l := &Log{file: rotated}
	l.values.Store(strings.NewReplacer())
	l.SetLevel(level)
	l.Logger = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: &l.level, ReplaceAttr: l.redact}))
	return l
}

// both writes to the file and to the other place, whatever becomes of either: a full disk is no reason to say nothing at all.
type both struct {
	file, also io.Writer
	name       string
	complained bool
}

// Write implements io.Writer. The handler makes one call at a time.
func (b *both) Write(line []byte) (int, error) {
	_, err := b.file.Write(line)
	if err != nil && !b.complained {
		_, _ = fmt.Fprintf(b.also, "perch: the log %s cannot be written: %v; what it would say is said here\n", b.name, err)
	}
	b.complained = err != nil
	_, alsoErr := b.also.Write(line)
	return len(line), errors.Join(err, alsoErr)
}

// SetLevel changes the least level that is written from now on; a word that is none means info.
func (l *Log) SetLevel(level string) {
	var least slog.Level
	if least.UnmarshalText([]byte(level)) != nil {
		least = slog.LevelInfo
	}
	l.level.Set(least)
}

// Hide keeps values out of the log from now on, besides those before: they may be in use by calls under way.
func (l *Log) Hide(secrets []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range secrets {
		if len(s) >= leastSecret && !slices.Contains(l.secrets, s) {
			l.secrets = append(l.secrets, s)
		}
	}
	// At one place of a line the first one that fits is taken: the longest has to be it.
	slices.SortFunc(l.secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range l.secrets {
		pairs = append(pairs, s, hidden)
	}
	l.values.Store(strings.NewReplacer(pairs...))
}

// redact replaces secrets in attributes, by name and by value, and shows what would steer a terminal or a reader. The
// message is an attribute too.
func (l *Log) redact(_ []string, a slog.Attr) slog.Attr {
	if slices.Contains(hiddenKeys, strings.ToLower(a.Key)) {
		return slog.String(a.Key, hidden)
	}
	switch v := a.Value.Any().(type) {
	case string:
		if clean := l.clean(v); clean != v {
			return slog.String(a.Key, clean)
		}
	case error:
		return slog.String(a.Key, l.clean(v.Error()))
	case fmt.Stringer:
		if a.Value.Kind() == slog.KindAny {
			return slog.String(a.Key, l.clean(v.String()))
		}
	default:
		if value := reflect.ValueOf(v); a.Value.Kind() == slog.KindAny && value.Kind() == reflect.String {
			return slog.String(a.Key, l.clean(value.String()))
		}
	}
	return a
}

// clean leaves line ends to the handler, which writes them as \n.
func (l *Log) clean(text string) string { return visible.Lines(l.values.Load().Replace(text)) }

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }
