package reach

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"perch/bridge"
	"perch/bridge/xapi"
)

// kind is one kind of event of the X Activity API.
type kind struct {
	name string
	// isNeeded kinds make the source degraded when X refuses them; the others are tried again after a while.
	isNeeded bool
}

// unaskable names those of the kinds that cannot be fetched afterwards; "" for none. Encrypted messages that can be opened
// are fetched by conversation.
func unaskable(w bridge.Wanted) string {
	var names []string
	if w.Mentions {
		names = append(names, "quotes")
	}
	if w.Encrypted && !w.Chat {
		names = append(names, "encrypted messages")
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, " and ") + " of that time, because X does not list them"
}

// nothing is unaskable where X tells all or nothing.
func nothing(bridge.Wanted) string { return "" }

// Needed are the kinds of event of the X Activity API without which customers' messages are missing.
func Needed(w bridge.Wanted) []string {
	var names []string
	for _, k := range kinds(w) {
		if k.isNeeded {
			names = append(names, k.name)
		}
	}
	return names
}

// chatReceived tells of encrypted messages.
const chatReceived = "chat.received"

// kinds are those that a channel subscribes to (X docs: X Activity API). A mention event tells only of handles that
// somebody typed, so that replies need one of their own.
func kinds(w bridge.Wanted) []kind {
	all := []kind{{"dm.received", true}, {"dm.sent", false}}
	if w.Mentions {
		all = append(all, kind{"post.mention.create", true}, kind{"post.reply.create", true}, kind{"post.quote.create", false})
	}
	if w.Encrypted {
		all = append(all, kind{chatReceived, false})
	}
	if w.Chat {
		all = append(all, kind{"chat.sent", false}, kind{"chat.conversation_join", false})
	}
	return append(all, kind{"oauth.revoke", false})
}

// checkAge is how long the look at the subscriptions is good for.
const checkAge = 150 * time.Second

// refusedPause is how long X is not asked again for a kind that it refused and that can be done without.
const refusedPause = time.Hour

// upkeep makes subscriptions and keeps them.
type upkeep struct {
	Config
	board *board

	mu      sync.Mutex
	refused map[string]time.Time // by channel and kind
	legacy  map[string]bool      // channels that have the Account Activity API only
	good    map[string]time.Time // when the channel's subscriptions were last complete
}

func newUpkeep(c Config, b *board) *upkeep {
	return &upkeep{Config: c, board: b, refused: map[string]time.Time{}, legacy: map[string]bool{}, good: map[string]time.Time{}}
}

// check makes sure that every member is subscribed, with its events going to the webhook ("" for streams only). When it had
// to make subscriptions it calls lost with the time since when they may have been gone, which is zero where none are known
// to have been. It reports whether everything is as it should be now.
func (u *upkeep) check(ctx context.Context, webhookID string, lost func(channel string, since time.Time)) bool {
	isGood := true
	for _, m := range u.Members {
		made, err := u.member(ctx, m, webhookID)
		if err != nil {
			isGood = false
			u.board.failed(ctx, hopSubscription, m.Channel, err)
			continue
		}
		u.board.fine(hopSubscription, m.Channel)
		u.mu.Lock()
		last := u.good[m.Channel]
		u.good[m.Channel] = time.Now()
		u.mu.Unlock()
		if len(made) == 0 {
			continue
		}
		if !last.IsZero() {
			u.Log.Warn("subscription repaired", "audit", true, "channel", m.Channel, "events", strings.Join(made, " "), "cause", "X had dropped it")
		}
		lost(m.Channel, last)
	}
	return isGood
}

// member makes a member's missing subscriptions and returns what it made.
func (u *upkeep) member(ctx context.Context, m Member, webhookID string) ([]string, error) {
	u.mu.Lock()
	isLegacy := u.legacy[m.Channel]
	u.mu.Unlock()
	if !m.X.HasActivity() || isLegacy {
		return u.all(ctx, m, webhookID)
	}
	made, err := u.byKind(ctx, m, webhookID)
	if webhookID == "" || !isRefusal(err) {
		return made, err
	}
	old, oldErr := u.all(ctx, m, webhookID)
	if oldErr != nil {
		return nil, err // the refusal of the newer interface is the one to mend
	}
	u.Log.Info("x refuses activity subscriptions; the account activity api is used", "channel", m.Channel, "cause", err)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.legacy[m.Channel] = true
	return old, nil
}

// isRefusal reports whether X turned a call down for good, so that another interface may do better.
func isRefusal(err error) bool {
	var e *bridge.Error
	if !errors.As(err, &e) || (e.Kind != bridge.Rejected && e.Kind != bridge.Operator) {
		return false
	}
	return strings.HasPrefix(e.Code, "403") || strings.HasPrefix(e.Code, bridge.CodeLogin) || strings.HasPrefix(e.Code, "404") || strings.HasPrefix(e.Code, "400")
}

// all subscribes by the Account Activity API.
func (u *upkeep) all(ctx context.Context, m Member, webhookID string) ([]string, error) {
	if webhookID == "" {
		return nil, &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideX, Op: "subscribe", Message: "API v1.1 has no activity stream",
			Remedy: "set mode = \"webhook\" or mode = \"poll\" under [reach] in perch.toml",
		}
	}
	has, err := m.X.IsSubscribedAll(ctx, webhookID)
	if err != nil || has {
		return nil, err
	}
	return []string{"all"}, m.X.SubscribeAll(ctx, webhookID)
}

// byKind subscribes by the X Activity API, moves subscriptions of an older webhook and removes what is not wanted any
// more.
func (u *upkeep) byKind(ctx context.Context, m Member, webhookID string) ([]string, error) {
	own, err := m.X.OwnID(ctx)
	if err != nil {
		return nil, err
	}
	all, err := m.X.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	wanted := kinds(m.Wanted)
	if err := u.tidy(ctx, m, own, all, wanted); err != nil {
		return nil, err
	}
	var made []string
	for _, k := range wanted {
		there := slices.IndexFunc(all, func(s xapi.Subscription) bool { return s.EventType == k.name && s.UserID == own })
		var err error
		switch {
		case there < 0 && u.isDue(m, k):
			err = m.X.Subscribe(ctx, k.name, webhookID)
		case there >= 0 && webhookID != "" && all[there].WebhookID != webhookID:
			err = m.X.MoveSubscription(ctx, all[there].ID, webhookID)
		default:
			continue
		}
		if err := u.judge(m, k, err); err != nil {
			return made, err
		}
		if err == nil {
			made = append(made, k.name)
		}
	}
	return made, nil
}

// tidy deletes Perch's own subscriptions that are not wanted any more: X charges for what it sends.
func (u *upkeep) tidy(ctx context.Context, m Member, own string, all []xapi.Subscription, wanted []kind) error {
	for _, s := range all {
		isWanted := slices.ContainsFunc(wanted, func(k kind) bool { return k.name == s.EventType })
		if s.UserID != own || isWanted || s.Tag != xapi.TagPrefix+s.EventType {
			continue
		}
		if err := m.X.Unsubscribe(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

func (u *upkeep) isDue(m Member, k kind) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return time.Since(u.refused[m.Channel+" "+k.name]) >= refusedPause
}

// judge lets a refusal pass of what can be done without.
func (u *upkeep) judge(m Member, k kind, err error) error {
	if err == nil && k.name == chatReceived {
		u.board.quiet(m.Channel, nil)
	}
	if k.isNeeded || !isRefusal(err) {
		return err
	}
	if m.Chat && k.name == chatReceived {
		u.board.quiet(m.Channel, bridge.AsError(err))
	}
	u.Log.Info("x refuses a subscription that can be done without", "channel", m.Channel, "event", k.name, "cause", err)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.refused[m.Channel+" "+k.name] = time.Now()
	return nil
}
