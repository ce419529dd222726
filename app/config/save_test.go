package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/config"
)

func TestTemplate_IsValidAndTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Parse(config.Template(), "perch.toml")
	must(t, err)
	want, err := config.Parse([]byte(least), "perch.toml")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTemplate_HasEveryKeyWithAComment(t *testing.T) {
	t.Parallel()
	text := string(config.Template())
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for f := range typ.Fields() {
			switch {
			case f.Type.Kind() == reflect.Struct:
				walk(f.Type)
			case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
				walk(f.Type.Elem())
			case !regexp.MustCompile(`(?m)^(# )?` + f.Tag.Get("toml") + ` = `).MatchString(text):
				t.Errorf("the template lacks %s", f.Tag.Get("toml"))
			}
		}
	}
	walk(reflect.TypeFor[config.Config]())
	for block := range strings.SplitSeq(text, "\n\n") {
		if !strings.Contains(block, "#") {
			t.Errorf("no comment in:\n%s", block)
		}
	}
	if strings.TrimSpace(text)+"\n" != text || strings.Contains(text, "\n\n\n") || strings.Contains(text, "<no value>") {
		t.Errorf("untidy:\n%s", text)
	}
}

func TestSave_WritesWhatLoadReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "perch.toml")
	want, err := config.Parse([]byte(least), "")
	must(t, err)
	want.LogFile = "C:\\log \"x\"\t\u007f\u0001ü.log"
	want.Channels = append(want.Channels, config.DefaultChannel("b"))
	want.Channels[1].Motion.ReceiveURL = "http://127.0.0.1:1/n"
	want.Channels[1].X.Mentions = false
	want.Channels[1].Agents = config.AgentsConfig{WhoWrites: true, Hide: true, Link: true}
	want.Alerts = []config.Alert{config.DefaultAlert("ops"), config.DefaultAlert("mail")}
	want.Alerts[0].URL, want.Alerts[0].Quiet, want.Alerts[0].IncludeText = "https://a.example/x", "22:00-07:00", true
	want.Alerts[1].Kind, want.Alerts[1].Server, want.Alerts[1].From, want.Alerts[1].To = "email", "m.example:587", "p@example.com", []string{"a@example.com", "b@example.com"}
	must(t, config.Save(path, want))
	got, err := config.Load(path)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSave_KeepsWhatWasThere(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "perch.toml")
	old := []byte("# my note\n" + least)
	must(t, os.WriteFile(path, old, 0o640)) //nolint:gosec // the mode is the test
	c, err := config.Load(path)
	must(t, err)
	c.LogLevel = "debug"
	must(t, config.Save(path, c))
	if backup, err := os.ReadFile(path + ".bak"); err != nil || !bytes.Equal(backup, old) {
		t.Errorf("backup %q, %v", backup, err)
	}
	info, err := os.Stat(path)
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

func TestSave_FollowsALink(t *testing.T) {
	t.Parallel()
	target, link := filepath.Join(t.TempDir(), "real.toml"), filepath.Join(t.TempDir(), "perch.toml")
	must(t, os.WriteFile(target, []byte(least), 0o600))
	err := os.Symlink(target, link)
	if _, statErr := os.Stat(link); err != nil || statErr != nil { // Wine makes none and says nothing
		t.Skip("there are no links here: ", err)
	}
	c, err := config.Load(link)
	must(t, err)
	c.Listen = ":0"
	must(t, config.Save(link, c))
	if got, err := config.Load(target); err != nil || got.Listen != ":0" {
		t.Errorf("%+v, %v", got, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
}

func TestSave_RefusesWhatIsNotValid(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "perch.toml")
	wantSaid(t, config.Save(path, config.Default()), "there is no channel")
	if _, err := os.Stat(path); err == nil {
		t.Error("written all the same")
	}
	c, err := config.Parse([]byte(least), "")
	must(t, err)
	wantSaid(t, config.Save(filepath.Join(path, "no", "folder"), c), "cannot be written")
}
