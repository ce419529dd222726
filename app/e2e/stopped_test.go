package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
)

// filesOf are the files of a home with what is in them, but for the log, to which nothing is written, and the index of a WAL.
func (b *box) filesOf() string {
	b.t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(b.home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "-shm") || e.Type()&os.ModeSocket != 0 {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %x\n", path, data)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all.String()
}

// With the relay stopped, or killed, all that it keeps can be read, nothing of it changes, and what needs a relay says so.
func TestAStoppedRelayCanBeRead(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]os.Signal{"stopped": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t).start()
			b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
			b.awaitMotion(1)
			b.awaitNoted(1)
			b.x.Fault(fault.CannotDM())
			b.reply(b.inMotion()[0].Interaction, motionsim.Reply{Text: "it left this morning"})
			b.until("the dead reply", func() bool { return len(b.traffic("--state", "dead")) == 1 })
			running, _, _ := b.perch("traffic", "--json")
			b.kill(signal)
			before := b.filesOf()

			stopped, note, code := b.perch("traffic", "--json")
			if code != 0 || stopped != running || !strings.Contains(note, "The relay is stopped. This is what the journal keeps; since ") {
				t.Errorf("perch traffic --json ends with %d, %s: %s; while it ran: %s", code, note, stopped, running)
			}
			if out, _, code := b.perch("traffic", "--search", "PARCEL"); code != 0 || !strings.Contains(out, "where is my parcel") || strings.Contains(out, "this morning") {
				t.Errorf("a search ends with %d: %s", code, out)
			}
			if out, note, code := b.perch("show", "1"); code != 0 || !strings.Contains(out, "where is my parcel") || !strings.Contains(out, "From X, as it came") || !strings.Contains(note, "The relay is stopped") {
				t.Errorf("perch show ends with %d, %s: %s", code, note, out)
			}
			if out, note, code := b.perch("logs", "--search", "relay started"); code != 0 || out == "" || !strings.Contains(note, "The relay is stopped; since ") {
				t.Errorf("perch logs ends with %d, %s: %s", code, note, out)
			}
			for _, act := range [][]string{{"retry", "2"}, {"discard", "2"}, {"retry", "--all-dead"}} {
				if _, stderr, code := b.perch(act...); code != 1 || !strings.Contains(stderr, "nothing was changed; start the relay with: perch start") {
					t.Errorf("perch %v ends with %d: %s", act, code, stderr)
				}
			}
			if _, stderr, code := b.perch("show", "4711"); code != 1 || !strings.Contains(stderr, "there is no message 4711") {
				t.Errorf("perch show of none ends with %d: %s", code, stderr)
			}
			b.checkStoppedStatus()
			if b.filesOf() != before {
				t.Error("reading has changed a file of the home")
			}
			b.start()
			if s := b.status(); s.Channels[0].Inbound.Delivered != 1 || s.Channels[0].Outbound.Dead != 1 {
				t.Errorf("after the next start: %+v", s.Channels[0])
			}
		})
	}
}

// checkStoppedStatus looks at what perch status says of a stopped relay with one message that failed.
func (b *box) checkStoppedStatus() {
	b.t.Helper()
	out, _, code := b.perch("status")
	if code != 3 || !strings.Contains(out, "The relay is not running. Start it with: perch start") || !strings.Contains(out, "1 message needs you") || !strings.Contains(out, "1 failed") {
		b.t.Errorf("perch status ends with %d: %s", code, out)
	}
	out, _, code = b.perch("status", "--json")
	var s control.Status
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		b.t.Fatal(err)
	}
	if code != 3 || s.State != control.StateStopped || s.StoppedAt == nil || len(s.Channels) != 1 || s.Channels[0].Outbound.Dead != 1 || s.Channels[0].Inbound.Delivered != 1 || s.Channels[0].Account == "" {
		b.t.Errorf("perch status --json ends with %d: %s", code, out)
	}
	if c, found := s.Worst(); !found || c.Side != control.SideMessages || c.Level != control.NeedsYou {
		b.t.Errorf("what needs a person is not said: %+v", s.Conditions)
	}
}

// A relay that hangs is not said to be stopped, by any command; its journal is read, and when it goes on all is as before.
func TestARelayThatHangsIsNotAnswering(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	if err := b.relay.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b.relay != nil {
			_ = b.relay.Process.Signal(syscall.SIGCONT)
		}
	})
	out, _, code := b.perch("status", "--json")
	var s control.Status
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatal(err)
	}
	if worst, _ := s.Worst(); code != 3 || s.State != control.StateSilent || worst.Side != control.SideRelay || worst.Level != control.NeedsYou || s.Channels[0].Inbound.Delivered != 1 {
		t.Errorf("perch status --json ends with %d: %s", code, out)
	}
	if out, _, code := b.perch("status"); code != 3 || !strings.HasPrefix(out, "Not answering · ") || strings.Contains(out, "stopped") {
		t.Errorf("perch status ends with %d: %s", code, out)
	}
	if out, note, code := b.perch("traffic"); code != 0 || !strings.Contains(out, "where is my parcel") || !strings.Contains(note, "A relay runs but does not answer. This is what the journal keeps.") {
		t.Errorf("perch traffic ends with %d, %s: %s", code, note, out)
	}
	if err := b.relay.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	b.until("the relay goes on", func() bool {
		_, _, code := b.perch("status")
		return code == 0
	})
}
