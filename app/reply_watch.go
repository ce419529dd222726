package app

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/replyurl"
	"perch/bridge"
)

const (
	// replyEvery is the time between two looks at a Reply URL that is right, replyAgain at one that is not or that Motion
	// did not tell: what has been mended shows soon.
	replyEvery = 10 * time.Minute
	replyAgain = 15 * time.Second
	// replyFirst and replyMost bound the wait for Motion to answer the relay's own questions; it costs no call.
	replyFirst = 250 * time.Millisecond
	replyMost  = 30 * time.Second
	// replyProbeTime and replyProbeMost bound the question whether this relay answers at an address.
	replyProbeTime = 3 * time.Second
	replyProbeMost = 4 << 10
)

// replyRemedy is what to do about a Reply URL that is wrong.
const replyRemedy = "write it into Motion: in the window by Set up, last step, or with: perch urls --write"

// replyTarget is a channel whose Reply URL is watched.
type replyTarget struct {
	channel string
	// login tells one client of Motion from another.
	login any
	// canLook is set when there are credentials.
	canLook bool
	// look asks Motion; told is false where it does not offer the Reply URL.
	look func(context.Context) (address string, told bool, err error)
	own  replyurl.Own
	// address is the channel's own Reply URL, base where Motion is.
	address, base string
}

// replySeen is what is known of a channel's Reply URL.
type replySeen struct {
	link  control.Link
	due   time.Time
	waits int
	// refused is the login that Motion refused when it was asked for the account.
	refused any
}

// replyWatch looks at the Reply URL that Motion has of each channel: when it is wrong, agents' answers come nowhere, and
// nothing else would tell. Motion is never asked while it refuses the credentials. It is safe for concurrent use.
type replyWatch struct {
	targets func() []replyTarget
	mayAsk  func(channel string) bool
	changed func(channel string, now control.Link)
	poked   chan struct{} // holds at most one signal

	mu   sync.Mutex
	seen map[string]*replySeen
}

func newReplyWatch(r *relay) *replyWatch {
	return &replyWatch{
		targets: r.replyTargets, mayAsk: r.bridge.Accounts().MayAskMotion, changed: r.logReply, poked: make(chan struct{}, 1), seen: map[string]*replySeen{},
	}
}

// replyTargets are those of the relay's setup of now.
func (r *relay) replyTargets() []replyTarget {
	var all []replyTarget
	s, urls := r.setup(), r.urls()
	for i, ch := range s.config.Channels {
		client := s.clients[i].motion
		own := replyurl.Own{Channel: ch.Name, Tokens: r.tokens, TakesLegacy: s.config.LegacyReplyPath}
		if s.config.Reach.Tunnel == config.TunnelSSH {
			own.Forward = s.config.Reach.SSH.RemoteListen
		}
		all = append(all, replyTarget{
			channel: ch.Name, login: client, canLook: client.HasCredentials(), own: own, address: urls[i].ReplyURL, base: ch.Motion.Base(),
			look: func(ctx context.Context) (string, bool, error) {
				account, err := client.Account(ctx)
				return account.ReplyURL, account.TellsReplyURL(), err
			},
		})
	}
	return all
}

func (r *relay) logReply(channel string, now control.Link) {
	if now.State == bridge.LinkDegraded {
		r.log.Warn("reply url in motion is wrong", "channel", channel, "cause", now.Detail)
		return
	}
	r.log.Info("reply url in motion", "channel", channel, "state", now.State)
}

// run looks whenever a look is due, until ctx ends; it returns nil.
func (w *replyWatch) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-w.poked:
			w.hasten()
		case <-ctx.Done():
			return nil
		}
		timer.Reset(w.lookAll(ctx))
	}
}

// poke makes it look at once.
func (w *replyWatch) poke() {
	select {
	case w.poked <- struct{}{}:
	default:
	}
}

// insist makes it look at once, also with credentials that Motion has refused for the account: a person has asked for it.
func (w *replyWatch) insist() {
	w.mu.Lock()
	for _, seen := range w.seen {
		seen.refused = nil
	}
	w.mu.Unlock()
	w.poke()
}

func (w *replyWatch) hasten() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, seen := range w.seen {
		seen.due, seen.waits = time.Time{}, 0
	}
}

// link says how the Reply URL of a channel is.
func (w *replyWatch) link(channel string) control.Link {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seen := w.seen[channel]; seen != nil {
		return seen.link
	}
	return control.Link{State: bridge.LinkUnknown}
}

// lookAll looks at every channel that is due and returns how long until the next is.
func (w *replyWatch) lookAll(ctx context.Context) time.Duration {
	next := time.Now().Add(replyEvery)
	for _, t := range w.targets() {
		w.mu.Lock()
		seen := w.seen[t.channel]
		if seen == nil {
			seen = &replySeen{link: control.Link{State: bridge.LinkUnknown}}
			w.seen[t.channel] = seen
		}
		due, refused := seen.due, seen.refused
		w.mu.Unlock()
		if !time.Now().Before(due) {
			due = w.lookAt(ctx, t, seen, refused)
		}
		if due.Before(next) {
			next = due
		}
	}
	return max(time.Until(next), 0)
}

// lookAt looks at one channel, if it may, and returns when it is due again.
func (w *replyWatch) lookAt(ctx context.Context, t replyTarget, seen *replySeen, refused any) time.Time {
	switch {
	case !t.canLook:
		return w.saw(t, seen, unknownReply("without a Motion user's password or API key, Perch cannot look"), replyEvery)
	case refused == t.login:
		return w.saw(t, seen, unknownReply("Motion did not let Perch look at the account"), replyEvery)
	case !w.mayAsk(t.channel):
		seen.waits++
		return w.saw(t, seen, unknownReply(""), min(replyFirst<<min(seen.waits, 10), replyMost))
	}
	seen.waits = 0
	ctx, cancel := context.WithTimeout(ctx, replyURLPatience)
	defer cancel()
	address, told, err := t.look(ctx)
	switch {
	case err != nil:
		return w.failed(t, seen, bridge.KindOf(err))
	case !told:
		return w.saw(t, seen, unknownReply("Motion does not tell it"), replyEvery)
	}
	if wrong := t.judge(ctx, address); wrong != "" {
		return w.saw(t, seen, control.Link{State: bridge.LinkDegraded, Detail: wrong + "; " + replyRemedy}, replyAgain)
	}
	return w.saw(t, seen, control.Link{State: bridge.LinkOK}, replyEvery)
}

// failed takes in that Motion did not tell. Trouble that passes changes nothing: it shows elsewhere.
func (w *replyWatch) failed(t replyTarget, seen *replySeen, kind bridge.Kind) time.Time {
	switch kind {
	case bridge.Temporary:
		return w.saw(t, seen, seen.link, replyAgain)
	case bridge.RateLimited:
		return w.saw(t, seen, seen.link, replyEvery)
	default:
		w.mu.Lock()
		seen.refused = t.login
		w.mu.Unlock()
		return w.saw(t, seen, unknownReply("Motion did not let Perch look at the account"), replyEvery)
	}
}

func unknownReply(why string) control.Link {
	return control.Link{State: bridge.LinkUnknown, Detail: why}
}

// saw takes a result in and returns when the channel is due again.
func (w *replyWatch) saw(t replyTarget, seen *replySeen, now control.Link, wait time.Duration) time.Time {
	at := time.Now()
	w.mu.Lock()
	isNew := now.State != seen.link.State || now.Detail != seen.link.Detail
	if isNew {
		now.Since = &at
		seen.link = now
	}
	seen.due = at.Add(wait)
	due := seen.due
	w.mu.Unlock()
	if isNew {
		w.changed(t.channel, now)
	}
	return due
}

// judge says what is wrong with the address that Motion has; "" for nothing, as far as it can be told from here.
func (t replyTarget) judge(ctx context.Context, address string) string {
	if address == t.address {
		return ""
	}
	if wrong := replyurl.Judge(address, t.own); wrong != "" {
		return wrong
	}
	theirs, err := url.Parse(address)
	own, ownErr := url.Parse(t.address)
	if err != nil || ownErr != nil || theirs.Path != own.Path || !t.isHere(theirs, own) || leadsHere(ctx, address) {
		return ""
	}
	return "the Reply URL in Motion leads to " + theirs.Host + ", but Perch listens on " + own.Host
}

// isHere reports whether an address surely means this computer to Motion, as it does to Perch.
func (t replyTarget) isHere(theirs, own *url.URL) bool {
	if t.own.Forward != "" {
		return false
	}
	if base, err := url.Parse(t.base); replyurl.IsLoopback(theirs.Hostname()) {
		return err == nil && replyurl.IsLoopback(base.Hostname())
	}
	return strings.EqualFold(theirs.Hostname(), own.Hostname())
}

// leadsHere asks an address with GET, which sends nothing: a Reply URL answers "use POST".
func leadsHere(ctx context.Context, address string) bool {
	client := http.Client{Timeout: replyProbeTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, replyProbeMost)) // what cannot be read is not ours
	return replyurl.Answers(answer.StatusCode, body)
}
