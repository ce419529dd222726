package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"perch/app/config"
	"perch/bridge"
)

// least is the shortest valid file.
const least = `[[channel]]
name = "support"
[channel.motion]
receive_url = "https://motion.example/api/openchannel/accounts/5/notify"
`

func TestParse_FillsDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Parse([]byte(least), "perch.toml")
	must(t, err)
	want := config.Default()
	channel := config.DefaultChannel("support")
	channel.Motion.ReceiveURL = "https://motion.example/api/openchannel/accounts/5/notify"
	want.Channels = []config.Channel{channel}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Listen != "127.0.0.1:3002" || got.Channels[0].X.API != "v2" || !got.Channels[0].X.Chat || len(got.Channels[0].X.MediaHosts) != 6 {
		t.Errorf("%+v", got)
	}
}

func TestParse_ReadsEveryKey(t *testing.T) {
	t.Parallel()
	got, err := config.Parse([]byte("\xef\xbb\xbf"+strings.ReplaceAll(`
listen = ":0"
secrets = "vault"
log_file = 'C:\perch\perch.log'
log_level = "debug"
legacy_reply_path = true
reach.mode = "webhook"
[reach.motion_proxy]
host = "motion.example:8443"
port = 3003
[[channel]]
name = "a"
motion = { receive_url = "http://127.0.0.1:80/notify?x=1", base_url = "https://other.example/sub/", tls_pin = "PIN" }
[channel.x]
api = "v1.1"
environment = "prod"
mentions = false
chat = false
api_base = "http://127.0.0.1:1"
media_hosts = [ # none
]
[[channel]]
name = "b"
x.mentions = true
[channel.motion]
receive_url = "https://[::1]:8080/n"
user = ""
map_key = "x_handle"
`, "PIN", strings.Repeat("AB:", 31)+"cd")), "perch.toml")
	must(t, err)
	want := &config.Config{
		Listen: ":0", Secrets: "vault", LogFile: `C:\perch\perch.log`, LogLevel: "debug", LegacyReplyPath: true, Reach: config.Default().Reach, Backup: config.Backup{Keep: 14}, Web: config.Web{Listen: "127.0.0.1:3004"},
		Channels: []config.Channel{config.DefaultChannel("a"), config.DefaultChannel("b")},
	}
	want.Reach.Mode, want.Reach.MotionProxy = "webhook", config.MotionProxy{Host: "motion.example:8443", Port: 3003}
	a, b := &want.Channels[0], &want.Channels[1]
	a.X = config.XConfig{API: "v1.1", Environment: "prod", APIBase: "http://127.0.0.1:1", UploadBase: a.X.UploadBase, MediaHosts: []string{}}
	a.Motion = config.MotionConfig{
		ReceiveURL: "http://127.0.0.1:80/notify?x=1", BaseURL: "https://other.example/sub/", User: "admin", TLSPin: strings.Repeat("AB:", 31) + "cd",
	}
	b.Motion = config.MotionConfig{ReceiveURL: "https://[::1]:8080/n", MapKey: "x_handle"}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if a.Motion.Base() != "https://other.example/sub" || b.Motion.Base() != "https://[::1]:8080" {
		t.Errorf("bases %q, %q", a.Motion.Base(), b.Motion.Base())
	}
}

func TestParse_NamesTheLineOfEachMistake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		says []string
	}{
		"unknown key":            {"lisen = \"x\"\n" + least, []string{`perch.toml, line 1: "lisen" is not a key that Perch knows; the nearest known key is "listen"`}},
		"capital letter":         {"Listen = \"x\"\n" + least, []string{`line 1: "Listen"`, `"listen"`}},
		"in a table":             {least + "\n# note\nrecieve_url = \"x\"", []string{`line 7: "recieve_url" is not a key that Perch knows in [channel.motion]; the nearest known key is "receive_url"`}},
		"in the channel":         {"[[channel]]\nnam = 1\n", []string{`line 2: "nam" is not a key that Perch knows in [[channel]]`, `"name"`}},
		"in another table":       {"receive_url = \"x\"\n" + least, []string{"line 1", "it belongs in [channel.motion]"}},
		"at the top":             {"[reach]\nlegacy_reply_path = true\n" + least, []string{"line 2", "it belongs in the top of the file"}},
		"nothing like it":        {least + "colour = 1", []string{"line 5", "known here are: base_url, map_key, receive_url, tls_pin, user"}},
		"unknown table":          {least + "[reach.shs]\naddress = 1\nuser = 2", []string{"line 5", `the nearest known key is "ssh"`}},
		"unknown parent":         {least + "[riech.ssh]", []string{"line 5", `"reach"`}},
		"escaped key":            {"\"l\\u0069sen\" = 1\n" + least, []string{`line 1: "lisen"`}},
		"dotted":                 {"reach.mod = \"x\"\n" + least, []string{`line 1: "mod" is not a key that Perch knows in [reach]`, `"mode"`}},
		"inline":                 {"channel = [\n{name = \"a\"},\n{nome = \"b\"}]", []string{`line 3: "nome"`, `"name"`}},
		"a secret":               {least + "consumer_key = \"abc\"", []string{"line 5", "perch secret set"}},
		"several":                {"a_thing = 1\n" + least + "[reach]\nmode = 3\nport = 4", []string{"perch.toml has 3 mistakes:", "line 1", "line 7", "line 8", "it belongs in [reach.motion_proxy]"}},
		"a page for others":      {least + "[web]\nlisten = \"0.0.0.0:3004\"", []string{"line 6", "there is no certificate in [web]", "127.0.0.1:3004"}},
		"a page for all":         {least + "[web]\nlisten = \":3004\"", []string{"line 6", "there is no certificate in [web]"}},
		"a page by name":         {least + "[web]\nlisten = \"localhost.example:3004\"", []string{"line 6", "there is no certificate in [web]"}},
		"half a certificate":     {least + "[web]\nkey_file = \"/k\"", []string{"line 5", "web.cert_file and web.key_file belong together"}},
		"a page without a port":  {least + "[web]\nlisten = \"127.0.0.1\"", []string{"line 6", "web.listen"}},
		"a feed's odd key":       {least + "[update]\nkey = \"RWshort\"", []string{"line 6", "no public key of minisign", "begins with RW"}},
		"a feed's odd address":   {least + "[update]\nfeed = \"perch.example\"", []string{"line 6", "update.feed"}},
		"daily without a feed":   {least + "[update]\ncheck_daily = true", []string{"line 6", "update.feed or update.key is empty"}},
		"a backup's odd time":    {least + "[backup]\nevery = \"daily\"", []string{"line 6", "backup.every is \"daily\", which is not a time", "24h"}},
		"backups all the time":   {least + "[backup]\nevery = \"5m\"", []string{"line 6", "from 1h to 8784h"}},
		"backups before now":     {least + "[backup]\nevery = \"-24h\"", []string{"line 6", "from 1h to 8784h"}},
		"no backup kept":         {least + "[backup]\nkeep = 0", []string{"line 6", "from 1 to 1000"}},
		"backups somewhere":      {least + "[backup]\nfolder = \"backups\"", []string{"line 6", "not a full path", "/var/backups/perch"}},
		"text for flag":          {"legacy_reply_path = \"true\"\n" + least, []string{`line 1: "legacy_reply_path" must be true or false, but is a text; write legacy_reply_path = true or legacy_reply_path = false, without quotes`}},
		"number for text":        {"listen = 3002\n" + least, []string{`line 1: "listen" must be a text in quotes, but is a number`}},
		"text for number":        {"[reach.motion_proxy]\nport = \"3002\"\n" + least, []string{"line 2", "must be a whole number, but is a text"}},
		"part of a number":       {"[backup]\nkeep = 1.5\n" + least, []string{"line 2", "must be a whole number, but is a number with a point"}},
		"text for list":          {least + "[channel.x]\nmedia_hosts = \"a\"", []string{"line 6", `write media_hosts = ["…", "…"]`}},
		"mixed list":             {least + "[channel.x]\nmedia_hosts = [\"a\", 1]", []string{"line 6", "a list of something else"}},
		"text for table":         {"reach = \"stream\"\n" + least, []string{"line 1", "write [reach] in a line of its own"}},
		"text for tables":        {"channel = \"support\"\n", []string{"line 1", "write [[channel]] in a line of its own"}},
		"date":                   {"listen = 2026-01-01\n" + least, []string{"line 1", "a date or time"}},
		"one bracket":            {"[channel]\nname = \"a\"", []string{"line 1: [channel] has one bracket, but there can be several; write [[channel]]"}},
		"two brackets":           {"[[reach]]\nmode = \"x\"\n" + least, []string{"line 1", "write [reach]"}},
		"table of a setting":     {"[listen]\n" + least, []string{"line 1", "is a setting and not a table"}},
		"below a setting":        {"listen.port = 1\n" + least, []string{`line 1: "listen" is a setting and not a table; write listen = "…"`}},
		"before any":             {"[channel.x]\napi = \"v2\"\n" + least, []string{"line 1: this belongs to a channel, but none has begun; write [[channel]] above it"}},
		"twice":                  {"listen = \":1\"\n\nlisten = \":2\"\n" + least, []string{`line 3: "listen" is there twice, first in line 1; keep one of them`}},
		"table twice":            {"[reach]\n" + least + "[reach]", []string{"line 6: [reach] is there twice, first in line 1"}},
		"twice in a channel":     {least + "user = \"a\"\nuser = \"b\"", []string{"line 6", "first in line 5"}},
		"no value":               {least + "user =\n", []string{"line 5: this is not as TOML wants it"}},
		"no quote":               {least + "user = admin\n", []string{"line 5: this is not as TOML wants it"}},
		"open quote":             {"listen = \"x\n" + least, []string{"line 1"}},
		"backslashes":            {"\nlog_file = \"C:\\Users\\log\"\n" + least, []string{"line 2", `single quotes: 'C:\folder\file'`}},
		"mistake and no TOML":    {"lisen = 1\n= 2\n", []string{"2 mistakes", "line 1", "line 2"}},
		"huge number":            {"[reach.motion_proxy]\nport = 99999999999999999999\n" + least, []string{"line 2"}},
		"redefined":              {"reach = {mode = \"stream\"}\n[reach.ssh]\nuser = \"a\"\n" + least, []string{"perch.toml: this is not as TOML wants it"}},
		"not UTF-8":              {"listen = \"\xff\"\n" + least, []string{"line 1"}},
		"UTF-16":                 {"\xff\xfel\x00i\x00", []string{"UTF-16", "save it as UTF-8"}},
		"too large":              {"#" + strings.Repeat("x", 256<<10), []string{"larger than"}},
		"nothing":                {"", []string{"perch.toml: there is no channel"}},
		"no channel":             {"channel = []", []string{"line 1: there is no channel"}},
		"more than one can read": {strings.Repeat("listen = 1\n", 30), []string{"30 mistakes", "and 10 more"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Parse([]byte(c.file), "perch.toml")
			wantSaid(t, err, c.says...)
		})
	}
}

func TestParse_SaysWhatIsNotValid(t *testing.T) {
	t.Parallel()
	const top, x, motion = "top", "[channel.x]\n", ""
	for _, c := range []struct {
		where, line string
		says        []string
	}{
		{top, `listen = "3002"`, []string{"line 1: listen is \"3002\", which is not host:port"}},
		{top, `listen = ""`, []string{"line 1"}},
		{top, `listen = "127.0.0.1:65536"`, []string{"line 1"}},
		{top, `listen = "127.0.0.1:http"`, []string{"line 1"}},
		{top, `listen = "a b:1"`, []string{"line 1"}},
		{top, `listen = "[::1]:0"`, nil},
		{top, `listen = "localhost:3002"`, nil},
		{top, `secrets = "file"`, []string{`line 1: secrets is "file", which Perch does not know; write one of "keyring", "vault"`}},
		{top, `log_level = "loud"`, []string{"line 1", `"debug", "info", "warn", "error"`}},
		{top, `reach.mode = "push"`, []string{`line 1: reach.mode is "push"`, `"stream", "webhook", "poll"`}},
		{top, `reach.tunnel = "wire"`, []string{"line 1", `"", "ssh", "ngrok", "cloudflared", "tls"`}},
		{top, `reach.public_url = "bridge.example/x"`, []string{"line 1", "write it in full"}},
		{top, `reach.public_url = "https://bridge.example/x?a=b"`, nil},
		{top, `reach.motion_proxy.port = 0`, []string{"line 1", "which is not a port"}},
		{top, `reach.motion_proxy.port = 70000`, []string{"line 1", "which is not a port"}},
		{top, `reach.motion_proxy.host = "https://motion.example"`, []string{"line 1", "without https://"}},
		{top, `reach.tunnel = "ssh"`, []string{"2 mistakes", "reach.ssh.address is empty", "reach.ssh.user is empty"}},
		{top, `reach = {tunnel = "ssh", ssh = {address = "jump.example:22", user = "perch"}}`, nil},
		{top, `reach.ssh.address = "jump.example"`, []string{"line 1: reach.ssh.address"}},
		{top, `reach.ssh.remote_listen = "3002"`, []string{"line 1: reach.ssh.remote_listen"}},
		{top, `reach.tunnel = "tls"`, []string{"there is no certificate"}},
		{top, `reach = {tunnel = "tls", tls = {acme_domain = "perch.example"}}`, nil},
		{top, `reach.tls.key_file = "a"`, []string{"one of cert_file and key_file"}},
		{top, `reach.tunnel = "ngrok"`, nil},
		{top, `reach.ngrok.domain = "a/b"`, []string{"line 1"}},
		{x, `api = "v3"`, []string{`line 6: channel "support": x.api is "v3"`, `"v2", "v1.1"`}},
		{x, `api_base = ""`, []string{"line 6", "take the line out"}},
		{x, `api_base = "api.x.com"`, []string{"line 6"}},
		{x, `upload_base = "https://upload.example/?a"`, []string{"line 6", "has a ?"}},
		{x, `media_hosts = ["pbs.twimg.com", "https://ton.x.com/a"]`, []string{"line 6", `"https://ton.x.com/a"`, "neither host nor host:port"}},
		{x, `media_hosts = ["127.0.0.1:8080", "::1", "[::1]:80", "a_b.example"]`, nil},
		{x, `media_hosts = ["a:0"]`, []string{"line 6"}},
		{motion, `base_url = "ftp://motion.example"`, []string{"line 5"}},
		{motion, `base_url = "https://admin:geheim@motion.example"`, []string{"line 5", "name or password", "perch secret set"}},
		{motion, `base_url = "admin:geheim@motion.example"`, []string{"line 5", "name or password"}},
		{motion, `base_url = "motion.example?apikey=geheim"`, []string{`line 5: channel "support": motion.base_url is "motion.example", which`}},
		{motion, `base_url = "https://motion.example/#x"`, []string{"line 5", "#"}},
		{motion, `tls_pin = "abc"`, []string{"line 5", "64 hex digits"}},
		{motion, `tls_pin = "` + strings.Repeat("zz", 32) + `"`, []string{"line 5"}},
		{motion, `tls_pin = "` + strings.Repeat("abcd:", 15) + `abcd"`, []string{"line 5"}},
		{motion, `tls_pin = "` + strings.Repeat("aB", 32) + `"`, nil},
		{motion, "[[channel]]\nname = \"support\"\nmotion.receive_url = \"https://a.example/n\"", []string{`line 6: channel "support": the name "support" is channel 1's already`}},
		{motion, "[[channel]]\nname = \"Support Team\"\nmotion.receive_url = \"https://a.example/n\"", []string{`line 6: channel 2: the name "Support Team" cannot be used`}},
		{motion, "[[channel]]\nmotion.receive_url = \"https://a.example/n\"", []string{"line 5: channel 2: it has no name"}},
		{motion, "\n[[channel]]\nname = \"b\"", []string{`line 6: channel "b": motion.receive_url is missing`, "Open Channel account"}},
		{motion, "\n[[channel]]\nname = \"b\"\n[channel.motion]\nuser = \"x\"", []string{`line 8: channel "b": motion.receive_url is missing`}},
		{motion, "\n[[channel]]\nname = \"b\"\nmotion.receive_url = \"/notify\"", []string{"line 8", "write it in full"}},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			file := least + c.where + c.line
			if c.where == top {
				file = c.line + "\n" + least
			}
			_, err := config.Parse([]byte(file), "perch.toml")
			if c.says == nil {
				must(t, err)
				return
			}
			wantSaid(t, err, c.says...)
		})
	}
}

func TestValidate_KnowsNoLines(t *testing.T) {
	t.Parallel()
	c := config.Default()
	wantSaid(t, c.Validate(), "the configuration: there is no channel")
	c.Channels = []config.Channel{config.DefaultChannel("a")}
	c.Channels[0].Motion.ReceiveURL = "https://motion.example/n"
	must(t, c.Validate())
}

func TestLoad_SaysWhatIsWrongWithTheFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "perch.toml")
	_, err := config.Load(path)
	wantSaid(t, err, path, "perch init")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	_, err = config.Load(folder)
	wantSaid(t, err, folder, "cannot be read")
	must(t, os.WriteFile(path, []byte("\nlisten = 1"), 0o600))
	_, err = config.Load(path)
	wantSaid(t, err, path+", line 2")
	must(t, os.WriteFile(path, []byte(least), 0o600))
	if c, err := config.Load(path); err != nil || c.Channels[0].Name != "support" {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(config.Template())
	f.Add([]byte(least))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse(data, "perch.toml")
		if err != nil {
			var e *bridge.Error
			if !errors.As(err, &e) || e.Message == "" || e.Remedy == "" {
				t.Errorf("%#v", err)
			}
			return
		}
		again, err := config.Parse(config.Render(c), "perch.toml")
		if err != nil {
			t.Fatalf("%v in\n%s", err, config.Render(c))
		}
		if diff := cmp.Diff(c, again, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// wantSaid checks that an Operator error for the admin has all the words, and nothing secret.
func wantSaid(tb testing.TB, err error, words ...string) {
	tb.Helper()
	var e *bridge.Error
	if !errors.As(err, &e) {
		tb.Fatalf("%v is no *bridge.Error", err)
	}
	said := e.Message + "; " + e.Remedy
	for _, w := range words {
		if !strings.Contains(said, w) {
			tb.Errorf("%q is not in: %s", w, said)
		}
	}
	if e.Kind != bridge.Operator || e.Side != bridge.SidePerch || e.Remedy == "" || strings.Contains(e.Error(), "geheim") {
		tb.Errorf("%#v", e)
	}
}

func TestBackupInterval(t *testing.T) {
	t.Parallel()
	for every, want := range map[string]time.Duration{"": 0, "0": 0, "24h": 24 * time.Hour, "1h30m": 90 * time.Minute} {
		c, err := config.Parse([]byte(least+"[backup]\nevery = \""+every+"\""), "")
		if err != nil || c.Backup.Interval() != want || c.Backup.Keep != 14 {
			t.Errorf("%q: %+v, %v", every, c, err)
		}
	}
}
