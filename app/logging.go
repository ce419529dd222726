package app

import (
	"io"
	"log/slog"
	"slices"
	"strings"

	"gopkg.in/natefinch/lumberjack.v2"
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

// newLogger writes to the file, rotated, and to also (which may be nil). The values in secrets are never written.
func newLogger(file, level string, secrets []string, also io.Writer) (*slog.Logger, io.Closer) {
	rotated := &lumberjack.Logger{Filename: file, MaxSize: logSizeMB, MaxBackups: logBackups}
	var out io.Writer = rotated
	if also != nil {
		out = io.MultiWriter(rotated, also)
	}
	var least slog.Level
	if least.UnmarshalText([]byte(level)) != nil {
		least = slog.LevelInfo
	}
	handler := slog.NewTextHandler(out, &slog.HandlerOptions{Level: least, ReplaceAttr: redact(secrets)})
	return slog.New(handler), rotated
}

// redact replaces secrets in attributes, by name and by value.
func redact(secrets []string) func([]string, slog.Attr) slog.Attr {
	var pairs []string
	for _, s := range secrets {
		if len(s) >= leastSecret {
			pairs = append(pairs, s, hidden)
		}
	}
	values := strings.NewReplacer(pairs...)
	return func(_ []string, a slog.Attr) slog.Attr {
		if slices.Contains(hiddenKeys, strings.ToLower(a.Key)) {
			return slog.String(a.Key, hidden)
		}
		switch v := a.Value.Any().(type) {
		case string:
			if clean := values.Replace(v); clean != v {
				return slog.String(a.Key, clean)
			}
		case error:
			return slog.String(a.Key, values.Replace(v.Error()))
		}
		return a
	}
}
