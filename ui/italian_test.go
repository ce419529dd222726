package ui_test

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/ui"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// troubles are what the relay says, as it says it: one sentence, cause and remedy, one in another, a list.
var troubles = []control.Failure{
	{Message: "the X account's API credits are used up", Remedy: "buy credits in X's developer portal (Billing); Perch keeps the queue and goes on by itself"},
	{Message: "X refused it (403/226): This request looks automated", Remedy: "read X's reason, change the message and send it again"},
	{Message: "Motion's certificate has expired", Remedy: "renew it on the Motion server; Perch keeps trying"},
	{Message: "the Reply URL in Motion is still that of the old plugin (http://motion.example/sendMessage)", Remedy: "paste it yourself: Open Channel, Accounts, the account, Reply URL"},
	{Message: "X's limit for this kind of call is used up until 3 December 14:05", Remedy: "nothing to do: Perch goes on by itself then"},
	{Message: "the key of the SSH server gate.example has changed: it shows SHA256:abc, but ed25519 is on record (line 3 of /home/a/.ssh/known_hosts); somebody may be listening in", Remedy: "do not connect before the server's admin has explained it"},
	{Message: "the disk that holds the journal is full", Remedy: "make room on it; what X sends meanwhile is refused so that X sends it again, and Perch goes on by itself"},
}

// TestItalianPagesSayNothingInEnglish shows all pages with troubles everywhere where there can be one.
func TestItalianPagesSayNothingInEnglish(t *testing.T) {
	english := mustEnglish(t)
	for _, first := range []int{0, 3} {
		t.Run(troubles[first].Message, func(t *testing.T) {
			x := &trouble{next: first}
			r := mustAll(t, func(o *window.Options, r *rig.Rig) {
				o.Texts = translation.New("it")
				o.Settings = troubledSettings{r.Settings, x}
				x.spread(r)
			})
			see := func(where string) {
				t.Helper()
				r.Settle()
				texts := r.AllText()
				for _, sentence := range english {
					if strings.Contains(strings.ToLower(texts), sentence) {
						t.Errorf("%s says %q in:\n%s", where, sentence, texts)
					}
				}
			}
			for _, section := range ui.Sections() {
				r.GoTo(section)
				see(section)
			}
			r.GoTo(window.Traffic)
			r.Browse(snapshot.Filter{}, r.IDOf("iris_v", "dead"))
			see("a message in full")
			r.MustSee("Tentativo 1: Fallito")
			r.GoTo("settings")
			for _, button := range []string{"Fai una copia ora", "Ingresso", "Prova l'indirizzo pubblico", "support", "Prova le chiavi", "Prova gli allegati"} {
				r.Press(button)
				see(button)
			}
			r.ShowError(x.err())
			see("a notice")
			r.Relay.SetKept(true)
			r.Refresh()
			for _, section := range ui.Sections() {
				r.GoTo(section)
				see("while the relay is stopped, " + section)
			}
			r.Relay.SetKept(false)
			r.Relay.SetStopped(true)
			r.Refresh()
			r.GoTo(window.Overview)
			see("a relay that is stopped")
		})
	}
}

// trouble has another trouble each time that it is asked.
type trouble struct{ next int }

func (x *trouble) failure() control.Failure {
	x.next++
	return troubles[(x.next-1)%len(troubles)]
}

func (x *trouble) err() error {
	f := x.failure()
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Message: f.Message, Remedy: f.Remedy}
}

// sentence is a trouble in one line, as the relay joins it.
func (x *trouble) sentence() string {
	f := x.failure()
	return bridge.Failure{Message: f.Message, Remedy: f.Remedy}.Sentence()
}

// spread has the relay and the settings tell of troubles wherever they can.
func (x *trouble) spread(r *rig.Rig) {
	problem := x.failure()
	r.Settings.Stored.Problem = &problem
	since, due := rig.Now.Add(-time.Hour), rig.Now.Add(time.Hour)
	bad := func() control.Link {
		f := x.failure()
		return control.Link{State: "degraded", Detail: bridge.Failure{Message: f.Message, Remedy: f.Remedy}.Sentence(), Failure: &f, Since: &since}
	}
	r.Relay.SetBackup(control.BackupMade{}, x.err())
	r.Relay.Change(func(s *control.Status) {
		s.State, s.Backup.Error = control.StateDegraded, x.sentence()
		c := &s.Channels[0]
		c.X, c.Motion, c.Reply = bad(), bad(), bad()
		c.Chat = control.Chat{State: "degraded", Detail: x.sentence()}
		c.Blocked = []control.Blocked{{Queue: "out/dm", Kind: "operator", Cause: x.failure().Message, Until: due}}
		s.Reach.State, s.Reach.Detail = "degraded", x.failure().Message+"; "+x.failure().Remedy
		s.Reach.Gaps = []control.Gap{{Channel: "support", From: since, To: rig.Now, Lost: "direct messages from before 2026-10-24, because X lists 30 days"}}
		s.Update = &control.Update{Error: x.sentence()}
	})
	list, _ := r.Relay.Messages(context.Background(), control.Query{Limit: 1000}) // it exists in memory only
	for _, m := range list {
		if m.Error != nil {
			problem := x.failure()
			m.Error = &problem
			r.Relay.Put(m)
		}
	}
}

// troubledSettings fail each check with a trouble.
type troubledSettings struct {
	keptSettings
	trouble *trouble
}

type keptSettings = window.Settings

func (s troubledSettings) CheckSettings(context.Context, string, control.CheckRequest) (control.CheckResult, error) {
	f := s.trouble.failure()
	return control.CheckResult{Message: f.Message, Remedy: f.Remedy}, nil
}

// mustEnglish returns what an Italian page must not say: the longest piece of each sentence of the relay, and the texts of
// the window that are several words and not the same in Italian. All in small letters.
func mustEnglish(t *testing.T) []string {
	t.Helper()
	var pieces []string
	for sentence := range mustTexts(t, "translation/said/it.json") {
		longest := ""
		for _, piece := range regexp.MustCompile(`\{\}`).Split(sentence, -1) {
			if len(piece) > len(longest) {
				longest = piece
			}
		}
		pieces = append(pieces, longest)
	}
	italian := mustTexts(t, "translation/it.json")
	for key, text := range mustTexts(t, "translation/en.json") {
		if text != italian[key] && !strings.Contains(text, "%") {
			pieces = append(pieces, text)
		}
	}
	for i, piece := range pieces {
		pieces[i] = strings.ToLower(strings.Trim(piece, " .,:;()"))
	}
	return slices.DeleteFunc(pieces, func(piece string) bool { return len(piece) < 12 || strings.Count(piece, " ") < 2 })
}

func mustTexts(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}
