package doctor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// Whatever is fine is said to be: a doctor that sees ghosts is not asked a second time.
func TestNothingIsWrongWithAGoodSetup(t *testing.T) {
	for name, change := range map[string]func(*world){
		"stream":         func(*world) {},
		"poll":           func(w *world) { w.Config.Reach.Mode = config.ModePoll },
		"webhook":        func(w *world) { w.byWebhook(nil) },
		"Motion's proxy": func(w *world) { w.byMotionsProxy() },
		"v1.1":           func(w *world) { w.ch().X.API = "v1.1"; w.byWebhook(nil); w.ch().X.Environment = "prod" },
		"v1.1 stream":    func(w *world) { w.ch().X.API = "v1.1" },
		"API key": func(w *world) {
			w.set("motion.password", "")
			w.set("motion.api_key", w.motion.Options().APIKey)
		},
		"names of another Motion": func(w *world) {
			_ = w.motion.Close()
			m, err := motionsim.Start(motionsim.Options{Keys: map[string]string{"replyUrl": "reply_url", "mapKey": "map_key"}})
			if err != nil {
				w.Fatal(err)
			}
			w.Cleanup(func() { _ = m.Close() })
			w.ch().Motion.ReceiveURL = m.ReceiveURL()
			w.set("motion.password", m.Options().Password)
			m.SetReplyURL("http://" + w.Config.Listen + "/reply/" + replyToken)
		},
		"pinned certificate": func(w *world) {
			m, err := motionsim.Start(motionsim.Options{TLS: true})
			if err != nil {
				w.Fatal(err)
			}
			w.Cleanup(func() { _ = m.Close() })
			w.ch().Motion.ReceiveURL, w.ch().Motion.TLSPin = m.ReceiveURL(), m.Pin()
			w.set("motion.password", m.Options().Password)
			m.SetReplyURL("http://" + w.Config.Listen + "/reply/" + replyToken)
		},
		"two channels": func(w *world) {
			sales := w.x.AddAccount(sim.Account{ID: "777000777", Handle: "acme_sales"})
			m, err := motionsim.Start(motionsim.Options{AccountID: 6})
			if err != nil {
				w.Fatal(err)
			}
			w.Cleanup(func() { _ = m.Close() })
			ch := w.channel("sales")
			ch.Motion.ReceiveURL = m.ReceiveURL()
			w.Config.Channels = append(w.Config.Channels, ch)
			w.store("sales", sales)
			w.Values[secret.Key{Channel: "sales", Name: "motion.password"}] = m.Options().Password
			w.keepToken("sales", "THEOTHERREPLYTOKEN")
			m.SetReplyURL("http://" + w.Config.Listen + "/reply/THEOTHERREPLYTOKEN")
			w.byWebhook(nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := mustWorld(t)
			change(w)
			findings := w.examine()
			for _, f := range findings {
				isExpected := f.Check == "relay" || (f.Check == "webhook" && strings.Contains(f.Message, "no webhook"))
				if f.State != doctor.OK && (!isExpected || f.State != doctor.Warn) {
					t.Errorf("%s\n%s", f.Check, list(findings))
					break
				}
			}
			for _, v := range append(w.x.Violations(), w.motion.Violations()...) {
				t.Error("the doctor broke the rules:", v)
			}
		})
	}
}

func TestNothingIsWrongWithAGoodRelay(t *testing.T) {
	t.Parallel()
	w := mustWorld(t, func(o *sim.XOptions) { o.AllowAnyURL = true })
	w.Config.Reach.Mode = config.ModePoll
	w.runs(nil)
	if first, ok := doctor.First(w.examine()); ok {
		t.Errorf("%+v", first)
	}
}

// While the doctor works no relay can start, and afterwards everything is free again.
func TestTheLockIsHeldAndGivenBack(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	lock := &fakeLock{}
	w.Lock = lock.take
	w.examine()
	if lock.taken != 1 || lock.closed != 1 {
		t.Errorf("the lock was taken %d times and given back %d times", lock.taken, lock.closed)
	}
	w.serve(oldPlugin()) // the port is free
	w.runs2(t)
}

// runs2 asserts that a running relay's lock and journal are left alone.
func (w *world) runs2(t *testing.T) {
	t.Helper()
	s := control.Status{State: control.StateRunning, Listen: w.Config.Listen, Version: "test"}
	w.Relay = &fakeRelay{status: &s}
	lock := &fakeLock{}
	w.Lock = lock.take
	if w.examine(); lock.taken != 0 {
		t.Error("the lock of a running relay was taken")
	}
}

func TestFindingsAreForScripts(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(doctor.Finding{Check: "x-app", Title: "X app", Channel: "support", State: doctor.Failed, Message: "m", Remedy: "r", TookMS: 7})
	if want := `{"check":"x-app","channel":"support","state":"failed","message":"m","remedy":"r","took_ms":7}`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
}

func TestFirstIsTheFirstThatFailed(t *testing.T) {
	t.Parallel()
	all := []doctor.Finding{{State: doctor.OK}, {Check: "w", State: doctor.Warn}, {State: doctor.Skipped}, {Check: "f", State: doctor.Failed}, {Check: "g", State: doctor.Failed}}
	if f, ok := doctor.First(all); !ok || f.Check != "f" {
		t.Errorf("%+v, %v", f, ok)
	}
	if f, ok := doctor.First(all[:3]); !ok || f.Check != "w" {
		t.Errorf("%+v, %v", f, ok)
	}
	if _, ok := doctor.First(all[:1]); ok {
		t.Error("nothing is something")
	}
}
