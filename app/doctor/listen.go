package doctor

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"perch/app/adapter"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/webhook"
)

// callLimit bounds a question to a program on this computer.
const callLimit = 2 * time.Second

// checkListen takes the port that a relay would take.
func (e *exam) checkListen(ctx context.Context) result {
	listen := e.Config.Listen
	if e.relay.isRunning {
		e.standIn.address = e.relay.status.Listen
		if _, port, _ := net.SplitHostPort(listen); port != "0" && e.standIn.address != listen {
			return warn(fmt.Sprintf("the relay listens on %s, but perch.toml says %s", e.standIn.address, listen), "take the change into use with: perch restart")
		}
		return fine("the relay listens on " + e.standIn.address)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return e.listenTrouble(ctx, listen, err)
	}
	e.standIn.listener, e.standIn.address = l, l.Addr().String()
	return fine(listen + " is free")
}

func (e *exam) listenTrouble(ctx context.Context, listen string, err error) result {
	const choose = "choose another listen in perch.toml (and change the Reply URL in Motion)"
	switch {
	case errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), "Only one usage"):
		switch who := e.whoIs(ctx, listen); who {
		case aPlugin:
			return bad("the port of "+listen+" is in use: it looks like the old Twitter plugin, which answers X there",
				"stop the plugin in Motion (App Zone, Plugins), or "+choose)
		case aPerch:
			return bad("the port of "+listen+" is in use by another Perch, of another folder or account", "stop it there with perch stop, or "+choose)
		}
		return bad("another program uses the port of "+listen, "find it (ss -ltnp on Linux, netstat -ano on Windows) and stop it, or "+choose)
	case errors.Is(err, syscall.EACCES):
		return bad("Perch may not listen on "+listen+": ports below 1024 are kept for the system", choose)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return bad("this computer has no address "+hostOnly(listen), "correct listen in perch.toml: 127.0.0.1 is this computer alone, 0.0.0.0 every address of it")
	}
	return bad("Perch cannot listen on "+listen+" ("+firstLine(err)+")", choose)
}

// whom a port may belong to.
const (
	aStranger = iota
	aPlugin
	aPerch
)

// whoIs finds out by harmless questions what listens at an address of this computer.
func (e *exam) whoIs(ctx context.Context, address string) int {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	_, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(hostOnly(address)); err == nil && (hostOnly(address) == "" || (ip != nil && ip.IsUnspecified())) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	if a := e.ask(ctx, "http://"+address+"/"); a == nil || strings.Contains(string(a.body), "there is nothing here") {
		if a == nil {
			return aStranger
		}
		return aPerch
	}
	var crc struct {
		Token string `json:"response_token"`
	}
	a := e.ask(ctx, "http://"+address+endpoint.PathEvents+"?crc_token="+rand.Text())
	if a != nil && json.Unmarshal(a.body, &crc) == nil && crc.Token != "" {
		return aPlugin
	}
	return aStranger
}

// ask makes a GET; nil means no answer.
func (e *exam) ask(ctx context.Context, address string) *answer {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil
	}
	a, err := e.call(e.client(""), r)
	if err != nil {
		return nil
	}
	return a
}

// planOldPlugin looks for the old plugin on its own port, unless that is Perch's.
func (e *exam) planOldPlugin() {
	_, theirs, _ := net.SplitHostPort(e.OldPlugin)
	if _, ours, _ := net.SplitHostPort(e.Config.Listen); ours == theirs {
		return
	}
	e.add(check{name: "old-plugin", title: "old plugin", run: func(ctx context.Context) result {
		if e.whoIs(ctx, e.OldPlugin) == aPlugin {
			return warn("the old Twitter plugin still runs on this computer ("+e.OldPlugin+"): with the same X account customers get everything twice",
				"stop it in Motion (App Zone, Plugins)")
		}
		return fine("it does not run on this computer")
	}})
}

// openStandIn answers on the port, so that the public address and the Reply URL can be proved without a relay. What X or
// Motion send meanwhile is refused with "try again", as it would be without anybody there.
func (e *exam) openStandIn(context.Context) result {
	if e.standIn.listener == nil {
		return fine("")
	}
	e.standIn.handler = e.standInHandler()
	e.work.Go(func() { _ = webhook.Serve(e.life, e.standIn.listener, e.standIn.handler, e.Log) })
	return fine("")
}

func (e *exam) standInHandler() http.Handler {
	c := webhook.Config{Events: refusing{}, Replies: refusing{}, Log: e.Log}
	for _, a := range adapter.Apps(e.Config, e.Values) {
		c.Apps = append(c.Apps, webhook.App{ConsumerSecret: a.ConsumerSecret, Channels: a.Channels})
	}
	for _, ch := range e.Config.Channels {
		if token := e.tokens[ch.Name]; token != "" {
			c.Channels = append(c.Channels, webhook.Channel{Name: ch.Name, Token: token, MapKey: func() string { return "" }})
		}
	}
	return webhook.New(c)
}

// refusing keeps nothing, and says so.
type refusing struct{}

var errRefusing = &bridge.Error{
	Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "take it in", Message: "the relay is not running", Remedy: "start it with: perch start",
}

// AcceptX implements webhook.EventSink.
func (refusing) AcceptX(context.Context, []string, []byte) error { return errRefusing }

// AcceptReply implements webhook.ReplySink.
func (refusing) AcceptReply(context.Context, string, bridge.Reply, []byte) (bridge.Outcome, error) {
	return bridge.Outcome{}, errRefusing
}
