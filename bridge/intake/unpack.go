package intake

import (
	"context"
	"errors"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/logkey"
	"perch/bridge/wait"
)

const (
	// unpackBatch is how many posts are taken apart in one transaction.
	unpackBatch = 256
	// unpackQuiet is the time between two looks whether a burst has ended, which is put on disk first.
	unpackQuiet = 2 * time.Millisecond
	// unpackPatience is the longest that a burst keeps the unpacker waiting.
	unpackPatience = 250 * time.Millisecond
)

// Run turns posts into deliveries, in the order of arrival, until ctx ends.
func (v *Events) Run(ctx context.Context) {
	v.unpack.Send() // what an earlier run left
	for {
		select {
		case <-v.unpack:
		case <-ctx.Done():
			return
		}
		err := v.unpackAll(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !errors.Is(err, errWhoseIsIt) {
			v.log.Error("unpack failed", logkey.Error, err)
		}
		wait.Pause(ctx, bridge.JournalPause)
		v.unpack.Send()
	}
}

// Round returns nil once the unpacker has made a round: it is alive. It ends with ctx.
func (v *Events) Round(ctx context.Context) error { return v.rounds.Await(ctx, v.unpack) }

// awaitLull gives the acknowledgement of a burst precedence over taking it apart.
func (v *Events) awaitLull(ctx context.Context) {
	for end := v.now().Add(unpackPatience); ctx.Err() == nil && v.now().Before(end); {
		if !v.incoming.isOn(v.now()) {
			return
		}
		wait.Pause(ctx, unpackQuiet)
	}
}

func (v *Events) unpackAll(ctx context.Context) error {
	for {
		v.awaitLull(ctx)
		posts, err := v.journal.Unread(ctx, unpackBatch)
		v.rounds.Made()
		if err != nil || len(posts) == 0 {
			return err
		}
		done, err := v.unpackPosts(ctx, posts)
		if err != nil && len(posts) > 1 && ctx.Err() == nil {
			err = v.unpackEach(ctx, posts[:done])
		} else if err != nil {
			err = v.setAside(ctx, posts[0], err)
		}
		if err != nil {
			return err
		}
		if done < len(posts) {
			return errWhoseIsIt
		}
	}
}

// unpackPosts takes posts apart in one transaction, up to the first of which it cannot be told yet whose it is, and
// returns how many those are.
func (v *Events) unpackPosts(ctx context.Context, posts []bridge.Post) (done int, err error) {
	out := bridge.Unpacked{Ignored: map[bridge.IgnoredKey]int{}, Billed: map[bridge.BillKey]int{}}
	for done < len(posts) && v.unpackPost(posts[done], &out) {
		done++
	}
	if done == 0 {
		return 0, nil
	}
	if err := v.journal.Unpack(ctx, posts[done-1].Seq, out); err != nil {
		return done, err
	}
	v.announce(out.Deliveries)
	return done, nil
}

// unpackEach takes posts apart one by one, so that one which cannot be stored as it was understood holds up no other.
func (v *Events) unpackEach(ctx context.Context, posts []bridge.Post) error {
	for i := range posts {
		if _, err := v.unpackPosts(ctx, posts[i:i+1]); err != nil {
			if err := v.setAside(ctx, posts[i], err); err != nil {
				return err
			}
		}
	}
	return nil
}

// setAside stores a post as unreadable in the place of what it was taken for. Where that fails too, it is not the post
// but the journal that is out of order, and cause is returned.
func (v *Events) setAside(ctx context.Context, p bridge.Post, cause error) error {
	names, isX := strings.CutPrefix(p.Source, sourceX)
	out := bridge.Unpacked{Ignored: map[bridge.IgnoredKey]int{}, Billed: map[bridge.BillKey]int{}}
	if isX {
		event := bridge.Event{Kind: bridge.KindUnreadable, XID: bridge.UnreadableID(p.Body, 0), Problem: "it cannot be stored as it was understood"}
		channel, _, _ := strings.Cut(names, ",")
		out.Deliveries = []*bridge.Delivery{inboundDelivery(channel, &event, p, v.now())}
	}
	if ctx.Err() != nil || v.journal.Unpack(ctx, p.Seq, out) != nil {
		return cause
	}
	v.log.Error("post set aside as unreadable", "post", p.Seq, logkey.Error, cause)
	v.announce(out.Deliveries)
	return nil
}

// readPost reads a post. A mistake of Perch's own in reading it costs this post only.
func (v *Events) readPost(p bridge.Post) (parsed bridge.Parsed) {
	defer func() {
		if cause := recover(); cause != nil {
			v.log.Error("reading a post failed", "post", p.Seq, logkey.Error, cause)
			parsed = bridge.Parsed{Events: []bridge.Event{{Kind: bridge.KindUnreadable, Problem: "Perch made a mistake in reading it"}}}
		}
	}()
	return v.read(p.Body)
}

// errWhoseIsIt tells that an event waits until X has told which channel has the account that it is for.
var errWhoseIsIt = errors.New("x has not told yet which channel has which account")

func (v *Events) announce(deliveries []*bridge.Delivery) {
	for _, d := range deliveries {
		if d.ID != 0 {
			v.meter.Received(d)
			v.feed.Publish(d)
		}
	}
	v.wake.Send()
}

// unpackPost adds what a post holds to out; false, and nothing is added, when it cannot be told yet whose it is.
func (v *Events) unpackPost(p bridge.Post, out *bridge.Unpacked) bool {
	names, ok := strings.CutPrefix(p.Source, sourceX)
	if !ok {
		return true // an agent's reply, kept for the record only
	}
	channels := strings.Split(names, ",")
	parsed := v.readPost(p)
	if v.accounts.MustWait(channels, parsed.Events) {
		return false
	}
	for kind, n := range parsed.Ignored {
		out.Ignored[bridge.IgnoredKey{Channel: channels[0], Kind: kind}] += n
	}
	for _, user := range parsed.Revoked {
		v.accounts.Revoke(channels, user)
	}
	for i := range parsed.Events {
		v.unpackEvent(p, channels, i, &parsed.Events[i], parsed.IsBilled, out)
	}
	return true
}

func (v *Events) unpackEvent(p bridge.Post, channels []string, index int, e *bridge.Event, isBilled bool, out *bridge.Unpacked) {
	name, ok := v.accounts.Route(channels, e)
	if !ok {
		out.Ignored[bridge.IgnoredKey{Channel: channels[0], Kind: "unknown_user"}]++
		return
	}
	if kind := forNobody(e); kind != "" {
		v.heard(name, *e.Sealed)
		out.Ignored[bridge.IgnoredKey{Channel: name, Kind: kind}]++
		if isBilled {
			out.Billed[bridge.BillKey{Day: bridge.BillDay(p.ReceivedAt), Channel: name, Kind: bridge.BilledChat}]++
		}
		return
	}
	account := v.accounts.Account(name)
	own := account.ID
	if e.Kind != bridge.KindUnreadable && e.From.ID != "" && (e.From.ID == own || e.From.ID == e.ForUser) {
		out.Ignored[bridge.IgnoredKey{Channel: name, Kind: "echo"}]++
		if e.Sealed != nil {
			v.heard(name, *e.Sealed)
		}
		if own == "" || own == e.ForUser {
			out.Echoes = append(out.Echoes, echoOf(name, e, p.ReceivedAt))
		}
		return
	}
	if e.Kind.IsPublic() && !v.accounts.Channel(name).Mentions {
		out.Ignored[bridge.IgnoredKey{Channel: name, Kind: "mentions_off"}]++
		return
	}
	if e.Kind == bridge.KindUnreadable {
		e.XID = bridge.UnreadableID(p.Body, index)
	}
	v.accounts.Channel(name).Agents.DropUnwanted(e)
	d := inboundDelivery(name, e, p, v.now())
	d.CameTo(account)
	if isBilled {
		d.Billed = bridge.BilledArrival(e.Kind)
	}
	out.Deliveries = append(out.Deliveries, d)
}

// forNobody names an event of encrypted chat that is no message; "" for all others.
func forNobody(e *bridge.Event) string {
	switch {
	case e.Sealed == nil:
		return ""
	case strings.HasPrefix(e.XID, bridge.KeyChangeID), e.Sealed.Event == "" && e.Sealed.KeyChange != "":
		return "chat_key_change"
	case strings.HasPrefix(e.XID, bridge.ChatFailureID):
		return "chat_failure"
	}
	return ""
}

// echoOf is what the account sent. Where X gave no time, it counts as sent when it was told of.
func echoOf(channel string, e *bridge.Event, receivedAt time.Time) bridge.Echo {
	echo := bridge.Echo{Channel: channel, Sent: e.Sent()}
	if echo.CreatedAt.IsZero() {
		echo.CreatedAt = receivedAt
	}
	return echo
}

// inboundDelivery makes the delivery that hands an event to Motion.
func inboundDelivery(channel string, e *bridge.Event, p bridge.Post, now time.Time) *bridge.Delivery {
	d := &bridge.Delivery{
		Channel: channel, Direction: bridge.In, Kind: e.Kind, State: bridge.Queued, Lane: bridge.LaneOf(channel, bridge.In, e.Kind),
		XID: e.XID, From: e.From.HandleOrID(), To: e.To.HandleOrID(), PeerID: e.From.ID, Text: e.Text, Event: e,
		Post: p.Seq, ReceivedAt: p.ReceivedAt, DueAt: wait.Earlier(p.ReceivedAt, now), // which was another clock, perhaps
	}
	if e.Kind.IsPublic() {
		d.ThreadID = e.XID
	}
	d.Conversation = bridge.InboundConversation(channel, e.From.ID, e.Kind.IsPublic())
	for _, m := range e.Media {
		d.Media = append(d.Media, bridge.Attached{Type: string(m.Type)})
	}
	if e.Kind == bridge.KindUnreadable {
		d.State, d.Failure = bridge.Dead, unreadableFailure(e.Problem)
	}
	return d
}
