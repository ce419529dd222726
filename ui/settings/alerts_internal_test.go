package settings

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/widget"

	"perch/app/config"
	"perch/app/control"
	"perch/ui/kit"
	"perch/ui/uitest/rig"
)

// choose takes a value of the first list that offers it.
func choose(r *rig.Rig, value string) {
	s := rig.Find(r, "list with "+value, func(s *widget.Select) bool {
		return slices.Contains(s.Options, value)
	})
	s.SetSelected(value)
	r.Settle()
}

func TestAnAlertIsAddedSetAndRemoved(t *testing.T) {
	r, p := mustPage(t, nil)
	r.Press("Alerts")
	r.Press("+ Alert")
	r.MustSee("ops · Webhook", "Patience with trouble", "Save first.")
	r.MustNotSee("Mail server", "How often", "Secret address")
	r.Fill("ops", "night")
	choose(r, "Slack")
	r.MustSee("night · Slack")
	r.Press("Save")
	want := control.AlertConfig(config.DefaultAlert("night"))
	want.Kind = config.AlertSlack
	if got := r.Settings.Stored.Config.Alerts; len(got) != 1 || got[0].Name != want.Name || got[0].Kind != want.Kind || got[0].After != want.After {
		t.Fatalf("saved is %+v", got)
	}
	r.MustNotSee("Save first.", "Key for signatures")
	r.MustSee("Secret address")
	if e := rig.Find(r, "name", func(e *kit.Entry) bool { return e.Text == "night" }); !e.Disabled() {
		t.Error("the name under which secrets are stored can be changed")
	}
	r.Press("Set…")
	r.Fill("Paste it here", "https://hooks.example/secret")
	if got := p.Unsaved(); !strings.Contains(got, `"Secret address"`) {
		t.Errorf("before it is stored: %q", got)
	}
	r.Press("Store")
	if got := r.Settings.Secrets["/alert.night.url"]; got != "https://hooks.example/secret" {
		t.Errorf("the secret is %q", got)
	}
	r.Press("Remove") // the card's, at its top; then that of the question
	r.Press("Remove")
	r.Press("Save")
	if got := r.Settings.Stored.Config.Alerts; len(got) != 0 {
		t.Errorf("after its removal: %+v", got)
	}
}

// An address in the file is refused for those whose address is a secret, where nobody would see it.
func TestAnAlertOfAnotherKindDropsItsAddress(t *testing.T) {
	_, p := mustPage(t, nil)
	p.choose("alerts")
	p.onAddAlert()
	p.draft.Alerts[0].URL = "https://tickets.example.com"
	p.dropURL("alert.0.kind", config.AlertHeartbeat)
	if p.draft.Alerts[0].URL == "" {
		t.Error("a heartbeat has no address any more")
	}
	p.dropURL("alert.0.kind", config.AlertTeams)
	if got := p.draft.Alerts[0].URL; got != "" {
		t.Errorf("the address is %q", got)
	}
}
