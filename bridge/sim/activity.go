package sim

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
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

func (x *v2) activityRoutes() map[string]route {
	app := endpoint{name: "activity.subscriptions", auth: bearer}
	create, list, change, several := app, app, app, app
	create.auth, create.body = userKeys|bearer, jsonBody
	list.auth, list.query = userKeys|bearer, params{"max_results": isNumber(1, 1000), "pagination_token": isText(16, 200)}
	change.body = jsonBody
	several.query = params{"ids": isIDList}
	stream := endpoint{name: "activity.stream", auth: bearer, query: params{"backfill_minutes": isNumber(0, 5)}}
	return map[string]route{
		"POST /2/activity/subscriptions":        create.by(x.subscribe),
		"GET /2/activity/subscriptions":         list.by(x.listSubscriptions),
		"DELETE /2/activity/subscriptions":      several.by(x.unsubscribeAll),
		"PUT /2/activity/subscriptions/{id}":    change.by(x.changeSubscription),
		"DELETE /2/activity/subscriptions/{id}": app.by(x.unsubscribe),
		"GET /2/activity/stream":                stream.by(x.openStream),
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

func (x *v2) subscribe(in *request) *serve.Answer {
	var body wanted
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	if refused := x.checkWanted(in, body); refused != nil {
		return refused
	}
	s := &Subscription{
		App: in.app, EventType: body.Kind, UserID: body.Filter.UserID, Direction: body.Filter.Direction, Created: x.Now(), Updated: x.Now(),
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
		return in.refuse(WebhookRefusal("DuplicateSubscriptionFailed: there is such a subscription already."))
	case x.CountSubscriptions() >= maxSubscriptions:
		return in.refuse(fault.Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "SubscriptionLimitExceeded: too many subscriptions."})
	}
	x.Subscribe(s)
	return serve.JSON(http.StatusOK, map[string]any{"data": x.shaped(s)})
}

// shaped gives the new subscription in one of the documented forms.
func (x *v2) shaped(s *Subscription) any {
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
func (x *v2) checkWanted(in *request, w wanted) *serve.Answer {
	switch {
	case !slices.Contains(eventTypes, w.Kind):
		return in.malformed("event_type", w.Kind, "event_type %q is not known", w.Kind)
	case w.Filter == nil:
		return in.malformed("filter", "", "filter is missing")
	case w.Tag != nil && !isText(1, 200)(*w.Tag):
		return in.malformed("tag", *w.Tag, "tag is not 1 to 200 characters long")
	case w.Filter.UserID != "" && !isID(w.Filter.UserID), w.Filter.UserID == "" && w.Kind != "oauth.revoke":
		return in.malformed("filter.user_id", w.Filter.UserID, "filter.user_id is not an id")
	case w.Filter.Direction != "" && w.Filter.Direction != "inbound" && w.Filter.Direction != "outbound":
		return in.malformed("filter.direction", w.Filter.Direction, "filter.direction is not known")
	case w.Filter.Keyword != "":
		return in.malformed("filter.keyword", w.Filter.Keyword, "filter.keyword is for news only")
	case !isPrivate(w.Kind):
		return nil
	case in.account == nil:
		in.violation("a private event cannot be subscribed to with a Bearer token")
		return in.refuse(fault.WrongAuth())
	case in.account.ID != w.Filter.UserID:
		return in.refuse(fault.Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "You are not permitted to subscribe to this user's private events."})
	case in.account.Access != ReadWriteDM && !strings.HasPrefix(w.Kind, "post."):
		return in.refuse(fault.Permission())
	}
	return nil
}

// hookFor finds the webhook of a subscription; nil for "".
func (x *v2) hookFor(in *request, id string) (*webhook, *serve.Answer) {
	if id == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	if w := x.FindWebhook(in.app, "", id); w != nil {
		return w, nil
	}
	return nil, in.refuse(WebhookRefusal("WebhookIdInvalid: there is no such webhook."))
}
