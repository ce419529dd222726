package control_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/engine"
)

// backend remembers what it was asked.
type backend struct {
	settings control.Settings
	saved    []control.Config
	secrets  map[string]string
	dry      bool
}

func (b *backend) Settings(context.Context) (control.Settings, error) { return b.settings, nil }

func (b *backend) SaveSettings(_ context.Context, c control.Config, dryRun bool) (control.Saved, error) {
	b.dry = dryRun
	if c.Listen == "" {
		return control.Saved{Problems: []control.Problem{{Field: "listen", Message: "it is empty", Remedy: "fill it in"}}}, nil
	}
	b.saved = append(b.saved, c)
	return control.Saved{Problems: []control.Problem{}, ReloadResult: control.ReloadResult{Restart: true, RestartFields: []string{"listen"}}}, nil
}

func (b *backend) SetSecret(_ context.Context, channel, name, value string) (control.ReloadResult, error) {
	if name == "nonsense" {
		return control.ReloadResult{}, &bridge.Error{Kind: bridge.Invalid, Message: "there is no such secret", Remedy: "look at the list"}
	}
	b.secrets[channel+"/"+name] = value
	return control.ReloadResult{Applied: []string{name}}, nil
}

func (b *backend) CheckSettings(_ context.Context, what string, r control.CheckRequest) (control.CheckResult, error) {
	return control.CheckResult{OK: r.Config == nil, Message: what + " of " + r.Channel, Account: "acme"}, nil
}

// mustServe serves b on a socket for the length of the test; nil serves a relay without settings.
func mustServe(t *testing.T, b control.SettingsBackend, more ...func(*control.Server)) *control.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "c.sock")
	listener, err := control.Listen(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	server := control.NewServer(control.Relay{Console: engine.New(engine.Config{Log: slog.New(slog.DiscardHandler)})}, slog.New(slog.DiscardHandler))
	if b != nil {
		server.HandleSettings(b)
	}
	for _, add := range more {
		add(server)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client := control.NewClient(socket)
	t.Cleanup(client.Close)
	return client
}

func TestSettingsOverTheSocket(t *testing.T) {
	want := control.Settings{
		Exists: true, Path: "/home/a/perch.toml", Config: control.Config{Listen: "127.0.0.1:1", Channels: []control.ChannelConfig{{Name: "support"}}},
		Secrets: []control.SecretState{{Channel: "support", Name: "x.consumer_key", Set: true}},
	}
	b := &backend{settings: want, secrets: map[string]string{}}
	client := mustServe(t, b)
	got, err := client.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !got.Has("support", "x.consumer_key") || got.Has("", "x.consumer_key") {
		t.Error("Has does not tell what is set")
	}
	saved, err := client.SaveSettings(t.Context(), control.Config{Listen: "127.0.0.1:2"}, true)
	if err != nil || !b.dry || !saved.Restart || !slices.Equal(saved.RestartFields, []string{"listen"}) || len(b.saved) != 1 {
		t.Errorf("SaveSettings: %+v, %v, dry %v", saved, err, b.dry)
	}
	saved, err = client.SaveSettings(t.Context(), control.Config{}, false)
	if err != nil || b.dry || len(saved.Problems) != 1 || saved.Problems[0].Field != "listen" {
		t.Errorf("SaveSettings of a bad one: %+v, %v", saved, err)
	}
	result, err := client.CheckSettings(t.Context(), control.CheckXKeys, control.CheckRequest{Channel: "support"})
	if err != nil || !result.OK || result.Message != "x-keys of support" || result.Account != "acme" {
		t.Errorf("CheckSettings: %+v, %v", result, err)
	}
}

func TestSecretsOverTheSocket(t *testing.T) {
	b := &backend{secrets: map[string]string{}}
	client := mustServe(t, b)
	for _, set := range [][3]string{{"support", "x.consumer_key", "k"}, {"", "reach.ngrok_token", "t"}, {"support", "motion.password", ""}} {
		if taken, err := client.SetSecret(t.Context(), set[0], set[1], set[2]); err != nil || !slices.Equal(taken.Applied, []string{set[1]}) {
			t.Fatal(taken, err)
		}
	}
	want := map[string]string{"support/x.consumer_key": "k", "/reach.ngrok_token": "t", "support/motion.password": ""}
	if diff := cmp.Diff(want, b.secrets); diff != "" {
		t.Error(diff)
	}
	_, err := client.SetSecret(t.Context(), "support", "nonsense", "hush-hush")
	message, remedy := control.Explain(err)
	if message != "there is no such secret" || remedy != "look at the list" || strings.Contains(err.Error(), "hush") {
		t.Errorf("Words = %q, %q", message, remedy)
	}
}

func TestSettingsOfAnotherVersion(t *testing.T) {
	client := mustServe(t, nil)
	if _, err := client.Settings(t.Context()); !errors.Is(err, control.ErrNoSettings) {
		t.Errorf("a relay without settings: %v", err)
	}
	nobody := control.NewClient(filepath.Join(t.TempDir(), "none.sock"))
	if _, err := nobody.Settings(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("no relay: %v", err)
	}
}

func TestSaidIsTakenApart(t *testing.T) {
	tests := map[string][2]string{
		"": {"", ""},
		"warming up\nperch: start: the port is taken; stop the other program\n":              {"the port is taken", "stop the other program"},
		"perch: read configuration: line 3: what is it (x: y); look; then look again":        {"line 3: what is it (x: y)", "look; then look again"},
		"perch: /home/x/perch.toml: no such file":                                            {"/home/x/perch.toml: no such file", ""},
		"perch: open the vault of secrets: the passphrase does not open it; type it again\n": {"the passphrase does not open it", "type it again"},
	}
	for text, want := range tests {
		if message, remedy := control.Explain(control.Said(text)); message != want[0] || remedy != want[1] {
			t.Errorf("%q: %q, %q", text, message, remedy)
		}
	}
}
