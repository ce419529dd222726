package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/ui/format"
	"perch/ui/interpret"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/tray"
)

func (b *box) show(label string) {
	out, errs, code := b.perch("status")
	fmt.Printf("\n=== %s\n%s[%d]%s\n", label, out, code, errs)
	out, _, _ = b.perch("status", "--json")
	var s control.Status
	_ = json.Unmarshal([]byte(out), &s)
	fmt.Printf("json %s", s.State)
	for _, c := range s.Conditions {
		x, _ := json.Marshal(c)
		fmt.Printf("\n  %s", x)
	}
	for _, lang := range []string{"en", "it"} {
		t := translation.New(lang)
		i := interpret.New(t.Said)
		st := i.Status(s)
		ph := tray.PhaseUp
		if !s.IsLive() {
			ph = tray.PhaseDown
		}
		if s.State == control.StateSilent {
			ph = tray.PhaseSilent
		}
		v := tray.Render(tray.Snapshot{Phase: ph, IsConfigured: true, Status: st}, time.Now(), t.T)
		d := snapshot.Data{Now: time.Now(), Asked: true, Running: s.IsLive(), Kept: !s.IsLive(), Status: st}
		state, about, tone := format.RelayState(d, t)
		fmt.Printf("\n%s tray[%s] %s | %s %s", lang, v.Icon, v.FirstLine, v.Items[0].Title, v.Items[1].Title)
		fmt.Printf("\n%s window[%v] %s | %s", lang, tone, state, about)
		for _, c := range st.Conditions {
			fmt.Printf("\n%s   cond[%v] %s || %s", lang, format.ToneOf(c.Level), format.Title(c, len(s.Channels) > 1, d.Now, t), format.Why(c, st, d.Now, t))
		}
	}
	fmt.Println()
}

func TestZZHung(t *testing.T) {
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	_ = b.relay.Process.Signal(syscall.SIGSTOP)
	b.show("hung")
	at := time.Now()
	out, errs, code := b.perch("traffic")
	fmt.Println(out, errs, code, time.Since(at))
	at = time.Now()
	out, errs, code = b.perch("urls")
	fmt.Println(out, errs, code, time.Since(at))
	_ = b.relay.Process.Signal(syscall.SIGCONT)
	time.Sleep(time.Second)
	b.show("continued")
}

func TestZZAll(t *testing.T) {
	b := newBox(t, func(b *box) { b.mayFault = true }).start()
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	in := b.inMotion()[0].Interaction
	b.show("well")
	b.motion.Fault(motionsim.Fault{Status: 500})
	b.x.DM(annID, brandID, sim.Message{Text: "second"})
	time.Sleep(3 * time.Second)
	b.show("motion 500 fresh")
	time.Sleep(60 * time.Second)
	b.show("motion 500 after a minute")
	b.motion.ClearFaults()
	time.Sleep(1 * time.Second)
	b.perch("resume")
	time.Sleep(3 * time.Second)
	b.show("motion healed")
	b.motion.Fault(motionsim.Fault{Status: 401})
	b.x.DM(annID, brandID, sim.Message{Text: "third"})
	time.Sleep(3 * time.Second)
	b.show("motion 401")
	b.x.Fault(fault.RateLimited(time.Now().Add(15 * time.Minute)))
	b.motion.ClearFaults()
	time.Sleep(500 * time.Millisecond)
	b.perch("resume")
	r := b.reply(in, motionsim.Reply{Text: "it left"})
	fmt.Println(r)
	time.Sleep(3 * time.Second)
	b.show("X 429")
	b.x.ClearFaults()
	b.x.Fault(fault.Keys())
	b.perch("resume")
	time.Sleep(3 * time.Second)
	b.show("X 401")
	b.x.ClearFaults()
	b.x.Fault(fault.Credits())
	b.perch("resume")
	time.Sleep(3 * time.Second)
	b.show("X credits")
	b.motion.Fault(motionsim.Fault{Status: 500})
	b.x.DM(annID, brandID, sim.Message{Text: "fourth"})
	b.perch("pause")
	time.Sleep(3 * time.Second)
	b.show("X credits, motion down, paused")
	b.x.ClearFaults()
	b.motion.ClearFaults()
	b.perch("resume")
	time.Sleep(10 * time.Second)
	b.show("healed")
	b.x.Down()
	b.reply(in, motionsim.Reply{Text: "it left 2"})
	time.Sleep(5 * time.Second)
	b.show("X down")
	b.kill(os.Kill)
	b.show("killed")
	_, e, _ := b.perch("logs", "--level", "warn")
	fmt.Println(strings.TrimSpace(e))
}

func TestZZCycle(t *testing.T) {
	b := newBox(t, func(b *box) { b.port = "42320" })
	b.start()
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	stop := make(chan bool)
	seen := make(chan string, 10000)
	for _, args := range [][]string{{"traffic"}, {"status"}, {"status", "--json"}, {"show", "1"}, {"limits"}, {"urls"}} {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				out, errs, code := b.perch(args...)
				first, _, _ := strings.Cut(out, "\n")
				if args[0] == "status" && len(args) > 1 {
					var st control.Status
					_ = json.Unmarshal([]byte(out), &st)
					first = st.State
					for _, c := range st.Conditions {
						first += " " + c.Key()
					}
				}
				if len(first) > 90 {
					first = first[:90]
				}
				seen <- fmt.Sprintf("%v %d %q %q", args, code, first, errs)
			}
		}()
	}
	for i := range 8 {
		time.Sleep(300 * time.Millisecond)
		if i%2 == 0 {
			b.kill(os.Kill)
		} else {
			b.kill(os.Interrupt)
		}
		time.Sleep(200 * time.Millisecond)
		b.start()
	}
	close(stop)
	time.Sleep(time.Second)
	count := map[string]int{}
	for len(seen) > 0 {
		count[<-seen]++
	}
	for k, n := range count {
		fmt.Println(n, k)
	}
}

func TestZZMore(t *testing.T) {
	b := newBox(t, func(b *box) { b.mayFault = true; b.port = "42321" }).start()
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
	b.awaitMotion(1)
	b.awaitNoted(1)
	in := b.inMotion()[0].Interaction
	b.x.Fault(fault.Keys())
	b.reply(in, motionsim.Reply{Text: "one"})
	time.Sleep(3 * time.Second)
	b.show("X 401")
	b.x.ClearFaults()
	b.perch("resume")
	time.Sleep(3 * time.Second)
	b.show("X 401 healed")
	b.x.Fault(fault.Credits())
	b.reply(in, motionsim.Reply{Text: "two"})
	time.Sleep(3 * time.Second)
	b.motion.Fault(motionsim.Fault{Status: 500})
	b.x.DM(annID, brandID, sim.Message{Text: "fourth"})
	b.perch("pause")
	time.Sleep(3 * time.Second)
	b.show("credits, motion 500, paused")
	b.x.ClearFaults()
	b.motion.ClearFaults()
	b.perch("resume")
	time.Sleep(10 * time.Second)
	b.show("healed")
	b.x.Down()
	b.reply(in, motionsim.Reply{Text: "three"})
	time.Sleep(6 * time.Second)
	b.show("X down")
	b.kill(os.Interrupt)
	if err := b.x.Up(); err != nil {
		t.Fatal(err)
	}
	b.motion.Fault(motionsim.Fault{Status: 401})
	b.start()
	b.motion.SetReplyURL("http://elsewhere.example/reply/x")
	b.x.DM(annID, brandID, sim.Message{Text: "fifth"})
	time.Sleep(6 * time.Second)
	b.show("motion 401 at the start, reply url wrong")
}
