package xv2

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

// maxSubscriptions is the limit of self-serve apps (X docs: X Activity API).
const maxSubscriptions = 1500

// eventTypes are those that can be subscribed to (X's OpenAPI; oauth.revoke from the documentation).
var eventTypes = []string{
	"profile.update.bio", "profile.update.profile_picture", "profile.update.banner_picture", "profile.update.screenname",
	"profile.update.geo", "profile.update.url", "profile.update.verified_badge", "profile.update.affiliate_badge",
	"profile.update.handle", "news.new", "follow.follow", "follow.unfollow", "spaces.start", "spaces.end", "broadcast.start",
	"broadcast.end", "broadcast.chat", "chat.received", "chat.sent", "chat.conversation.join", "chat.conversation_join",
	"chat.conversation.member_added", "chat.conversation.member_removed", "chat.conversation.admin_added",
	"chat.conversation.admin_removed", "chat.update.group_name", "chat.update.restrictions", "dm.sent", "dm.received",
	"dm.indicate_typing", "dm.read", "post.create", "post.delete", "post.mention.create", "post.reply.create", "post.quote.create",
	"post.repost.create", "like.create", "mute.mute", "mute.unmute", "block.block", "block.unblock", "oauth.revoke",
}

// isPrivate reports whether only the account itself may subscribe to it.
func isPrivate(kind string) bool {
	return strings.HasPrefix(kind, "dm.") || strings.HasPrefix(kind, "chat.") ||
		slices.Contains([]string{"post.mention.create", "post.reply.create", "post.quote.create", "post.repost.create"}, kind)
}

func (x *api) activityRoutes() map[string]xgate.Route {
	app := xgate.Endpoint{Name: "activity.subscriptions", Auth: xgate.Bearer}
	create, list, change, several := app, app, app, app
	create.Auth, create.Body = xgate.UserKeys|xgate.Bearer, xgate.JSONBody
	list.Auth, list.Query = xgate.UserKeys|xgate.Bearer, xgate.Params{"max_results": xgate.IsNumber(1, 1000), "pagination_token": xgate.IsText(16, 200)}
	change.Body = xgate.JSONBody
	several.Query = xgate.Params{"ids": xgate.IsIDList}
	stream := xgate.Endpoint{Name: "activity.stream", Auth: xgate.Bearer, Query: xgate.Params{"backfill_minutes": xgate.IsNumber(0, 5)}}
	return map[string]xgate.Route{
		"POST /2/activity/subscriptions":        create.By(x.subscribe),
		"GET /2/activity/subscriptions":         list.By(x.listSubscriptions),
		"DELETE /2/activity/subscriptions":      several.By(x.unsubscribeAll),
		"PUT /2/activity/subscriptions/{id}":    change.By(x.changeSubscription),
		"DELETE /2/activity/subscriptions/{id}": app.By(x.unsubscribe),
		"GET /2/activity/stream":                stream.By(x.openStream),
	}
}

// wanted is what a new subscription asks for.
type wanted struct {
	Kind   string `json:"event_type"`
	Filter *struct {
		UserID    string `json:"user_id"`
		Direction string `json:"direction"`
		Keyword   string `json:"keyword"`
	} `json:"filter"`
	Tag       *string `json:"tag"`
	WebhookID string  `json:"webhook_id"`
}

func (x *api) subscribe(in *xgate.Request) *serve.Answer {
	var body wanted
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	if refused := x.checkWanted(in, body); refused != nil {
		return refused
	}
	s := &xevents.Subscription{
		App: in.App, EventType: body.Kind, UserID: body.Filter.UserID, Direction: body.Filter.Direction, Created: x.Now(), Updated: x.Now(),
	}
	if body.Tag != nil {
		s.Tag = *body.Tag
	}
	var refused *serve.Answer
	if s.Hook, refused = x.hookFor(in, body.WebhookID); refused != nil {
		return refused
	}
	switch {
	case x.IsSubscribed(s):
		return in.Refuse(xactions.WebhookRefusal("DuplicateSubscriptionFailed: there is such a subscription already."))
	case x.CountSubscriptions() >= maxSubscriptions:
		return in.Refuse(fault.Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "SubscriptionLimitExceeded: too many subscriptions."})
	}
	x.Subscribe(s)
	return serve.JSON(http.StatusOK, map[string]any{"data": x.shaped(s)})
}

// shaped gives the new subscription in one of the documented forms.
func (x *api) shaped(s *xevents.Subscription) any {
	switch x.Options().SubscriptionShape {
	case "object":
		return describeSubscription(s)
	case "array":
		return []any{describeSubscription(s)}
	}
	return map[string]any{"subscription": describeSubscription(s)}
}

// checkWanted refuses what is malformed, and private events of anybody but the caller.
//
//nolint:gocyclo // one line a rule
func (x *api) checkWanted(in *xgate.Request, w wanted) *serve.Answer {
	switch {
	case !slices.Contains(eventTypes, w.Kind):
		return in.Malformed("event_type", w.Kind, "event_type %q is not known", w.Kind)
	case w.Filter == nil:
		return in.Malformed("filter", "", "filter is missing")
	case w.Tag != nil && !xgate.IsText(1, 200)(*w.Tag):
		return in.Malformed("tag", *w.Tag, "tag is not 1 to 200 characters long")
	case w.Filter.UserID != "" && !xgate.IsID(w.Filter.UserID), w.Filter.UserID == "" && w.Kind != "oauth.revoke":
		return in.Malformed("filter.user_id", w.Filter.UserID, "filter.user_id is not an id")
	case w.Filter.Direction != "" && w.Filter.Direction != "inbound" && w.Filter.Direction != "outbound":
		return in.Malformed("filter.direction", w.Filter.Direction, "filter.direction is not known")
	case w.Filter.Keyword != "":
		return in.Malformed("filter.keyword", w.Filter.Keyword, "filter.keyword is for news only")
	case !isPrivate(w.Kind):
		return nil
	case in.Account == nil:
		in.Violation("a private event cannot be subscribed to with a Bearer token")
		return in.Refuse(fault.WrongAuth())
	case in.Account.ID != w.Filter.UserID:
		return in.Refuse(fault.Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "You are not permitted to subscribe to this user's private events."})
	case in.Account.Access != xstate.ReadWriteDM && !strings.HasPrefix(w.Kind, "post."):
		return in.Refuse(fault.Permission())
	}
	return nil
}
