package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// smallDisk mounts a disk of a few megabytes and returns its folder.
func smallDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=24m,mode=0700")
	if errors.Is(err, os.ErrPermission) {
		t.Skip("a full disk needs the right to mount one (root): ", err)
	}
	if err != nil {
		t.Fatal("mount a small disk: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error("unmount: ", err)
		}
	})
	return folder
}

// fill leaves no room on the disk of a folder, and returns what makes room again.
func fill(t *testing.T, folder string) (empty func()) {
	t.Helper()
	path := filepath.Join(folder, "somebody-elses-film.mkv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal("the disk is not full: ", err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// TestAFullDiskIsSaidAndOvercome fills the disk of the journal under a running relay. While it lasts nothing is
// acknowledged and everybody is told why; with room again all goes on by itself.
func TestAFullDiskIsSaidAndOvercome(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t)
	b := newBox(t, func(b *box) { b.home, b.mayFault = disk, true }).start()
	b.x.DM(annID, brandID, sim.Message{Text: "before"})
	private := b.awaitMotion(1)[0].Interaction
	if j := b.status().Journal; j.State != "connected" || j.Detail != "" || j.Since == nil {
		t.Errorf("with room the journal is %+v", j)
	}

	empty := fill(t, disk)
	var refused []string
	for i := range 12 { // what was written before is written over at first; a large one needs room at once
		body := legacyDM(fmt.Sprint(9000+i), fmt.Sprintf("during %d %s", i, noise(64<<10)))
		if code := b.signed(body); code == 503 {
			refused = append(refused, body)
		} else if code != 200 {
			t.Errorf("X is answered %d", code)
		}
	}
	if len(refused) == 0 {
		t.Fatal("a full disk took 12 messages of 64 kB")
	}
	s := b.status()
	if s.State != control.StateDegraded || s.Journal.State != "degraded" || !strings.Contains(s.Journal.Detail, "is full") || s.Journal.Since == nil {
		t.Errorf("a full disk is told as %s, %+v", s.State, s.Journal)
	}
	if len(s.Channels) != 1 || s.Channels[0].Inbound.Delivered < 1 {
		t.Errorf("the counts are lost: %+v", s.Channels)
	}
	words, _, code := b.perch("status")
	if first, _, _ := strings.Cut(words, "\n"); code != 0 || !strings.Contains(first, "the disk that holds the journal is full") || !strings.Contains(strings.ToLower(first), "make room") {
		t.Errorf("perch status (%d) begins with %q", code, first)
	}
	if out, _, code := b.perch("doctor"); code != 1 || !strings.Contains(out, "is full") {
		t.Errorf("perch doctor (%d): %s", code, out)
	}
	// The agent's large reply has no room either; a small one may still have some.
	if r := b.reply(private, motionsim.Reply{Text: noise(9000)}); r.Status == 200 {
		t.Logf("a reply had room: %+v", r)
	} else if r.Status != 503 || !strings.Contains(r.Body, "full") {
		t.Errorf("a reply is answered %d %s", r.Status, r.Body)
	}
	time.Sleep(4 * time.Second)
	if s := b.status(); s.Journal.State != "degraded" {
		t.Errorf("it is %+v although the disk is full still", s.Journal)
	}

	empty()
	b.until("status to say that all is well", func() bool { s := b.status(); return s.Journal.State == "connected" && s.State == control.StateRunning })
	for _, body := range refused { // X sends again what was not acknowledged
		if code := b.signed(body); code != 200 {
			t.Errorf("with room again X is answered %d", code)
		}
	}
	b.awaitMotion(13)
	time.Sleep(time.Second) // a second time would show up now
	seen := map[string]int{}
	for _, body := range b.bodies() {
		seen[strings.Join(strings.Fields(body)[:min(2, len(strings.Fields(body)))], " ")]++
	}
	for i := range 12 {
		if n := seen[fmt.Sprint("during ", i)]; n != 1 {
			t.Errorf("message %d is in Motion %d times", i, n)
		}
	}
	if r := b.reply(private, motionsim.Reply{Text: "after"}); r.Status != 200 {
		t.Errorf("a reply after it is answered %+v", r)
	}
	var texts []string
	for _, dm := range b.x.SentDMs() {
		texts = append(texts, dm.Text)
	}
	if !slices.Contains(texts, "after") {
		t.Errorf("X has %d direct messages, not the last one", len(texts))
	}
	log := b.log()
	if !strings.Contains(log, "the journal is in trouble") || !strings.Contains(log, "the journal works again") {
		t.Error("the log does not tell when the trouble began and ended")
	}
}

// TestADiskThatIsFullAtTheStartIsSaid starts a relay that has no room from the beginning.
func TestADiskThatIsFullAtTheStartIsSaid(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t)
	b := newBox(t, func(b *box) { b.home = disk }).start()
	b.kill(os.Interrupt)
	empty := fill(t, disk)
	_, stderr, code := b.perch("start")
	if code != 1 || !strings.Contains(stderr, "the disk that holds the journal is full") {
		t.Errorf("perch start on a full disk (%d): %s", code, stderr)
	}
	empty()
	b.start()
	if j := b.status().Journal; j.State != "connected" {
		t.Errorf("with room it starts with %+v", j)
	}
}

// noise is a text that takes its room on any disk.
func noise(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'a' + byte(rand.IntN(26))
	}
	return string(text)
}

// legacyDM is a direct message as X posts it.
func legacyDM(id, text string) string {
	return fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":%q,"created_timestamp":"%d",`+
		`"message_create":{"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":%q,"entities":{"urls":[]}}}}],`+
		`"users":{%q:{"id":%q,"name":"Ann Lee","screen_name":"annlee"}}}`, brandID, id, time.Now().UnixMilli(), brandID, annID, text, annID, annID)
}
