package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// evil is a text that sets a terminal's title, clears it, and turns what follows round; what is in between is harmless.
const evil = "hi\x1b]0;owned\x07 \x1b[2J\u009b31m\u202Egpj.exe\u2066\u2028\x7f\r👨\u200d👩\u200d👧"

// mustBeReadable fails the test where a text would steer a terminal or a reader; line ends may be in it.
func mustBeReadable(t *testing.T, what, text string) {
	t.Helper()
	for at, r := range text {
		if r == '\n' {
			continue
		}
		if unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) {
			t.Errorf("%s holds %U: %q", what, r, text[max(0, at-40):min(len(text), at+40)])
			return
		}
	}
}

// TestForeignTextIsMadeVisible sends a customer's name and text, an agent's text and file name, and the error texts of
// both sides, all of which try to steer whoever reads them.
func TestForeignTextIsMadeVisible(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mayFault, b.extra = true, "log_level = \"debug\"" }).start()
	const malloryID = "3001969399"
	b.x.AddPerson(sim.Person{ID: malloryID, Handle: "mallory", Name: "Mallory" + evil})
	text := "line one\nline two\t" + evil
	b.x.DM(malloryID, brandID, sim.Message{Text: text})
	m := b.awaitMotion(1)[0]
	if m.Body != text {
		t.Errorf("Motion was sent %q, not what the customer wrote", m.Body)
	}
	mustBeReadable(t, "the contact's name in Motion", m.FirstName)
	if !strings.HasPrefix(m.FirstName, "Malloryhi␛]0;owned␇") || !strings.HasSuffix(m.FirstName, "👨\u200d👩\u200d👧 (@mallory)") {
		t.Errorf("the contact is called %q", m.FirstName)
	}

	// An agent's text goes out as it is; one that X refuses later comes back in a note.
	if r := b.reply(m.Interaction, motionsim.Reply{Text: "ok" + evil}); r.Status != 200 {
		t.Errorf("reply: %+v", r)
	}
	if sent := b.x.SentDMs(); len(sent) != 1 || sent[0].Text != "ok"+evil {
		t.Errorf("X was sent %+v", sent)
	}
	pdf := media.File{Name: "terms\u202Egpj\u009b31m.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7 terms")} // a header cannot carry more
	if r := b.reply(m.Interaction, motionsim.Reply{File: &pdf}); r.Status != 422 || !strings.Contains(r.Body, "terms") {
		t.Errorf("a file that X does not take: %+v", r)
	} else {
		mustBeReadable(t, "the answer to Motion", r.Body)
	}
	b.must("pause")
	if r := b.reply(m.Interaction, motionsim.Reply{Text: "refused" + evil}); r.Status != 200 {
		t.Errorf("reply while paused: %+v", r)
	}
	b.x.Fault(fault.Fault{Endpoint: "dm.send", Status: 403, Title: "Forbidden", Detail: "No" + evil})
	b.must("resume")
	note := b.awaitMotion(2)[1]
	mustBeReadable(t, "a note to the agent", note.Body)
	if !strings.Contains(note.Body, `Your message "refusedhi␛]0;owned␇`) || !strings.Contains(note.Body, "No"+"hi␛]0;owned␇") {
		t.Errorf("the agent is told %q", note.Body)
	}

	for _, args := range [][]string{
		{"traffic"},
		{"traffic", "--direction", "in"},
		{"show", "1"},
		{"show", "2"},
		{"show", "3"},
		{"show", "4"},
		{"show", "5"},
		{"status"},
		{"limits"},
		{"logs"},
		{"urls"},
		{"doctor"},
		{"retry", "9" + evil},
		{"traffic", "--state", evil},
		{"show", "9999"},
	} {
		stdout, stderr, _ := b.perch(args...)
		mustBeReadable(t, fmt.Sprintf("stdout of perch %.20q", args), stdout)
		mustBeReadable(t, fmt.Sprintf("stderr of perch %.20q", args), stderr)
	}
	if out := b.must("traffic"); !strings.Contains(out, "line one line two hi␛]0;owned␇ ␛[2J<U+009B>31m<U+202E>gpj.exe<U+2066>") {
		t.Errorf("perch traffic prints\n%s", out)
	}
	out := b.must("show", "1")
	if !strings.Contains(out, "\n  Text          line one\n                line two hi␛]0;owned␇") || !strings.Contains(out, "👨\u200d👩\u200d👧") {
		t.Errorf("perch show prints\n%s", out)
	}
	log, err := os.ReadFile(filepath.Join(b.home, "perch.log"))
	if err != nil {
		t.Fatal(err)
	}
	mustBeReadable(t, "perch.log", string(log))
	// What a log of another version, or of another program, holds is shown no less.
	f, err := os.OpenFile(filepath.Join(b.home, "perch.log"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString("level=INFO msg=old" + strings.ReplaceAll(evil, "\r", "") + "\n")
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	logs := b.must("logs", "--limit", "1")
	mustBeReadable(t, "perch logs", logs)
	if !strings.Contains(logs, "msg=oldhi␛]0;owned␇") {
		t.Errorf("perch logs prints %q", logs)
	}

	// JSON stays exact.
	for _, one := range b.traffic() {
		if one.ID == 1 && one.Text != text {
			t.Errorf("traffic --json has %q", one.Text)
		}
		if len(one.Media) > 0 && one.Media[0].Name != pdf.Name {
			t.Errorf("traffic --json has a file %q", one.Media[0].Name)
		}
	}
	if d, _ := b.shown(1); d.Text != text {
		t.Errorf("show --json has %q", d.Text)
	}
}
