package command_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"
)

func TestUpdateLooksAndInstallsNothing(t *testing.T) {
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	feed := []byte(`{"format":1,"version":"99.0.0","published":"2026-11-30T12:00:00Z","page":"https://perch.example/99","notes":"All is new."}`)
	releases := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".minisig") {
			_, _ = w.Write(minisign.Sign(private, feed))
			return
		}
		_, _ = w.Write(feed)
	}))
	t.Cleanup(releases.Close)
	perch := home(t, "https://x.example")
	if _, complaint, code := perch(nil, "update"); code != 2 || !strings.Contains(complaint, "perch update --check") {
		t.Errorf("without --check: %d %s", code, complaint)
	}
	if _, complaint, code := perch(nil, "update", "--check"); code != 1 || !strings.Contains(complaint, "[update]") {
		t.Errorf("without a feed: %d %s", code, complaint)
	}
	path := filepath.Join(filepath.Dir(os.Getenv("PERCH_VAULT_PASSPHRASE_FILE")), "home", "perch.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := strings.Replace(string(text), "[update]", "[update]\n#", 1)
	set = strings.Replace(strings.Replace(set, `feed = ""`, `feed = "`+releases.URL+`"`, 1), `key = ""`, `key = "`+public.String()+`"`, 1)
	if err := os.WriteFile(path, []byte(set), 0o600); err != nil {
		t.Fatal(err)
	}
	out, complaint, code := perch(nil, "update", "--check")
	for _, want := range []string{"Perch 99.0.0 is available; this is dev.", "All is new.", "2026-11-30", "https://perch.example/99"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%q is not in %d %s%s", want, code, out, complaint)
		}
	}
	out, complaint, code = perch(nil, "update", "--check", "--json")
	var found struct {
		Latest    string
		Newer     bool
		CheckedAt string `json:"checked_at"`
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != 0 || found.Latest != "99.0.0" || !found.Newer || found.CheckedAt == "" {
		t.Errorf("%d %s%s: %v", code, out, complaint, err)
	}
}
