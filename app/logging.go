package app

import (
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

// logbook is the log of one relay. What it is told to hide it hides for good; it is safe for concurrent use.
type logbook struct {
	*slog.Logger
	file  io.Closer
	level slog.LevelVar

	mu      sync.Mutex
	secrets []string
	values  atomic.Pointer[strings.Replacer]
}

// newLogbook writes to the file, rotated, and to also (which may be nil).
func newLogbook(file, level string, also io.Writer) *logbook {
	rotated := &lumberjack.Logger{Filename: file, MaxSize: logSizeMB, MaxBackups: logBackups}
	var out io.Writer = rotated
	if also != nil {
		out = io.MultiWriter(rotated, also)
	}
	b := &logbook{file: rotated}
	b.values.Store(strings.NewReplacer())
	b.setLevel(level)
	b.Logger = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: &b.level, ReplaceAttr: b.redact}))
	return b
}

// setLevel changes the least level that is written from now on; a word that is none means info.
func (b *logbook) setLevel(level string) {
	var least slog.Level
	if least.UnmarshalText([]byte(level)) != nil {
		least = slog.LevelInfo
	}
	b.level.Set(least)
}

// hide keeps values out of the log from now on, besides those before: they may be in use by calls under way.
func (b *logbook) hide(secrets []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range secrets {
		if len(s) >= leastSecret && !slices.Contains(b.secrets, s) {
			b.secrets = append(b.secrets, s)
		}
	}
	// At one place of a line the first one that fits is taken: the longest has to be it.
	slices.SortFunc(b.secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range b.secrets {
		pairs = append(pairs, s, hidden)
	}
	b.values.Store(strings.NewReplacer(pairs...))
}

// redact replaces secrets in attributes, by name and by value, and shows what would steer a terminal or a reader. The
// message is an attribute too.
func (b *logbook) redact(_ []string, a slog.Attr) slog.Attr {
	if slices.Contains(hiddenKeys, strings.ToLower(a.Key)) {
		return slog.String(a.Key, hidden)
	}
	switch v := a.Value.Any().(type) {
	case string:
		if clean := b.clean(v); clean != v {
			return slog.String(a.Key, clean)
		}
	case error:
		return slog.String(a.Key, b.clean(v.Error()))
	case fmt.Stringer:
		if a.Value.Kind() == slog.KindAny {
			return slog.String(a.Key, b.clean(v.String()))
		}
	default:
		if value := reflect.ValueOf(v); a.Value.Kind() == slog.KindAny && value.Kind() == reflect.String {
			return slog.String(a.Key, b.clean(value.String()))
		}
	}
	return a
}

// clean leaves line ends to the handler, which writes them as \n.
func (b *logbook) clean(text string) string { return visible.Lines(b.values.Load().Replace(text)) }
