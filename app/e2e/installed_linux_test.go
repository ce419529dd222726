//go:build dist

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/service"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

const (
	// relayUser is whose relay it is, in the Debian where the packages are tried (packaging/dist/test.sh).
	relayUser = "anna"
	relayID   = 1000
	// waitingEvents are in the journal when the program is replaced.
	waitingEvents = 400
)

// debian is a running Debian whose processes one can join.
type debian struct {
	t     *testing.T
	enter string
	files string // the folder with the packages, new and old
	of    scope  // whose service the relay is
}

// scope is whose service the relay is: of the relay's user, of the computer as perch service install makes it, or of the
// computer by the package's own unit.
type scope string

const (
	ofUser    scope = "user"
	ofSystem  scope = "system"
	ofPackage scope = "system, by the packaged unit"
	// systemHome is the home of a service of the computer.
	systemHome = service.SystemHome
)

// systemctl is the command that speaks to its systemd.
func (s scope) systemctl(args ...string) []string {
	if s != ofUser {
		return append([]string{"systemctl"}, args...)
	}
	return append([]string{"systemctl", "--user", "--machine=" + relayUser + "@.host"}, args...)
}

// units is the folder where an admin puts units.
func (s scope) units() string {
	if s != ofUser {
		return "/etc/systemd/system"
	}
	return "/home/" + relayUser + "/.config/systemd/user"
}

func openDebian(t *testing.T, of scope) debian {
	t.Helper()
	folder := os.Getenv("PERCH_DIST")
	if folder == "" {
		t.Fatal("packaging/dist/test.sh runs this, in a Debian of its own")
	}
	return debian{t: t, enter: filepath.Join(folder, "enter"), files: folder, of: of}
}

// try runs a command in it as root.
func (d debian) try(args ...string) (string, error) { return d.tryWith("", args...) }

// tryWith does so with something on standard input.
func (d debian) tryWith(stdin string, args ...string) (string, error) {
	cmd := exec.Command(d.enter, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (d debian) must(args ...string) string {
	d.t.Helper()
	out, err := d.try(args...)
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

func (d debian) systemctl(args ...string) string {
	d.t.Helper()
	return d.must(d.of.systemctl(args...)...)
}

// pack returns the one file of the package perch: old or new, deb or rpm.
func (d debian) pack(age, pattern string) string {
	d.t.Helper()
	list, err := filepath.Glob(filepath.Join(d.files, age, pattern))
	if err != nil || len(list) != 1 {
		d.t.Fatalf("%s %s: %v %v", age, pattern, list, err)
	}
	return list[0]
}

// packager is one way to install a package.
type packager struct {
	name, pattern                   string
	install, upgrade, remove, purge []string
	scopes                          []scope
}

func packagers() []packager {
	return []packager{
		{
			name: "deb", pattern: "perch_*.deb", install: []string{"dpkg", "-i"}, upgrade: []string{"dpkg", "-i"},
			remove: []string{"dpkg", "-r", "perch"}, purge: []string{"dpkg", "-P", "perch"},
			scopes: []scope{ofUser, ofSystem, ofPackage},
		},
		{
			name: "rpm", pattern: "perch-[0-9]*.rpm", install: []string{"rpm", "--force-debian", "-i", "--nodeps"},
			upgrade: []string{"rpm", "--force-debian", "-U", "--nodeps"}, remove: []string{"rpm", "--force-debian", "-e", "perch"}, scopes: []scope{ofUser},
		},
	}
}

// A package that is installed, upgraded under load with a full journal, removed and purged loses no message and nobody's data.
func TestInstalled(t *testing.T) {
	d := openDebian(t, ofSystem)
	d.must("useradd", "--create-home", "--uid", fmt.Sprint(relayID), relayUser)
	d.must("loginctl", "enable-linger", relayUser)
	for _, p := range packagers() {
		for _, of := range p.scopes {
			t.Run(p.name+" "+string(of), func(t *testing.T) {
				d := openDebian(t, of)
				d.must(append(p.install, d.pack("old", p.pattern))...)
				d.nothingStarted()
				b := d.box()
				d.firstMessage(b)
				d.upgradeUnderLoad(b, p)
				d.page(b)
				d.removal(b, p)
			})
		}
	}
}

// nothingStarted holds an installation to starting and enabling nothing by itself.
func (d debian) nothingStarted() {
	d.t.Helper()
	if out := d.running(); out != "" {
		d.t.Errorf("the installation started %s", out)
	}
	if out, _ := d.try(ofUser.systemctl("is-enabled", "perch")...); strings.TrimSpace(out) != "disabled" {
		d.t.Errorf("after the installation the service is %s", out)
	}
	if out := d.must("perch", "version"); !strings.HasPrefix(out, "perch 0.0.9") {
		d.t.Errorf("installed is %s", out)
	}
}

// running returns the programs perch that run; pgrep says by 1 that there is none.
func (d debian) running() string {
	d.t.Helper()
	return d.must("sh", "-c", "pgrep -a -x perch || test $? = 1")
}

// box is a home whose service runs.
func (d debian) box() *box {
	d.t.Helper()
	b := newBox(d.t, func(b *box) { b.family, b.port = xevents.Legacy, freePort(d.t) })
	b.x.Change(func(o *sim.XOptions) { o.Echo = false })
	d.must("chown", "-R", relayUser+":", b.home)
	for folder := filepath.Dir(b.home); folder != d.files; folder = filepath.Dir(folder) {
		d.must("chmod", "711", folder)
	}
	if d.of == ofUser {
		d.serveUser(b)
	} else {
		d.serveSystem(b)
	}
	d.t.Cleanup(func() {
		if d.t.Failed() {
			out, _ := d.try("journalctl", "--no-pager", "-n", "40")
			d.t.Log("what systemd says:\n", out)
		}
		_, _ = d.try(d.of.systemctl("stop", "perch")...)
		_, _ = d.try("sh", "-c", "rm -rf "+d.of.units()+"/perch.service* "+d.of.units()+"/*.wants/perch.service")
		_, _ = d.try(d.of.systemctl("daemon-reload")...)
	})
	b.listen = "127.0.0.1:" + b.port
	d.awaitRelay(b)
	b.connect()
	return b
}

// serveUser starts the package's unit as the relay's user has it.
func (d debian) serveUser(b *box) {
	d.t.Helper()
	settings := fmt.Sprintf("[Service]\nEnvironment=PERCH_HOME=%s PERCH_VAULT_PASSPHRASE_FILE=%s\n", b.home, filepath.Join(b.home, "passphrase"))
	b.write(filepath.Join(d.files, "here.conf"), settings)
	d.must("install", "-D", "-m", "644", filepath.Join(d.files, "here.conf"), d.of.units()+"/perch.service.d/here.conf")
	d.must("chown", "-R", relayUser+":", "/home/"+relayUser)
	d.systemctl("daemon-reload")
	d.systemctl("start", "perch")
}

// serveSystem does what docs/background.md says of a service of the whole system: an account and a home of its own, and all
// the restrictions. The passphrase is a credential where perch installs it, and kept in the home for the package's unit.
func (d debian) serveSystem(b *box) {
	d.t.Helper()
	d.must("mkdir", "-m", "700", systemHome)
	d.must("sh", "-c", "cp -a "+b.home+"/perch.toml "+b.home+"/vault.age "+systemHome)
	b.home = systemHome
	if d.of == ofSystem {
		out, err := d.tryWith(boxPhrase, "perch", "service", "install", "--system", "--home", systemHome, "--passphrase-stdin")
		if err != nil || !strings.Contains(out, "/etc/perch/vault-passphrase") {
			d.t.Fatalf("perch service install: %v\n%s", err, out)
		}
		return
	}
	if out, err := d.tryWith(boxPhrase, "perch", "--home", systemHome, "secret", "keep", "--passphrase-stdin"); err != nil {
		d.t.Fatalf("perch secret keep: %v\n%s", err, out)
	}
	d.must("sh", "-c", "id perch 2>/dev/null || useradd --system --user-group --home-dir "+systemHome+" --shell /usr/sbin/nologin perch")
	d.must("chown", "-R", "perch:perch", systemHome)
	d.must("systemctl", "enable", "--now", "perch")
	if unit := d.must("systemctl", "show", "--value", "--property=FragmentPath", "perch"); !strings.HasPrefix(unit, "/usr/lib/") && !strings.HasPrefix(unit, "/lib/") {
		d.t.Errorf("the unit is %s", unit)
	}
}

func (d debian) awaitRelay(b *box) {
	d.t.Helper()
	b.until("the relay", func() bool {
		_, _, code := b.perch("status")
		return code == 0
	})
}

func (d debian) firstMessage(b *box) {
	d.t.Helper()
	b.x.DM(annID, brandID, sim.Message{Text: "Is this thing on?"})
	first := b.awaitMotion(1)[0]
	if first.Body != "Is this thing on?" || first.From != "annlee" {
		d.t.Errorf("in Motion: %+v", first)
	}
	if r := b.reply(first.Interaction, motionsim.Reply{Text: "It is"}); r.Status != http.StatusOK {
		d.t.Errorf("reply: %+v", r)
	}
	if sent := b.x.SentDMs(); len(sent) != 1 || sent[0].Text != "It is" {
		d.t.Errorf("at X: %+v", sent)
	}
}

// upgradeUnderLoad replaces the program while Motion is down, the journal is full, and customers and agents write.
func (d debian) upgradeUnderLoad(b *box, p packager) {
	d.t.Helper()
	s := underLoad(b)
	b.motion.Down()
	stop := make(chan struct{})
	var load sync.WaitGroup
	halt := sync.OnceFunc(func() {
		close(stop)
		load.Wait()
	})
	d.t.Cleanup(halt)
	for side := range customersSide {
		random := rand.New(rand.NewPCG(1, uint64(side)))
		load.Go(func() { always(stop, func(round int) { s.customersWrite(random, side, round, stop) }) })
	}
	for _, w := range s.agents {
		load.Go(func() { always(stop, func(round int) { s.agentWrites(w, round, false, stop) }) })
	}
	b.until("a full journal", func() bool { return s.l.acknowledged() >= waitingEvents })
	before := d.pid()
	d.must(append(p.upgrade, d.pack("new", p.pattern))...)
	b.until("another relay", func() bool { now := d.pid(); return now != "0" && now != before })
	d.awaitRelay(b)
	if v := b.status().Version; strings.HasPrefix(v, "0.0.9") {
		d.t.Errorf("after the upgrade runs %s", v)
	}
	waiting, reached := b.status().Channels[0].Inbound.Queued, s.l.acknowledged()
	b.until("events after the upgrade", func() bool { return s.l.acknowledged() > reached+50 })
	if err := b.motion.Up(); err != nil {
		d.t.Fatal(err)
	}
	halt()
	if waiting < waitingEvents {
		d.t.Errorf("%d events waited while the program was replaced, want %d", waiting, waitingEvents)
	}
	b.must("resume") // Motion is back: nobody need wait for the next attempt
	b.settle()
	result := s.judge() // a relay that ends in order repeats nothing
	d.t.Log(&result)
}

// underLoad prepares customers and agents who go on from what firstMessage has left.
func underLoad(b *box) *killScene {
	s := &killScene{box: b, l: newLedger("upgrade", 0), path: strings.TrimPrefix(b.urls[0].ReplyURL, "http://"+b.listen)}
	s.l.events["Is this thing on?"] = &entry{text: "Is this thing on?", conversation: "first", answer: "taken"}
	s.l.replies["It is"] = &entry{text: "It is", conversation: "first", answer: "sent"}
	for i := range conversations {
		s.customers = append(s.customers, &writer{name: fmt.Sprint("c", i), id: 5000 + i})
	}
	s.agents = []*writer{{name: "annlee", id: 1}, {name: "bob", id: 2}}
	return s
}

// always calls again what ends with the relay, until the end of the load.
func always(stop chan struct{}, work func(round int)) {
	for round := 0; ; round++ {
		select {
		case <-stop:
			return
		case <-time.After(20 * time.Millisecond):
			work(round)
		}
	}
}

func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return promised(l.events)
}

func (d debian) pid() string { return d.systemctl("show", "--value", "--property=MainPID", "perch") }

// page holds a package to bringing the page for browsers, which the installed relay serves when it is switched on.
func (d debian) page(b *box) {
	d.t.Helper()
	d.must("sh", "-c", `printf '\n[web]\nenabled = true\nlisten = "127.0.0.1:0"\n' >>"$1"`, "sh", filepath.Join(b.home, "perch.toml"))
	b.must("reload")
	var code control.WebCode
	b.until("the page", func() bool {
		out, _, exit := b.perch("web", "--no-open", "--json")
		return exit == 0 && json.Unmarshal([]byte(out), &code) == nil
	})
	site, _, _ := strings.Cut(code.Address, "/#")
	_, program, _ := strings.Cut(string(d.get(site+"/")), `data-program="`)
	program, _, _ = strings.Cut(program, `"`)
	if size := len(d.get(site + program)); code.PageVersion != b.status().Version || size < 1<<20 {
		d.t.Errorf("the page is of %s, its program %q has %d bytes", code.PageVersion, program, size)
	}
}

// get returns what a browser would get, unpacked.
func (d debian) get(address string) []byte {
	d.t.Helper()
	response, err := http.Get(address) //nolint:gosec,noctx // the relay's own
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %s, %v", address, response.Status, err)
	}
	return data
}

// removal: the relay ends, the data stay; a purge takes those of the system's service, and nobody's own.
func (d debian) removal(b *box, p packager) {
	d.t.Helper()
	shared, own := []string{"/etc/perch/kept", systemHome + "/kept"}, []string{filepath.Join(b.home, "perch.db"), filepath.Join(b.home, "vault.age")}
	for _, path := range shared {
		d.must("install", "-D", "-m", "600", "/etc/hostname", path)
	}
	d.must(p.remove...)
	if out := d.running(); out != "" {
		d.t.Errorf("after the removal runs %s", out)
	}
	d.hold(false, "/usr/bin/perch")
	d.hold(true, append(shared, own...)...)
	if p.purge != nil {
		d.must(p.purge...)
		d.hold(false, "/etc/perch", systemHome)
	}
	if d.of == ofUser {
		d.hold(true, own...)
	}
	d.must("rm", "-rf", "/etc/perch", systemHome)
}

func (d debian) hold(there bool, paths ...string) {
	d.t.Helper()
	for _, path := range paths {
		if _, err := d.try("test", "-e", path); (err == nil) != there {
			d.t.Errorf("%s: there %v, want %v", path, err == nil, there)
		}
	}
}
