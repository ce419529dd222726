package control_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/app/logtail"
	"perch/bridge"
)

// door is a WebBackend that remembers what it was asked.
type door struct{ ended string }

func (*door) WebCode(context.Context, control.WebCodeRequest) (control.WebCode, error) {
	return control.WebCode{Address: "http://127.0.0.1:3004/#secret", Listen: "127.0.0.1:3004", PageVersion: "1.2.3"}, nil
}

func (*door) WebSessions(context.Context) ([]control.WebSession, error) {
	return []control.WebSession{{ID: "ab12", From: "127.0.0.1"}}, nil
}

func (d *door) EndWebSession(_ context.Context, id string) (int, error) {
	if d.ended = id; id == "none" {
		return 0, &bridge.Error{Kind: bridge.Operator, Message: "there is no such session", Remedy: "look"}
	}
	return 2, nil
}

func TestOnlyTheSocketDecidesWhoUsesThePage(t *testing.T) {
	d := &door{}
	var page http.Handler
	client := mustServe(t, nil, func(s *control.Server) { s.HandleWeb(d); page = s.Handler() })
	code, err := client.WebCode(t.Context(), control.WebCodeRequest{})
	if err != nil || code.Address != "http://127.0.0.1:3004/#secret" || code.PageVersion != "1.2.3" {
		t.Errorf("%+v, %v", code, err)
	}
	if list, err := client.WebSessions(t.Context()); err != nil || len(list) != 1 || list[0].ID != "ab12" {
		t.Errorf("%+v, %v", list, err)
	}
	if n, err := client.EndWebSession(t.Context(), "a/b"); err != nil || n != 2 || d.ended != "a/b" {
		t.Errorf("%d, %v: %q", n, err, d.ended)
	}
	if _, err := client.EndWebSession(t.Context(), "none"); err == nil || !strings.Contains(err.Error(), "no such session") {
		t.Error(err)
	}
	for _, call := range []string{"POST /v1/web/codes", "GET /v1/web/sessions", "DELETE /v1/web/sessions/all"} {
		method, path, _ := strings.Cut(call, " ")
		answer := httptest.NewRecorder()
		page.ServeHTTP(answer, httptest.NewRequest(method, path, nil))
		if answer.Code != http.StatusNotFound {
			t.Errorf("by the page: %s: %d %s", call, answer.Code, answer.Body)
		}
	}
}

type logOf string

func (l logOf) OpenLog(q logtail.Query, at logtail.Position) *logtail.Reader {
	return logtail.Resume(string(l), q, at)
}

func TestTheLogIsReadThroughTheRelay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.log")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	texts := func(lines []logtail.Line) (list []string) {
		for _, line := range lines {
			list = append(list, line.Message)
		}
		return list
	}
	first := "time=2026-01-02T03:04:05.001Z level=INFO msg=one\ntime=2026-01-02T03:04:05.002Z level=WARN msg=two\n"
	write(first)
	client := mustServe(t, nil, func(s *control.Server) { s.HandleLog(logOf(path)) })
	all := client.OpenLog(logtail.Query{})
	lines, err := all.Older(1)
	if diff := cmp.Diff([]string{"two"}, texts(lines)); err != nil || diff != "" || all.AtStart() {
		t.Error(diff, err, all.AtStart())
	}
	lines, err = all.Older(10)
	if diff := cmp.Diff([]string{"one"}, texts(lines)); err != nil || diff != "" || !all.AtStart() {
		t.Error(diff, err, all.AtStart())
	}
	write(first + "time=2026-01-02T03:04:05.003Z level=INFO msg=three\nhalf a li")
	lines, again, err := all.Newer(10)
	if diff := cmp.Diff([]string{"three"}, texts(lines)); err != nil || diff != "" || again {
		t.Error(diff, err, again)
	}
	if lines, again, err = all.Newer(10); err != nil || len(lines) != 0 || again {
		t.Errorf("nothing new: %v, %v, %v", lines, again, err)
	}
	long := strings.Repeat("time=2026-01-02T04:00:00.000Z level=INFO msg=\"after the rotation\"\n", 8)
	write(long)
	lines, again, err = all.Newer(3)
	if err != nil || !again || len(lines) != 3 || lines[0].Message != "after the rotation" {
		t.Errorf("rotated: %q, %v, %v", texts(lines), again, err)
	}
	some := client.OpenLog(logtail.Query{Level: "warn"})
	write(first)
	if lines, err = some.Older(10); err != nil || len(lines) != 1 || lines[0].Message != "two" {
		t.Errorf("by level: %q, %v", texts(lines), err)
	}
	pattern := client.OpenLog(logtail.Query{Pattern: regexp.MustCompile("(?i)ON.$")})
	if lines, err = pattern.Older(10); err != nil || len(lines) != 1 || lines[0].Message != "one" {
		t.Errorf("by pattern: %q, %v", texts(lines), err)
	}
	if _, err := client.OpenLog(logtail.Query{Text: strings.Repeat("x", 2000)}).Older(10); err == nil {
		t.Error("a search that is too long is taken")
	}
	if _, err := client.OpenLog(logtail.Query{}).Older(1_000_000); err == nil {
		t.Error("a million lines are taken")
	}
}

func TestAPageIsAnotherWayToTheSameRelay(t *testing.T) {
	var page http.Handler
	mustServe(t, nil, func(s *control.Server) { s.HandleLog(logOf(filepath.Join(t.TempDir(), "none"))); page = s.Handler() })
	server := httptest.NewServer(http.StripPrefix(control.WebPrefix, page))
	defer server.Close()
	client := control.NewWebClient(server.URL+"/", server.Client())
	if lines, err := client.OpenLog(logtail.Query{}).Older(1); err != nil || len(lines) != 0 {
		t.Errorf("%v, %v", lines, err)
	}
	server.Close()
	if _, err := client.Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Error(err)
	}
}

func TestARestartIsOverWhenAnotherRelayAnswers(t *testing.T) {
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	answers := []string{ // of the status, one after another
		`{"state":"running","started":"` + started.Format(time.RFC3339) + `"}`, `{"state":"running","started":"` + started.Format(time.RFC3339) + `"}`, "",
		`{"state":"running","started":"` + started.Add(time.Minute).Format(time.RFC3339) + `"}`,
	}
	asked := 0
	refusal := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/api/v1/restart" && refusal != "":
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(refusal))
		case r.URL.Path == "/api/v1/restart", answers[min(asked, 3)] == "":
			asked++
			connection, _, _ := w.(http.Hijacker).Hijack()
			_ = connection.Close() // it ends
		default:
			asked++
			_, _ = w.Write([]byte(answers[min(asked, 4)-1]))
		}
	}))
	defer server.Close()
	client := control.NewWebClient(server.URL, server.Client())
	if err := client.Restart(t.Context()); err != nil || asked < 4 {
		t.Errorf("%v after %d questions", err, asked)
	}
	asked, refusal = 0, `{"what":"restart","message":"it cannot","remedy":"do it by hand"}`
	if err := client.Restart(t.Context()); err == nil || !strings.Contains(err.Error(), "it cannot") {
		t.Errorf("refused: %v", err)
	}
}

// saver notes what backups were asked for.
type saver []control.BackupRequest

func (b *saver) Backup(_ context.Context, r control.BackupRequest) (control.BackupMade, error) {
	*b = append(*b, r)
	return control.BackupMade{Path: "made"}, nil
}

// A file of its choice, or the secrets under a passphrase of its choice, would be more than the window can do.
func TestABrowserDoesNotSayWhereABackupGoes(t *testing.T) {
	var page http.Handler
	var made saver
	owner := mustServe(t, nil, func(s *control.Server) { s.HandleBackups(&made); page = s.Handler() })
	server := httptest.NewServer(http.StripPrefix(control.WebPrefix, page))
	defer server.Close()
	browser := control.NewWebClient(server.URL, server.Client())
	for _, r := range []control.BackupRequest{{Path: "/tmp/elsewhere"}, {Passphrase: "of my own choice"}} {
		if _, err := browser.Backup(t.Context(), r); err == nil || !strings.Contains(err.Error(), "browser") {
			t.Errorf("%+v: %v", r, err)
		}
		if _, err := owner.Backup(t.Context(), r); err != nil {
			t.Errorf("the owner: %v", err)
		}
	}
	if _, err := browser.Backup(t.Context(), control.BackupRequest{}); err != nil || len(made) != 3 {
		t.Errorf("%v, %d made", err, len(made))
	}
}
