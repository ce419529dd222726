package settings

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

// mustSettings returns the settings of a fresh home whose secrets are in a vault.
func mustSettings(t *testing.T) *Local {
	t.Helper()
	folder := t.TempDir()
	phrase := filepath.Join(folder, "phrase")
	if err := os.WriteFile(phrase, []byte("a long passphrase\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PERCH_VAULT_PASSPHRASE_FILE", phrase)
	home, err := config.FindHome(filepath.Join(folder, "home"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(home.Leave)
	return New(home)
}

func validConfig() control.Config {
	c := config.Default()
	c.Secrets = config.SecretsVault
	ch := config.DefaultChannel("support")
	ch.Motion.ReceiveURL = "https://motion.example/api/openchannel/accounts/5/notify"
	c.Channels = []config.Channel{ch}
	return toControl(c)
}

func TestWireKeepsEverything(t *testing.T) {
	c := validConfig()
	c.Reach.SSH.Address, c.Reach.TLS.ACMEDomain, c.Reach.Cloudflared.Path = "a:22", "b.example", "/c"
	if diff := cmp.Diff(c, toControl(fromControl(c))); diff != "" {
		t.Error(diff)
	}
}

// frozen is a relay that cannot reload.
type frozen struct{ running *config.Config }

func (frozen) Reload(context.Context) (control.ReloadResult, error) {
	return control.ReloadResult{}, &bridge.Error{Kind: bridge.Temporary, Message: "busy"}
}

func (f frozen) Preview(c *config.Config) control.ReloadResult {
	return change.Summary(f.running, change.Applicable(f.running, c), c)
}

// names lists the paths of all fields by their tags.
func names(t reflect.Type, tag, path string) []string {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return []string{path}
	}
	var list []string
	for field := range t.Fields() {
		list = append(list, names(field.Type, tag, path+"."+field.Tag.Get(tag))...)
	}
	return list
}

func TestWireHasTheNamesOfTheFile(t *testing.T) {
	file, wire := names(reflect.TypeFor[config.Config](), "toml", ""), names(reflect.TypeFor[control.Config](), "json", "")
	if diff := cmp.Diff(file, wire); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsAreSavedAsAWhole(t *testing.T) {
	l := mustSettings(t)
	before, err := l.Settings(t.Context())
	if err != nil || before.Exists || len(before.Config.Channels) != 0 || before.Config.Listen != "127.0.0.1:3002" {
		t.Fatalf("without a file: %+v, %v", before, err)
	}
	if saved, err := l.SaveSettings(t.Context(), validConfig(), true); err != nil || len(saved.Problems) != 0 {
		t.Fatalf("dry run: %+v, %v", saved, err)
	}
	if _, err := os.Stat(l.home.Config()); err == nil {
		t.Fatal("a dry run wrote the file")
	}
	if saved, err := l.SaveSettings(t.Context(), validConfig(), false); err != nil || len(saved.Problems) != 0 || saved.Restart {
		t.Fatalf("save: %+v, %v", saved, err)
	}
	bad := validConfig()
	bad.Channels[0].Motion.ReceiveURL = "motion.example"
	if saved, err := l.SaveSettings(t.Context(), bad, false); err != nil || len(saved.Problems) != 1 {
		t.Fatalf("save of a bad one: %+v, %v", saved, err)
	}
	after, err := l.Settings(t.Context())
	if err != nil || !after.Exists {
		t.Fatal(after, err)
	}
	if diff := cmp.Diff(validConfig(), after.Config); diff != "" {
		t.Error(diff)
	}
	l.relay = &Relay{Reloader: frozen{fromControl(bad)}}
	other := validConfig()
	other.Listen = "127.0.0.1:4000"
	if saved, _ := l.SaveSettings(t.Context(), other, true); !saved.Restart || !slices.Equal(saved.RestartFields, []string{"listen"}) {
		t.Errorf("a relay that listens elsewhere does not need a restart: %+v", saved)
	}
	saved, err := l.SaveSettings(t.Context(), validConfig(), false)
	if err != nil || !saved.Restart || len(saved.RestartFields)+len(saved.Applied) != 0 || len(saved.Refused) != 1 {
		t.Errorf("a relay that cannot reload: %+v, %v", saved, err)
	}
}

func TestSecretsAreSetAndRemoved(t *testing.T) {
	l := mustSettings(t)
	if _, err := l.SaveSettings(t.Context(), validConfig(), false); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x.consumer_key", "motion.password"} {
		if _, err := l.SetSecret(t.Context(), "support", name, "hush"); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := l.SetSecret(t.Context(), "support", "motion.password", ""); err != nil {
			t.Fatal(err)
		}
	}
	s, err := l.Settings(t.Context())
	if err != nil || s.SecretsProblem != nil || !s.Has("support", "x.consumer_key") || s.Has("support", "motion.password") {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := l.SetSecret(t.Context(), "support", "x.nothing", "hush"); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("an unknown secret: %v", err)
	}
	t.Setenv("PERCH_VAULT_PASSPHRASE_FILE", "")
	if s, err := New(l.home).Settings(t.Context()); err != nil || s.SecretsProblem == nil || s.Has("support", "x.consumer_key") {
		t.Errorf("without a passphrase: %+v, %v", s, err)
	}
}

func TestEachMistakeFindsItsField(t *testing.T) {
	tests := map[string]func(*config.Config){
		"listen":                       func(c *config.Config) { c.Listen = "nowhere" },
		"secrets":                      func(c *config.Config) { c.Secrets = "paper" },
		"log_level":                    func(c *config.Config) { c.LogLevel = "loud" },
		"reach.mode":                   func(c *config.Config) { c.Reach.Mode = "post" },
		"reach.tunnel":                 func(c *config.Config) { c.Reach.Tunnel = "gotthard" },
		"reach.public_url":             func(c *config.Config) { c.Reach.PublicURL = "example.com" },
		"reach.motion_proxy.host":      func(c *config.Config) { c.Reach.MotionProxy.Host = "https://x" },
		"reach.motion_proxy.port":      func(c *config.Config) { c.Reach.MotionProxy.Port = 0 },
		"reach.ssh.remote_listen":      func(c *config.Config) { c.Reach.SSH.RemoteListen = "x" },
		"reach.tls.cert_file":          func(c *config.Config) { c.Reach.TLS.CertFile = "/c" },
		"reach.tls.acme_domain":        func(c *config.Config) { c.Reach.Tunnel = "tls" },
		"reach.ngrok.domain":           func(c *config.Config) { c.Reach.Ngrok.Domain = "a b" },
		"channel":                      func(c *config.Config) { c.Channels = nil },
		"channel.0.name":               func(c *config.Config) { c.Channels[0].Name = "Support!" },
		"channel.0.x.api":              func(c *config.Config) { c.Channels[0].X.API = "v3" },
		"channel.0.x.api_base":         func(c *config.Config) { c.Channels[0].X.APIBase = "" },
		"channel.0.x.upload_base":      func(c *config.Config) { c.Channels[0].X.UploadBase = "https://a/?b" },
		"channel.0.x.media_hosts":      func(c *config.Config) { c.Channels[0].X.MediaHosts = []string{"https://a"} },
		"channel.0.motion.receive_url": func(c *config.Config) { c.Channels[0].Motion.ReceiveURL = "" },
		"channel.0.motion.base_url":    func(c *config.Config) { c.Channels[0].Motion.BaseURL = "ftp://a" },
		"channel.0.motion.tls_pin":     func(c *config.Config) { c.Channels[0].Motion.TLSPin = "00" },
	}
	for field, spoil := range tests {
		c := fromControl(validConfig())
		spoil(c)
		problems := problemsOf(c, c.Validate())
		if len(problems) != 1 || problems[0].Field != field || problems[0].Message == "" || problems[0].Remedy == "" {
			t.Errorf("%s: %+v", field, problems)
		}
	}
	c := fromControl(validConfig())
	c.Listen, c.Reach.Mode, c.Channels[0].Name = "", "", ""
	var fields []string
	for _, p := range problemsOf(c, c.Validate()) {
		fields = append(fields, p.Field)
	}
	if diff := cmp.Diff([]string{"listen", "reach.mode", "channel.0.name"}, fields); diff != "" {
		t.Error(diff)
	}
}

// world is a home with simulated sides.
type world struct {
	*Local
	config control.Config
	motion *motionsim.Motion
	brand  sim.Account
}

func mustWorld(t *testing.T) *world {
	t.Helper()
	x, err := sim.StartX(sim.XOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	m, err := motionsim.Start(motionsim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	w := &world{Local: mustSettings(t), config: validConfig(), motion: m}
	w.brand = x.AddAccount(sim.Account{ID: "4337869213", Handle: "acme_support", Name: "Acme Support"})
	w.config.Channels[0].X.APIBase, w.config.Channels[0].X.UploadBase = x.URL(), x.URL()
	w.config.Channels[0].Motion.ReceiveURL, w.config.Channels[0].Motion.User = m.ReceiveURL(), m.Options().User
	if _, err := w.SaveSettings(t.Context(), w.config, false); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) mustSet(t *testing.T, values map[string]string) {
	t.Helper()
	for name, value := range values {
		if _, err := w.SetSecret(t.Context(), "support", name, value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChecks(t *testing.T) {
	w := mustWorld(t)
	check := func(what string) control.CheckResult {
		t.Helper()
		r, err := w.CheckSettings(t.Context(), what, control.CheckRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Message == "" || (!r.OK && r.Remedy == "") {
			t.Errorf("%s says too little: %+v", what, r)
		}
		return r
	}
	for _, what := range control.Checks() {
		if r := check(what); r.OK != (what == control.CheckMotionURL) {
			t.Errorf("%s without secrets: %+v", what, r)
		}
	}
	w.mustSet(t, map[string]string{
		"x.consumer_key": w.brand.ConsumerKey, "x.consumer_secret": w.brand.ConsumerSecret,
		"x.access_token": w.brand.AccessToken, "x.access_token_secret": w.brand.AccessTokenSecret, "motion.password": w.motion.Options().Password,
	})
	if r := check(control.CheckXKeys); !r.OK || r.Account != "acme_support" {
		t.Errorf("x-keys: %+v", r)
	}
	if r := check(control.CheckMotionCredentials); !r.OK || len(r.Accounts) == 0 || r.Accounts[0].ReceiveURL != w.motion.ReceiveURL() {
		t.Errorf("motion-credentials: %+v", r)
	}
	for _, what := range []string{control.CheckXPermissions, control.CheckMotionURL, control.CheckAttachments} {
		if r := check(what); !r.OK {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if _, err := w.CheckSettings(t.Context(), "weather", control.CheckRequest{}); err == nil {
		t.Error("an unknown check is made")
	}
	w.mustSet(t, map[string]string{"motion.password": "wrong"})
	if r := check(control.CheckMotionCredentials); r.OK {
		t.Errorf("a wrong password: %+v", r)
	}
}

func TestCheckOfThePublicAddress(t *testing.T) {
	w := mustWorld(t)
	w.mustSet(t, map[string]string{"x.consumer_secret": "the consumer secret"})
	answers := map[string]http.HandlerFunc{
		"right": func(rw http.ResponseWriter, r *http.Request) {
			_, _ = rw.Write([]byte(`{"response_token":"` + endpoint.Sign("the consumer secret", []byte(r.URL.Query().Get("crc_token"))) + `"}`))
		},
		"wrong":    func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("welcome")) },
		"redirect": func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/there", http.StatusFound) },
	}
	for name, handler := range answers {
		server := httptest.NewServer(handler)
		c := w.config
		c.Reach.PublicURL = server.URL + "/api/messages?token=hush"
		r, err := w.CheckSettings(t.Context(), control.CheckPublicAddress, control.CheckRequest{Config: &c})
		if err != nil || r.OK != (name == "right") || strings.Contains(r.Message+r.Remedy, "hush") {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		server.Close()
		r, err = w.CheckSettings(t.Context(), control.CheckPublicAddress, control.CheckRequest{Config: &c})
		if err != nil || r.OK || strings.Contains(r.Message+r.Remedy, "hush") {
			t.Errorf("nobody: %+v, %v", r, err)
		}
	}
}

// A perch.toml that can be read and is not valid is shown as it is, and secrets can be stored: whoever mends it in the
// window loses nothing of it.
func TestAFileWithAMistakeIsMendedAndNotReplaced(t *testing.T) {
	l := mustSettings(t)
	c := validConfig()
	c.Secrets, c.Channels[0].Motion.User = "vault", "jane"
	if saved, err := l.SaveSettings(t.Context(), c, false); err != nil || len(saved.Problems) != 0 {
		t.Fatal(saved, err)
	}
	good, err := os.ReadFile(l.home.Config())
	if err != nil {
		t.Fatal(err)
	}
	write := func(old, mistake string) {
		t.Helper()
		text := strings.Replace(string(good), old, mistake, 1)
		if text == string(good) {
			t.Fatalf("there is no %s", old)
		}
		if err := os.WriteFile(l.home.Config(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	receive := `receive_url = "` + c.Channels[0].Motion.ReceiveURL + `"`
	write(receive, `receive_url = "motion.example"`)
	s, err := l.Settings(t.Context())
	if err != nil || s.Problem == nil || s.Unread || len(s.Config.Channels) != len(c.Channels) || s.Config.Channels[0].Motion.User != "jane" {
		t.Fatalf("%+v, %v", s, err)
	}
	l.With("vault", secret.NewMemory(nil))
	if _, err := l.SetSecret(t.Context(), c.Channels[0].Name, "x.consumer_key", "k"); err != nil {
		t.Errorf("a secret is not stored: %v", err)
	}
	write(`secrets = "vault"`, `secrets = "nowhere"`)
	if _, err := l.SetSecret(t.Context(), c.Channels[0].Name, "x.consumer_key", "k"); err == nil || !strings.Contains(err.Error(), "secrets") {
		t.Errorf("it does not say where secrets are: %v", err)
	}
	write(receive, "receive_url = ")
	s, err = l.Settings(t.Context())
	if err != nil || s.Problem == nil || !s.Unread {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := l.SetSecret(t.Context(), c.Channels[0].Name, "x.consumer_key", "k"); err == nil {
		t.Error("a secret is stored nobody knows where")
	}
}
