package xv2chat_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
	"perch/bridge/xchat/juicebox"
)

func TestX_GivesRecordsOfOnePersonOnly(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	if got := b.learn(b.Customer.ID); len(got) != 0 {
		t.Errorf("a person without chat has %d records", len(got))
	}
	b.EnableChat(b.Customer.ID)
	first := b.ChatVersion(b.Customer.ID)
	b.EnableChat(b.Customer.ID)
	second := b.ChatVersion(b.Customer.ID)
	if got := b.learn(b.Customer.ID); len(got) != 2 || got[0].Version() != second || got[1].Version() != first {
		t.Errorf("records: %+v", got)
	}
	if r := b.Client.Get("/2/users/" + b.Customer.ID + "/public_keys"); r.At("data", 0, "juicebox_config") != nil {
		t.Errorf("somebody else's backup is told: %s", r.Body)
	}
	r := b.Client.Get("/2/users/public_keys?ids=" + b.Customer.ID)
	if r.Status != http.StatusForbidden || r.Text("reason") != "client-not-enrolled" {
		t.Errorf("several: %d %s", r.Status, r.Body)
	}
	if r := b.Client.Get("/2/users/" + b.Customer.ID + "/public_keys?public_key.fields=public_key"); r.Text("data", 0, "public_key") == "" || r.At("data", 0, "signing_public_key") != nil {
		t.Errorf("fields: %s", r.Body)
	}
	b.Clean(t)
	if r := b.Client.Post("/2/users/"+b.Brand.ID+"/public_keys", map[string]any{}); r.Status != http.StatusBadRequest || len(b.Violations()) != 1 {
		t.Errorf("register: %d %s", r.Status, r.Body)
	}
}

func recoverKeys(t *testing.T, w *simtest.World, pin string) ([]byte, error) {
	t.Helper()
	r := w.Client.Get("/2/users/" + w.Brand.ID + "/public_keys")
	raw, err := json.Marshal(r.At("data", 0, "juicebox_config"))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := juicebox.ParseConfiguration(raw)
	if err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
	return (&juicebox.Client{Local: true}).Recover(t.Context(), cfg, []byte(pin))
}

func TestX_GivesKeysBackForThePIN(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	if _, err := recoverKeys(t, b.World, "0000"); err == nil {
		t.Error("a wrong PIN gave keys back")
	}
	if used, of := b.ChatGuesses(b.Brand.ID); used != 1 || of != 20 {
		t.Errorf("%d of %d guesses", used, of)
	}
	got, err := recoverKeys(t, b.World, b.ChatPIN(b.Brand.ID))
	if err != nil || base64.StdEncoding.EncodeToString(got) != b.ExportChatKeys(b.Brand.ID) {
		t.Errorf("recovered %d bytes, %v", len(got), err)
	}
	if used, _ := b.ChatGuesses(b.Brand.ID); used != 0 {
		t.Errorf("%d guesses after the right PIN", used)
	}
	for range 20 {
		_, _ = recoverKeys(t, b.World, "0000")
	}
	if _, err := recoverKeys(t, b.World, b.ChatPIN(b.Brand.ID)); err == nil {
		t.Error("the backup is there after 20 wrong guesses")
	}
	b.LoseChatBackup(b.Brand.ID)
	if _, err := recoverKeys(t, b.World, b.ChatPIN(b.Brand.ID)); err == nil {
		t.Error("a lost backup gave keys back")
	}
	b.SetPIN(b.Brand.ID, "9731")
	if got, err := recoverKeys(t, b.World, "9731"); err != nil || len(got) != 64 {
		t.Errorf("a new PIN: %v", err)
	}
	b.Clean(t)
}
