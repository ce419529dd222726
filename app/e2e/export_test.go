package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
)

// An export says what perch traffic says, of a relay that runs and of one that is stopped, with and without filters.
func TestExportIsWhatTrafficSays(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	for i := range 12 {
		b.x.DM(annID, brandID, sim.Message{Text: fmt.Sprintf("=SUM(\"a\") %d\n-1; \"so\"", i)})
	}
	b.awaitMotion(12)
	b.awaitNoted(12)
	b.reply(b.inMotion()[0].Interaction, motionsim.Reply{Text: "it left today"})
	b.x.Fault(fault.CannotDM())
	b.reply(b.inMotion()[0].Interaction, motionsim.Reply{Text: "it left this morning"})
	b.until("the dead reply", func() bool { return len(b.traffic("--state", "dead")) == 1 })
	b.export()
	b.kill(syscall.SIGTERM)
	before := b.filesOf()
	b.export()
	if b.filesOf() != before {
		t.Error("an export has changed a file of the home")
	}
}

// export exports all messages in each form and compares.
func (b *box) export() {
	b.t.Helper()
	folder := b.t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for _, filters := range [][]string{nil, {"--state", "failed"}, {"--direction", "in"}, {"--search", "LEFT"}, {"--kind", "dm", "--channel", "support"}, {"--channel", "none"}} {
		want := b.must(append([]string{"traffic", "--json", "--limit", "1000"}, filters...)...)
		if got := b.must(append([]string{"export", "-", "--format", "jsonl"}, filters...)...); got != want {
			b.t.Errorf("export %v is\n%s, want\n%s", filters, got, want)
		}
	}
	var said struct {
		Messages int
		Bytes    int64
	}
	if err := json.Unmarshal([]byte(b.must("export", at("m.csv"), "--json", "--separator", ";")), &said); err != nil || said.Messages != 14 {
		b.t.Errorf("%+v, %v", said, err)
	}
	text, err := os.ReadFile(at("m.csv"))
	if err != nil || int64(len(text)) != said.Bytes {
		b.t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\uFEFF")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 15 || rows[1][11] != "'=SUM(\"a\") 0\n'-1; \"so\"" {
		b.t.Errorf("%d rows, %v: %q", len(rows), err, rows[1])
	}
	if out := b.must("export", at("m.har")); !strings.HasPrefix(out, "14 messages are in ") {
		b.t.Error(out)
	}
	b.checkArchive(at("m.har"))
	if _, stderr, code := b.perch("export", at("m.csv")); code != 1 || !strings.Contains(stderr, "is there already; name another file; --force replaces it") {
		b.t.Errorf("over a file: %d %s", code, stderr)
	}
	b.must("export", at("m.csv"), "--force")
	for _, wrong := range [][]string{{"export"}, {"export", at("m.txt")}, {"export", at("m"), "--format", "xls"}, {"export", at("m.csv"), "--state", "lost"}, {"export", at("n.csv"), "--separator", "x"}} {
		if _, stderr, code := b.perch(wrong...); code != 2 || stderr == "" {
			b.t.Errorf("perch %v ends with %d: %s", wrong, code, stderr)
		}
	}
	if _, stderr, code := b.perch("export", filepath.Join(folder, "none", "m.csv")); code != 1 || !strings.Contains(stderr, "check that its folder is there") {
		b.t.Errorf("into no folder: %d %s", code, stderr)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		b.t.Errorf("%v, %v", left, err)
	}
}

// checkArchive looks for the calls of both sides, and for secrets.
func (b *box) checkArchive(path string) {
	b.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	var file struct {
		Log struct {
			Version string
			Entries []struct {
				Request struct {
					Method, URL string
					PostData    struct{ Text string }
				}
				Response struct{ Status int }
				Perch    struct{ From, To string } `json:"_perch"`
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil || file.Log.Version != "1.2" {
		b.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, e := range file.Log.Entries {
		seen[fmt.Sprintf("%s>%s %d", e.Perch.From, e.Perch.To, e.Response.Status)]++
		if e.Perch.To == "motion" && e.Request.URL != b.motion.ReceiveURL() || e.Perch.To == "x" && !strings.HasPrefix(e.Request.URL, b.x.URL()) {
			b.t.Errorf("%+v", e)
		}
	}
	if seen["x>perch 0"] != 12 || seen["perch>motion 200"] != 12 || seen["motion>perch 0"] != 2 || seen["perch>x 200"] != 1 || seen["perch>x 403"] != 1 {
		b.t.Errorf("%v", seen)
	}
	b.holdsNoSecret(string(data))
}

// holdsNoSecret looks for the secrets of the box.
func (b *box) holdsNoSecret(text string) {
	b.t.Helper()
	for _, secret := range []string{b.brand.ConsumerKey, b.brand.ConsumerSecret, b.brand.AccessToken, b.brand.AccessTokenSecret, motionPassword, strings.TrimSpace(boxPhrase), filepath.Base(b.urls[0].ReplyURL)} {
		if strings.Contains(text, secret) {
			b.t.Errorf("a secret is in it: %s", secret)
		}
	}
}
