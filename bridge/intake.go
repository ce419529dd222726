package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// unpackBatch is how many posts are taken apart in one transaction.
	unpackBatch = 128
	// unpackQuiet is the lull after which the unpacker goes to work: a burst is put on disk first.
	unpackQuiet = 2 * time.Millisecond
	// unpackPatience is the longest that a burst keeps the unpacker waiting.
	unpackPatience = 250 * time.Millisecond
	// journalPause is the wait after a failed read or write of the journal.
	journalPause = time.Second
	sourceX      = "x:"
)

// AcceptX keeps an authentic body from X. The channels are those of the X app that signed it. When it returns nil
// the body is on disk and will be taken apart; the caller may acknowledge it.
func (b *Bridge) AcceptX(ctx context.Context, channels []string, body []byte) error {
	now := b.now()
	b.lastKept.Store(now.UnixMilli())
	err := b.journal.Keep(ctx, Post{ReceivedAt: now, Source: sourceX + strings.Join(channels, ","), Body: body})
	if err == nil {
		signal(b.unpack)
	}
	return err
}

// runUnpacker turns posts into deliveries, in the order of arrival.
func (b *Bridge) runUnpacker(ctx context.Context) {
	signal(b.unpack) // what an earlier run left
	for {
		select {
		case <-b.unpack:
		case <-ctx.Done():
			return
		}
		err := b.unpackAll(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !errors.Is(err, errWhoseIsIt) {
			b.log.Error("unpack failed", keyError, err)
		}
		pause(ctx, journalPause)
		signal(b.unpack)
	}
}

// awaitLull gives the acknowledgement of a burst precedence over taking it apart.
func (b *Bridge) awaitLull(ctx context.Context) {
	for end := b.now().Add(unpackPatience); ctx.Err() == nil && b.now().Before(end); {
		if b.now().UnixMilli()-b.lastKept.Load() > unpackQuiet.Milliseconds() {
			return
		}
		pause(ctx, unpackQuiet)
	}
}

func (b *Bridge) unpackAll(ctx context.Context) error {
	for {
		b.awaitLull(ctx)
		posts, err := b.journal.Unread(ctx, unpackBatch)
		if err != nil || len(posts) == 0 {
			return err
		}
		done, err := b.unpackPosts(ctx, posts)
		if err != nil && len(posts) > 1 && ctx.Err() == nil {
			err = b.unpackEach(ctx, posts[:done])
		} else if err != nil {
			err = b.setAside(ctx, posts[0], err)
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
func (b *Bridge) unpackPosts(ctx context.Context, posts []Post) (done int, err error) {
	out := Unpacked{Ignored: map[IgnoredKey]int{}}
	for done < len(posts) && b.unpackPost(posts[done], &out) {
		done++
	}
	if done == 0 {
		return 0, nil
	}
	if err := b.journal.Unpack(ctx, posts[done-1].Seq, out); err != nil {
		return done, err
	}
	b.announce(out.Deliveries)
	return done, nil
}

// unpackEach takes posts apart one by one, so that one which cannot be stored as it was understood holds up no other.
func (b *Bridge) unpackEach(ctx context.Context, posts []Post) error {
	for i := range posts {
		if _, err := b.unpackPosts(ctx, posts[i:i+1]); err != nil {
			if err := b.setAside(ctx, posts[i], err); err != nil {
				return err
			}
		}
	}
	return nil
}

// setAside stores a post as unreadable in the place of what it was taken for. Where that fails too, it is not the post
// but the journal that is out of order, and cause is returned.
func (b *Bridge) setAside(ctx context.Context, p Post, cause error) error {
	names, isX := strings.CutPrefix(p.Source, sourceX)
	out := Unpacked{Ignored: map[IgnoredKey]int{}}
	if isX {
		event := Event{Kind: KindUnreadable, XID: UnreadableID(p.Body, 0), Problem: "it cannot be stored as it was understood"}
		channel, _, _ := strings.Cut(names, ",")
		out.Deliveries = []*Delivery{inboundDelivery(channel, &event, p)}
	}
	if ctx.Err() != nil || b.journal.Unpack(ctx, p.Seq, out) != nil {
		return cause
	}
	b.log.Error("post set aside as unreadable", "post", p.Seq, keyError, cause)
	b.announce(out.Deliveries)
	return nil
}

// readPost reads a post. A mistake of Perch's own in reading it costs this post only.
func (b *Bridge) readPost(p Post) (parsed Parsed) {
	defer func() {
		if cause := recover(); cause != nil {
			b.log.Error("reading a post failed", "post", p.Seq, keyError, cause)
			parsed = Parsed{Events: []Event{{Kind: KindUnreadable, Problem: "Perch made a mistake in reading it"}}}
		}
	}()
	return b.read(p.Body)
}

// errWhoseIsIt tells that an event waits until X has told which channel has the account that it is for.
var errWhoseIsIt = errors.New("x has not told yet which channel has which account")

func (b *Bridge) announce(deliveries []*Delivery) {
	for _, d := range deliveries {
		if d.ID != 0 {
			b.feed.Publish(d)
		}
	}
	signal(b.wake)
}

// unpackPost adds what a post holds to out; false, and nothing is added, when it cannot be told yet whose it is.
func (b *Bridge) unpackPost(p Post, out *Unpacked) bool {
	names, ok := strings.CutPrefix(p.Source, sourceX)
	if !ok {
		return true // an agent's reply, kept for the record only
	}
	channels := strings.Split(names, ",")
	parsed := b.readPost(p)
	if b.mustWaitForAccounts(channels, parsed.Events) {
		return false
	}
	for kind, n := range parsed.Ignored {
		out.Ignored[IgnoredKey{channels[0], kind}] += n
	}
	for _, user := range parsed.Revoked {
		b.revoked(channels, user)
	}
	for i := range parsed.Events {
		b.unpackEvent(p, channels, i, &parsed.Events[i], out)
	}
	return true
}

func (b *Bridge) unpackEvent(p Post, channels []string, index int, e *Event, out *Unpacked) {
	name, ok := b.route(channels, e)
	if !ok {
		out.Ignored[IgnoredKey{channels[0], "unknown_user"}]++
		return
	}
	own := b.accounts.get(name).ID
	if e.Kind != KindUnreadable && e.From.ID != "" && (e.From.ID == own || e.From.ID == e.ForUser) {
		out.Ignored[IgnoredKey{name, "echo"}]++
		if own == "" || own == e.ForUser {
			out.Echoes = append(out.Echoes, echoOf(name, e, p.ReceivedAt))
		}
		return
	}
	if e.Kind.IsPublic() && !b.channel(name).Mentions {
		out.Ignored[IgnoredKey{name, "mentions_off"}]++
		return
	}
	if e.Kind == KindUnreadable {
		e.XID = UnreadableID(p.Body, index)
	}
	out.Deliveries = append(out.Deliveries, inboundDelivery(name, e, p))
}

// UnreadableID stands in for the id at X of an event of a body that cannot be read, so that it is kept once only.
func UnreadableID(body []byte, index int) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf("unreadable:%s:%d", hex.EncodeToString(sum[:8]), index)
}

// echoOf is what the account sent. Where X gave no time, it counts as sent when it was told of.
func echoOf(channel string, e *Event, receivedAt time.Time) Echo {
	echo := Echo{Channel: channel, Sent: e.Sent()}
	if echo.CreatedAt.IsZero() {
		echo.CreatedAt = receivedAt
	}
	return echo
}

// inboundDelivery makes the delivery that hands an event to Motion.
func inboundDelivery(channel string, e *Event, p Post) *Delivery {
	d := &Delivery{
		Channel: channel, Direction: In, Kind: e.Kind, State: Queued, Lane: LaneOf(channel, In, e.Kind),
		XID: e.XID, From: handleOrID(e.From), To: handleOrID(e.To), PeerID: e.From.ID, Text: e.Text, Event: e,
		Post: p.Seq, ReceivedAt: p.ReceivedAt, DueAt: p.ReceivedAt,
	}
	what := "dm"
	if e.Kind.IsPublic() {
		what, d.ThreadID = "post", e.XID
	}
	d.Conversation = fmt.Sprintf("%s/in/%s/%s", channel, what, e.From.ID)
	for _, m := range e.Media {
		d.Media = append(d.Media, Attached{Type: string(m.Type)})
	}
	if e.Kind == KindUnreadable {
		d.State, d.Failure = Dead, unreadableFailure(e.Problem)
	}
	return d
}

func handleOrID(p Person) string {
	if p.Handle != "" {
		return p.Handle
	}
	return p.ID
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) { pauseOr(ctx, d, nil) }

// pauseOr waits for d, until woken or until ctx ends.
func pauseOr(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-ctx.Done():
	}
}
