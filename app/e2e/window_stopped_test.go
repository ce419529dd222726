//go:build desktop

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
)

// settled is how long a window gets to show its page: it tells nobody when it has.
const settled = 4 * time.Second

// clipboard is what somebody could paste now.
func (h *hands) clipboard() string {
	cmd := exec.Command("xclip", "-selection", "clipboard", "-o")
	cmd.Env = h.env
	text, _ := cmd.Output() // an empty clipboard is an error
	return string(text)
}

// When the relay is stopped, the window finds what it has kept, and offers it.
func TestWindowReadsAStoppedJournal(t *testing.T) {
	b := newBox(t).start()
	for _, text := range []string{"where is my parcel?", "nobody looks for this"} {
		b.x.DM(annID, brandID, sim.Message{Text: text})
	}
	b.awaitMotion(2)
	b.kill(os.Interrupt)
	h := mustSitDown(b, "--section", "traffic")
	for end := time.Now().Add(patience); h.clipboard() != "where is my parcel?"; { // a person sees what was found, a test has to try
		if time.Now().After(end) {
			t.Fatalf("the clipboard has %q", h.clipboard())
		}
		h.press("Escape", "ctrl+f", "ctrl+a")
		h.write("parcel")
		time.Sleep(time.Second)
		h.press("Down", "space")
		time.Sleep(time.Second)
		h.look("stopped")
		h.press("Tab", "Tab", "space") // past the conversation: copy
		time.Sleep(time.Second)
	}
}

// What was typed into the settings and not saved is asked about before the window goes.
func TestWindowAsksBeforeItDropsSettings(t *testing.T) {
	b := newBox(t).start()
	file := filepath.Join(b.home, "perch.toml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h := mustSitDown(b, "--section", "settings")
	time.Sleep(settled)
	for range 11 { // past the sections, the state and what is set for this computer
		h.press("Tab")
	}
	h.write("x")
	h.press("alt+F4")
	time.Sleep(2 * time.Second)
	h.look("asked")
	if !h.isOpen() {
		t.Fatal("the window has closed without a question")
	}
	h.press("Escape", "alt+F4")
	time.Sleep(time.Second)
	h.look("asked-again")
	if !h.isOpen() {
		t.Fatal("the window has closed although somebody changed his mind")
	}
	h.press("Tab", "Return") // what is chosen first drops nothing
	b.until("the end of the window", func() bool { return !h.isOpen() })
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("perch.toml is another: %s, %v", after, err)
	}
}

// An export holds all of the log, not only what is loaded.
func TestWindowExportsAllOfTheLog(t *testing.T) {
	const lines = 20_035
	b := newBox(t).start()
	b.kill(os.Interrupt)
	var log strings.Builder
	for n := range lines {
		fmt.Fprintf(&log, `{"time":"2026-11-28T10:00:00Z","level":"INFO","msg":"line of a test","n":%d}`+"\n", n)
	}
	b.write(filepath.Join(b.home, "perch.log"), log.String())
	h := mustSitDown(b, "--section", "logs")
	time.Sleep(settled)
	h.press("ctrl+f", "Tab", "Tab") // past what copies
	target := filepath.Join(b.home, "all.log")
	h.press("space")
	time.Sleep(time.Second)
	h.press("ctrl+a")
	h.write(target)
	h.look("export")
	h.press("Return")
	b.until("the file", func() bool { data, _ := os.ReadFile(target); return bytes.Count(data, []byte("\n")) == lines })
}
