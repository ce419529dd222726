package config

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	channelRegex = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	// minisignRegex is the form of a public key: 42 bytes in base64, of which the first say "Ed".
	minisignRegex = regexp.MustCompile(`^RW[A-Za-z0-9+/]{54}$`)
	hostRegex     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$`)
)

// Validate returns one Operator error that names everything that is wrong with c; nil when all is well. Load and
// Parse have called it, with the lines.
func (c *Config) Validate() error {
	if problems := check(c, nil); len(problems) > 0 {
		return report("", problems)
	}
	return nil
}

// checker collects problems. Its methods take the key as the scanner notes it and words for a person.
type checker struct {
	lines    map[string]int
	problems []problem
	subject  string // put before each sentence: `channel "support": `
}

func check(c *Config, lines map[string]int) []problem {
	k := &checker{lines: lines}
	k.address("listen", c.Listen, 0)
	k.oneOf("secrets", c.Secrets, SecretsKeyring, SecretsVault)
	k.oneOf("log_level", c.LogLevel, "debug", "info", "warn", "error")
	k.reach(c.Reach)
	k.backup(c.Backup)
	k.update(c.Update)
	k.costs(c.Costs)
	k.web(c.Web)
	k.metrics(c.Metrics)
	k.alerts(c.Alerts)
	if len(c.Channels) == 0 {
		k.add("channel", "there is no channel", "write a [[channel]] with its name, [channel.x] and [channel.motion]; perch init shows how")
	}
	first := map[string]int{}
	for i, ch := range c.Channels {
		k.channel(fmt.Sprintf("channel.%d", i), i, ch)
		if before, twice := first[ch.Name]; twice && ch.Name != "" {
			k.add(fmt.Sprintf("channel.%d.name", i), fmt.Sprintf("the name %s is channel %d's already", shown(ch.Name), before+1), "give each channel a name of its own")
		} else {
			first[ch.Name] = i
		}
		k.subject = ""
	}
	return k.problems
}

// lineOf returns the line of the key or, when the file does not have it, of the table where it belongs.
func (k *checker) lineOf(key string) int {
	for key != "" {
		if line := k.lines[key]; line > 0 {
			return line
		}
		key = key[:max(0, strings.LastIndexByte(key, '.'))]
	}
	return 0
}

func (k *checker) add(key, why, do string) {
	k.problems = append(k.problems, problem{k.lineOf(key), k.subject + why, do})
}

// name is how the file has the key: "channel.0.x.api" is x.api, "alert.0.url" is url.
func name(key string) string {
	if parts := strings.SplitN(key, ".", 3); len(parts) == 3 && (parts[0] == "channel" || parts[0] == "alert") {
		return parts[2]
	}
	return key
}

func (k *checker) oneOf(key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		k.add(key, fmt.Sprintf("%s is %s, which Perch does not know", name(key), shown(value)), "write one of "+strings.Join(quoted(allowed), ", "))
	}
}

func quoted(values []string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = strconv.Quote(v)
	}
	return list
}

// address checks host:port; least is the smallest port.
func (k *checker) address(key, value string, least int) {
	host, port, err := net.SplitHostPort(value)
	if err != nil || !isPort(port, least) || (host != "" && !isHost(host)) {
		k.add(key, fmt.Sprintf("%s is %s, which is not host:port", name(key), shown(value)), `write for example "127.0.0.1:3002"`)
	}
}

func isPort(text string, least int) bool {
	port, err := strconv.Atoi(text)
	return err == nil && port >= least && port <= 65535 && text == strconv.Itoa(port)
}

func isHost(text string) bool { return hostRegex.MatchString(text) || net.ParseIP(text) != nil }

func isHostMaybePort(text string) bool {
	if host, port, err := net.SplitHostPort(text); err == nil {
		return isHost(host) && isPort(port, 1)
	}
	return isHost(text)
}

// url checks an absolute http or https URL; empty is fine.
func (k *checker) url(key, value string) {
	if value == "" {
		return
	}
	const do = `write it in full, such as "https://host/path"`
	switch u, err := url.Parse(value); {
	case err != nil || (u.Scheme != "https" && u.Scheme != "http") || !isHost(u.Hostname()) || (u.Port() != "" && !isPort(u.Port(), 1)):
		k.add(key, fmt.Sprintf("%s is %s, which is not a URL that Perch can use", name(key), shownURL(value)), do)
	case u.User != nil:
		k.add(key, name(key)+" has a name or password in it", "take them out: secrets are stored with perch secret set")
	case u.Fragment != "":
		k.add(key, name(key)+" has a # in it, and what follows is never sent", do)
	}
}

// shownURL repeats no part of a URL that may be secret.
func shownURL(value string) string {
	value, _, _ = strings.Cut(value, "?")
	if strings.Contains(value, "@") {
		return "one with a name or password"
	}
	return shown(value)
}

// base checks a URL to which paths are added.
func (k *checker) base(key, value string) {
	k.url(key, value)
	if strings.Contains(value, "?") {
		k.add(key, name(key)+" has a ? in it, but Perch adds paths to it", "leave out the ? and what follows")
	}
}

func (k *checker) reach(r Reach) {
	k.oneOf("reach.mode", r.Mode, Modes()...)
	k.oneOf("reach.tunnel", r.Tunnel, Tunnels()...)
	k.url("reach.public_url", r.PublicURL)
	k.host("reach.motion_proxy.host", r.MotionProxy.Host)
	if p := r.MotionProxy.Port; p < 1 || p > 65535 {
		k.add("reach.motion_proxy.port", fmt.Sprintf("reach.motion_proxy.port is %d, which is not a port", p), "write a number from 1 to 65535, usually 3002")
	}
	k.host("reach.ngrok.domain", r.Ngrok.Domain)
	k.ssh(r.SSH, r.Tunnel == TunnelSSH)
	k.tls(r.TLS, r.Tunnel == TunnelTLS)
}

func (k *checker) update(u Update) {
	k.url("update.feed", u.Feed)
	if u.Key != "" && !minisignRegex.MatchString(u.Key) {
		k.add("update.key", "update.key is no public key of minisign", "copy the line of 56 characters that begins with RW, which is published with the releases")
	}
	if u.CheckDaily && (u.Feed == "" || u.Key == "") {
		k.add("update.check_daily", "update.check_daily is on, but update.feed or update.key is empty", "give both, or write check_daily = false")
	}
}

// host checks host or host:port; empty is fine.
func (k *checker) host(key, value string) {
	if value != "" && !isHostMaybePort(value) {
		k.add(key, fmt.Sprintf("%s is %s, which is not the name of a host", name(key), shown(value)), `write it without https:// and path, such as "motion.example"`)
	}
}

func (k *checker) ssh(s SSH, isUsed bool) {
	k.address("reach.ssh.remote_listen", s.RemoteListen, 0)
	if s.Address != "" {
		k.address("reach.ssh.address", s.Address, 1)
	}
	for _, field := range []struct{ key, value string }{{"address", s.Address}, {"user", s.User}} {
		if isUsed && field.value == "" {
			k.add("reach.ssh."+field.key, `the tunnel is "ssh", but reach.ssh.`+field.key+" is empty", "say in [reach.ssh] which server to use and as whom")
		}
	}
}

func (k *checker) tls(t TLS, isUsed bool) {
	k.address("reach.tls.listen", t.Listen, 0)
	k.host("reach.tls.acme_domain", t.ACMEDomain)
	switch {
	case (t.CertFile == "") != (t.KeyFile == ""):
		k.add("reach.tls.cert_file", "reach.tls has one of cert_file and key_file", "give both, or none and acme_domain")
	case isUsed && t.CertFile == "" && t.ACMEDomain == "":
		k.add("reach.tls.acme_domain", `the tunnel is "tls", but there is no certificate`, "give in [reach.tls] cert_file and key_file, or acme_domain")
	}
}

func (k *checker) channel(path string, index int, ch Channel) {
	k.subject = fmt.Sprintf("channel %d: ", index+1)
	switch {
	case ch.Name == "":
		k.add(path+".name", "it has no name", `write name = "support" or the like below [[channel]]`)
	case !channelRegex.MatchString(ch.Name):
		k.add(path+".name", fmt.Sprintf("the name %s cannot be used", shown(ch.Name)), "take up to 32 small letters, digits and hyphens")
	default:
		k.subject = fmt.Sprintf("channel %s: ", shown(ch.Name))
	}
	k.x(path+".x", ch.X)
	k.motion(path+".motion", ch.Motion)
}

func (k *checker) x(path string, x XConfig) {
	k.oneOf(path+".api", x.API, APIv2, APIv1)
	for _, field := range []struct{ key, value string }{{"api_base", x.APIBase}, {"upload_base", x.UploadBase}} {
		if field.value == "" {
			k.add(path+"."+field.key, "x."+field.key+" is empty", "take the line out")
		}
		k.base(path+"."+field.key, field.value)
	}
	for _, host := range x.MediaHosts {
		if !isHostMaybePort(host) {
			k.add(path+".media_hosts", fmt.Sprintf("x.media_hosts has %s, which is neither host nor host:port", shown(host)), `write it without https:// and path, such as "pbs.twimg.com"`)
		}
	}
}

func (k *checker) motion(path string, m MotionConfig) {
	if m.ReceiveURL == "" {
		k.add(path+".receive_url", "motion.receive_url is missing", "copy the Receive URL from the Open Channel account in Motion")
	}
	k.url(path+".receive_url", m.ReceiveURL)
	k.base(path+".base_url", m.BaseURL)
	if m.TLSPin != "" && !isPin(m.TLSPin) {
		k.add(path+".tls_pin", "motion.tls_pin is not a SHA-256 fingerprint",
			"write 64 hex digits, with or without colons, as this shows them: openssl x509 -noout -fingerprint -sha256")
	}
}

func isPin(text string) bool {
	digits := text
	if strings.Contains(text, ":") {
		pairs := strings.Split(text, ":")
		if slices.ContainsFunc(pairs, func(p string) bool { return len(p) != 2 }) {
			return false
		}
		digits = strings.Join(pairs, "")
	}
	sum, err := hex.DecodeString(digits)
	return err == nil && len(sum) == 32
}

// HasPort reports whether Listen names a port, and does not leave the choice to the system.
func (c *Config) HasPort() bool {
	_, port, err := net.SplitHostPort(c.Listen)
	n, convErr := strconv.Atoi(port)
	return err == nil && convErr == nil && n > 0
}
