package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/terminal"
)

// codes notes what it was asked for.
type codes []control.WebCodeRequest

func (c *codes) WebCode(_ context.Context, r control.WebCodeRequest) (control.WebCode, error) {
	*c = append(*c, r)
	return control.WebCode{Address: "http://127.0.0.1:3004/#of-one-user", Listen: "127.0.0.1:3004"}, nil
}

// Arguments of a process are no secret on its computer: what the browser is started with is another code than the one that is
// shown, and lets one user in.
func TestTheAddressThatABrowserIsStartedWithIsForItsUser(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it puts a program in the place of xdg-open")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte("#!/bin/sh\nexit 0\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", folder)
	t.Setenv("DISPLAY", ":1")
	for _, test := range []struct {
		ssh    string
		noOpen bool
		want   int
		shown  string
	}{
		{"", false, 1, "The browser opens."},
		{"", true, 0, "#shown"},
		{"192.0.2.1 5000 192.0.2.2 2222", false, 0, "ssh -N -o ExitOnForwardFailure=yes -L 127.0.0.1:3004:127.0.0.1:3004 -p 2222 "},
	} {
		t.Setenv("SSH_CONNECTION", test.ssh)
		var out bytes.Buffer
		var asked codes
		p := &program{Printer: terminal.Printer{Out: &out, Err: &out}}
		p.showAddress(t.Context(), &asked, control.WebCode{Address: "http://127.0.0.1:3004/#shown", Listen: "127.0.0.1:3004", ExpiresAt: time.Now()}, test.noOpen)
		if text := out.String(); !strings.Contains(text, "#shown") || !strings.Contains(text, test.shown) || strings.Contains(text, "of-one-user") {
			t.Errorf("%+v: %s", test, text)
		}
		if len(asked) != test.want || (test.want == 1 && (asked[0].OnlyUser == nil || *asked[0].OnlyUser != os.Getuid())) {
			t.Errorf("%+v: asked for %+v", test, asked)
		}
	}
}
