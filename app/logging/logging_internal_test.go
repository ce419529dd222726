package logging

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// lane is a string of a type of its own, as the log gets them.
type lane string

// TestLogLinesSteerNobody writes the same line in both forms that slog has.
func TestLogLinesSteerNobody(t *testing.T) {
	const evil = "a\x1b]0;owned\x07\u009b2J\u202Egpj\u2028\x7fz\nnext"
	path := filepath.Join(t.TempDir(), "perch.log")
	l := New(path, "info", nil)
	l.Hide([]string{"hunter2!"})
	var asJSON bytes.Buffer
	for _, log := range []*slog.Logger{l.Logger, slog.New(slog.NewJSONHandler(&asJSON, &slog.HandlerOptions{ReplaceAttr: l.redact}))} {
		log.Info("message "+evil, "text", evil, "error", errors.New("hunter2! "+evil), "lane", lane(evil), "n", 7) //nolint:sloglint // the messages of servers are not static
	}
	asText, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	for form, line := range map[string]string{"text": string(asText), "JSON": asJSON.String()} {
		if strings.Count(line, "\n") != 1 || strings.Count(line, "a␛]0;owned␇<U+009B>2J<U+202E>gpj<U+2028>␡z") != 4 || strings.Contains(line, "hunter2!") || !strings.Contains(line, "7") {
			t.Errorf("as %s it is %q", form, line)
		}
		if at := strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == 0x202E || r == 0x2028 }); at >= 0 {
			t.Errorf("as %s it holds a character that steers: %q", form, line[at:])
		}
	}
}

func TestLogHidesWhatItIsTold(t *testing.T) {
	var also bytes.Buffer
	b := New(filepath.Join(t.TempDir(), "perch.log"), "warn", &also)
	defer func() { _ = b.Close() }()
	tagged := b.With("tunnel", "t")
	b.Hide([]string{"first-secret", "short"})
	b.Hide([]string{"first-secret-and-more", "second-secret"})
	tagged.Info("not at this level")
	tagged.Warn("w", "error", fmt.Errorf("first-secret-and-more, second-secret and short")) //nolint:err113 // a test
	b.SetLevel("debug")
	tagged.Debug("d", "cause", "first-secret")
	for _, hush := range []string{"first", "second", "more", "not at this level"} {
		if strings.Contains(also.String(), hush) {
			t.Errorf("%q is in the log: %s", hush, &also)
		}
	}
	if !strings.Contains(also.String(), "level=DEBUG") || !strings.Contains(also.String(), "short") {
		t.Errorf("log: %s", &also)
	}
}

// A log file that cannot be written, as with a full disk, takes the lines for the service manager along with it no more.
func TestALogThatCannotBeWrittenIsSaidElsewhere(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var also bytes.Buffer
	l := New(filepath.Join(folder, "perch.log"), "info", &also)
	defer l.Close()
	l.Info("one")
	l.Info("two")
	for _, want := range []string{"msg=one", "msg=two", "cannot be written"} {
		if n := strings.Count(also.String(), want); n != 1 {
			t.Errorf("%q is said %d times in:\n%s", want, n, &also)
		}
	}
	file := filepath.Join(t.TempDir(), "perch.log")
	l = New(file, "info", closed{})
	defer l.Close()
	l.Info("three")
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "msg=three") {
		t.Errorf("with standard error closed: %s, %v", text, err)
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, os.ErrClosed }
