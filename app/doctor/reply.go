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

	"perch/app/config"
	"perch/app/replyurl"
)

// planReply lists the check of the Reply URL as Motion has it.
func (c *channel) planReply(ready *check) {
	c.add(check{
		name: "reply-url", title: "Reply URL", channel: c.Name, needs: []*check{c.motion.accountCheck}, after: []*check{ready}, run: c.motion.checkReply,
	})
}

const pasteReply = "paste the Reply URL that perch urls shows into Motion: Open Channel, the account, Reply URL"

func (m *motionChecks) checkReply(ctx context.Context) result {
	address := m.account.text("replyUrl")
	if address == "" && !m.account.has("replyUrl") {
		return fine("Motion does not tell it")
	}
	u, wrong := replyurl.Parse(address)
	if u == nil {
		return bad(wrong, pasteReply)
	}
	switch wrong, other := replyurl.JudgePath(u, m.own()); {
	case other != "":
		return bad(wrong, "give this account its own: "+pasteReply)
	case wrong != "":
		return bad(wrong, pasteReply)
	}
	return m.judgeHost(ctx, u)
}

// own is what the channel's Reply URL is judged by.
func (m *motionChecks) own() replyurl.Own {
	return replyurl.OwnOf(m.Config, m.Name, m.tokens)
}

// judgeHost looks whether Motion can reach Perch at the address.
func (m *motionChecks) judgeHost(ctx context.Context, u *url.URL) result {
	isHere := m.isMotionHere(ctx)
	r := m.Config.Reach
	switch {
	case isLoopback(u.Hostname()) && r.Tunnel == config.TunnelSSH:
		return m.judgeForward(u)
	case isLoopback(u.Hostname()) && !isHere && m.hadReplies():
		return fine("replies have come in by it")
	case isLoopback(u.Hostname()) && !isHere:
		return warn("the Reply URL in Motion is "+u.Host+", which is the Motion server itself, but Perch seems to run on another computer",
			"if both are one computer all is well; else set tunnel = \"ssh\" under [reach] to bring Motion's port here, or listen on an address that Motion reaches and paste the Reply URL of perch urls")
	case m.standIn.address == "":
		return skip("not tried: nothing can listen on the port")
	}
	return m.tryReply(ctx, u)
}

// judgeForward compares with the port that the SSH tunnel opens on the Motion server.
func (m *motionChecks) judgeForward(u *url.URL) result {
	if wrong := replyurl.JudgeForward(u, m.own()); wrong != "" {
		return bad(wrong, pasteReply)
	}
	return fine("it leads to the tunnel on the Motion server")
}

// tryReply asks the address with GET, which sends nothing: a Reply URL that is right answers "use POST".
func (m *motionChecks) tryReply(ctx context.Context, u *url.URL) result {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return bad("the Reply URL in Motion is not an address", pasteReply)
	}
	a, err := m.call(m.exam.client(""), r)
	if err != nil {
		d := dialTrouble(peer{name: "the Reply URL"}, u.Host, err)
		return bad("the Reply URL in Motion does not lead to this Perch: "+d.message,
			fmt.Sprintf("Perch listens on %s: let listen in perch.toml be an address that Motion reaches, then %s", m.standIn.address, pasteReply))
	}
	body := string(a.body)
	switch {
	case replyurl.Answers(a.status, a.body):
		return fine("it leads to this channel")
	case a.status == http.StatusNotFound && strings.Contains(body, "there is nothing here") && m.tokens[m.Name] == "":
		return fine("it leads to a Perch that has not started yet")
	case a.status == http.StatusNotFound && strings.Contains(body, "there is nothing here"):
		return bad("the Reply URL in Motion leads to "+u.Host+", where another Perch answers", pasteReply)
	case a.status/100 == 3:
		return bad("the Reply URL in Motion is redirected by "+u.Host, "let the proxy there hand the call on instead, or "+pasteReply)
	}
	return bad(fmt.Sprintf("the Reply URL in Motion leads to %s, where something else answers (%d)", u.Host, a.status), pasteReply)
}

// hadReplies reports whether the running relay has had an agent's reply.
func (m *motionChecks) hadReplies() bool {
	for _, c := range m.relay.status.Channels {
		if o := c.Outbound; c.Name == m.Name && o.Delivered+o.Queued+o.Undecided+o.Dead > 0 {
			return true
		}
	}
	return false
}

// lookupLimit bounds a look into DNS.
const lookupLimit = 2 * time.Second

// isMotionHere reports whether Motion runs on this computer, as far as its address tells.
func (m *motionChecks) isMotionHere(ctx context.Context) bool {
	u, err := url.Parse(m.Motion.Base())
	if err != nil || isLoopback(u.Hostname()) {
		return err == nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	theirs, err := net.DefaultResolver.LookupIPAddr(ctx, u.Hostname())
	own, ownErr := net.InterfaceAddrs()
	if err != nil || ownErr != nil {
		return false
	}
	return slices.ContainsFunc(own, func(address net.Addr) bool {
		network, ok := address.(*net.IPNet)
		return ok && slices.ContainsFunc(theirs, func(a net.IPAddr) bool { return a.IP.Equal(network.IP) })
	})
}
