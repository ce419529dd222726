package doctor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/xapi"
)

const (
	// maxHookURL is the longest address that X takes, in characters (X's OpenAPI).
	maxHookURL = 200
	// hookDeadline is how long X waits for an answer (X docs: securing webhooks).
	hookDeadline = 3 * time.Second
)

// planReach lists the checks of the way that mode names. at is the check after which a public address is known.
func (e *exam) planReach(channels []*channel, at, ready *check) {
	switch e.Config.Reach.Mode {
	case config.ModeStream:
		for _, c := range channels {
			e.add(check{name: "subscription", title: "X subscription", channel: c.Name, needs: []*check{c.x.accountCheck}, run: c.x.checkStream})
		}
	case config.ModeWebhook:
		for i, a := range adapter.Apps(e.Config, e.Values) {
			e.planHook(i, a, channels, at, ready)
		}
	}
}

func (e *exam) planHook(index int, a adapter.App, channels []*channel, at, ready *check) {
	first := channels[slices.IndexFunc(channels, func(c *channel) bool { return c.Name == a.Channels[0] })]
	h := &hook{exam: e, App: a, x: first.x, at: endpoint.PathEvents}
	if index > 0 {
		h.at += "/" + first.Name
	}
	form := e.add(check{name: "public-url", title: "public address", channel: first.Name, after: []*check{at}, run: h.checkForm})
	answers := e.add(check{name: "public-answer", title: "public address", channel: first.Name, needs: []*check{ready, at, form}, run: h.checkAnswer})
	registered := e.add(check{name: "webhook", title: "webhook at X", channel: first.Name, needs: some(answers, first.x.hooksCheck, first.x.environmentCheck), run: h.checkRegistered})
	for _, c := range channels {
		if slices.Contains(a.Channels, c.Name) {
			e.add(check{
				name: "subscription", title: "X subscription", channel: c.Name, needs: []*check{registered, c.x.accountCheck},
				run: func(ctx context.Context) result { return c.x.checkSubscribed(ctx, h) },
			})
		}
	}
}

// checkForm looks at the address alone.
func (h *hook) checkForm(context.Context) result {
	h.address = h.findAddress()
	if h.address == "" && h.Config.Reach.Tunnel != "" {
		return skip("not known: the tunnel gives it when it is open")
	}
	const fix = "correct public_url (or motion_proxy) under [reach] in perch.toml"
	u, err := url.Parse(h.address)
	switch {
	case h.address == "":
		return bad("mode is webhook, but there is no public address", "fill in reach.public_url, reach.motion_proxy or reach.tunnel in perch.toml; or set mode = \"stream\", which needs none")
	case err != nil || u.Host == "":
		return bad("the public address cannot be read", fix)
	case u.Scheme != "https":
		return bad("the public address is "+u.Scheme+", but X calls https only", fix+": it needs a server with a certificate in front")
	case u.Port() != "":
		return bad("the public address names a port ("+u.Host+"), which X does not take", fix+": let port 443 of the host lead to Perch, and leave the port out")
	case u.User != nil:
		return bad("the public address has a name or password in it, which X does not take", fix)
	case len(h.address) > maxHookURL:
		return bad(fmt.Sprintf("the public address has %d characters; X takes %d at most", len(h.address), maxHookURL), fix+": use a shorter host or path")
	case isPrivate(u.Hostname()):
		return bad("the public address "+u.Hostname()+" exists only inside your network, where X cannot call", fix+": it needs a name that the internet knows")
	}
	if why := h.badProxy(u); why != "" {
		return bad(why, "leave public_url empty and fill in [reach.motion_proxy]; then Perch builds the address itself")
	}
	return fine("https://" + u.Host + u.Path)
}

// isPrivate reports whether a host is known to be reachable from inside a network only.
func isPrivate(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	}
	inside := func(suffix string) bool { return strings.HasSuffix(strings.ToLower(host), suffix) }
	return !strings.Contains(host, ".") || slices.ContainsFunc([]string{".local", ".lan", ".internal", ".home.arpa", ".localdomain"}, inside)
}

// badProxy says what is wrong with an address of Motion's webhook proxy; "" when nothing is, or it is no such address.
func (h *hook) badProxy(u *url.URL) string {
	if !strings.HasSuffix(u.Path, "/api/plugins/webhook") {
		return ""
	}
	q := u.Query()
	port, path := q.Get("port"), q.Get("path")
	_, listen, _ := net.SplitHostPort(h.standIn.address)
	if h.Config.Reach.Tunnel == config.TunnelSSH {
		_, listen, _ = net.SplitHostPort(h.Config.Reach.SSH.RemoteListen)
	}
	switch {
	case path != h.at:
		return fmt.Sprintf("the proxy's path is %q, but Perch answers at %s", path, h.at)
	case q.Get("encoding") != "binary":
		return "the proxy's address lacks encoding=binary, so that signatures would not match"
	case listen != "" && listen != "0" && port != listen:
		return fmt.Sprintf("the proxy hands on to port %s, but Perch listens on port %s there", port, listen)
	}
	return ""
}

// checkAnswer asks the address what X asks it.
func (h *hook) checkAnswer(ctx context.Context) result {
	u, err := url.Parse(h.address)
	if err != nil {
		return bad("the public address cannot be read", "correct public_url in perch.toml")
	}
	if r := h.reach(ctx, peerPublic, u.Scheme+"://"+u.Host, ""); r.state != OK {
		return r
	}
	client := h.client("")
	took, err := h.probe(ctx, client, h.address)
	switch {
	case err != nil:
		return h.answerTrouble(ctx, client, err)
	case took > hookDeadline:
		return bad(fmt.Sprintf("the public address answers after %.1f s; X gives up after %d s", took.Seconds(), int(hookDeadline.Seconds())),
			"find out what is slow: the proxy, the tunnel or this computer")
	}
	return fine(fmt.Sprintf("X reaches Perch there, in %d ms", took.Milliseconds()))
}

func (h *hook) probe(ctx context.Context, client *http.Client, address string) (time.Duration, error) {
	p := endpoint.Prober{Sign: func(token string) string { return endpoint.Sign(h.ConsumerSecret, []byte(token)) }, Client: client}
	began := h.Now()
	err := p.Probe(ctx, address)
	return h.Now().Sub(began), err
}

// answerTrouble tells a mistake on the way from one in the relay, by asking the relay directly.
func (h *hook) answerTrouble(ctx context.Context, client *http.Client, err error) result {
	e := bridge.AsError(err)
	if h.relay.isRunning {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		if _, direct := h.probe(ctx, client, "http://"+h.standIn.address+h.at); direct != nil && ctx.Err() == nil {
			return bad("the relay itself does not answer as it should: "+bridge.AsError(direct).Message, "it may still work with older secrets: perch reload")
		}
	}
	return bad("the public address is not fine: "+e.Message, e.Remedy)
}

// checkRegistered looks whether X has the address, and calls it.
func (h *hook) checkRegistered(context.Context) result {
	if err := h.x.hooksErr; err != nil {
		return failure(err)
	}
	at := slices.IndexFunc(h.x.hooks, func(w xapi.Webhook) bool { return w.URL == h.address })
	switch {
	case at >= 0 && h.x.hooks[at].Valid:
		h.found = h.x.hooks[at]
		return fine("X has it registered, and finds it valid")
	case at >= 0:
		return h.duty("X has marked the webhook invalid, and sends nothing", "the relay lets X look again within a minute; if it stays, look at: perch logs --level warn")
	case len(h.x.hooks) > 0:
		return h.duty("X calls another address: "+hostOf(h.x.hooks[0].URL), "stop the program there (the old plugin?); the relay then registers its own address")
	}
	return h.duty("X has no webhook registered", "the relay registers it within a minute; if it stays, look at: perch logs --level warn")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an unreadable one"
	}
	return u.Host
}
