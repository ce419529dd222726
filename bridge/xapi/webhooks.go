package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"perch/bridge"
	"perch/bridge/loose"
)

// Webhook is a registered webhook. While it is not Valid X sends it nothing.
type Webhook struct {
	ID, URL string
	Valid   bool
}

// The codes of refusals that a caller can do something about.
const (
	// CodeWebhookLimit says that the app has its number of webhooks already.
	CodeWebhookLimit = "webhook/limit"
	// CodeWebhookCRC says that X called the address and did not get the right answer.
	CodeWebhookCRC = "webhook/crc"
	// CodeWebhookURL says that X does not take such an address.
	CodeWebhookURL = "webhook/url"
	// CodeWebhookGone says that X does not know the webhook.
	CodeWebhookGone = "webhook/gone"

	codeWebhookExists = "webhook/exists"
	codeSubscribed    = "subscription/exists"
)

// inlet is the part of a profile that lets X's events in.
type inlet interface {
	// Webhooks lists the app's webhooks (v1.1: those of the environment).
	Webhooks(ctx context.Context) ([]Webhook, error)
	// RegisterWebhook registers an address; X calls it before it answers. An address that is there already is a success.
	RegisterWebhook(ctx context.Context, address string) (Webhook, error)
	// RevalidateWebhook makes X call the address now. Nil means that X has found it good, or will look in a moment.
	RevalidateWebhook(ctx context.Context, id string) error
	// DeleteWebhook deletes a webhook; one that is gone is a success.
	DeleteWebhook(ctx context.Context, id string) error

	// SubscribeAll subscribes the account to all of its activity by the Account Activity API, whose events go to the
	// webhook. A subscription that is there already is a success.
	SubscribeAll(ctx context.Context, webhookID string) error
	// IsSubscribedAll asks whether SubscribeAll still holds. It is free, and proves the account's keys.
	IsSubscribedAll(ctx context.Context, webhookID string) (bool, error)
	// UnsubscribeAll takes SubscribeAll back; one that is gone is a success.
	UnsubscribeAll(ctx context.Context, webhookID string) error

	// MissedDMs lists direct messages of the last 30 days, newest first; count is a wish, next the place in the list.
	MissedDMs(ctx context.Context, count int, next string) (Page, error)
	// MissedMentions lists public posts that name the account, newest first, since the post sinceID or "".
	MissedMentions(ctx context.Context, sinceID string, count int, next string) (Page, error)
}

const (
	endpointHooks         = "webhooks"
	endpointSubscribedAll = "subscriptions"
)

// inletRules class what X refuses about webhooks and subscriptions (X docs: webhooks, Account Activity API).
var inletRules = []rule{
	{
		texts: []string{"too many resources", "webhooklimitexceeded"}, kind: bridge.Rejected, code: CodeWebhookLimit,
		message: "the X app has as many webhooks already as X allows",
		remedy:  "remove the old webhook in X's developer portal, or stop the other program that registered it",
	},
	{
		texts: []string{"duplicateurlfailed", "duplicate url"}, kind: bridge.Rejected, code: codeWebhookExists,
		message: "X has a webhook of this address already",
	},
	{codes: []int{355}, kind: bridge.Rejected, code: codeSubscribed, message: "the subscription is there already"},
	{
		texts: []string{"duplicatesubscription", "subscription already exists", "already subscribed"}, kind: bridge.Rejected, code: codeSubscribed,
		message: "the subscription is there already",
	},
	{
		texts: []string{"subscriptionlimitexceeded"}, kind: bridge.Operator, message: "the X app has used up its number of subscriptions",
		remedy: "remove subscriptions that nobody needs, or use an X app of its own for Perch",
	},
	{
		texts: []string{"urlvalidationfailed", "url is not", "invalid url", "not acceptable"}, kind: bridge.Operator, code: CodeWebhookURL,
		message: "X does not take the public URL",
		remedy:  "it has to be https, without a port before the path, and at most 200 characters long: check public_url in perch.toml",
	},
	{
		texts: []string{"crc", "challenge", "latency", "non-200"}, kind: bridge.Temporary, code: CodeWebhookCRC,
		message: "X called the public URL and did not get the right answer",
		remedy:  "check that the address leads to this Perch and that x.consumer_secret is the one of the app",
	},
	{texts: []string{"webhookidinvalid"}, kind: bridge.Rejected, code: CodeWebhookGone, message: "X does not know the webhook any more"},
	{status: []int{404}, codes: []int{34}, kind: bridge.Rejected, code: CodeWebhookGone, message: "X does not know the webhook any more"},
	{
		codes: []int{200}, kind: bridge.Operator, message: "X does not let the app use the environment",
		remedy: "copy the Dev environment label from X's developer portal into perch.toml letter by letter, and check that the app belongs to it",
	},
}

// judged turns an answer of X about webhooks and subscriptions into a result.
func judged(what call, a *answer, err error) (*answer, error) {
	if err != nil {
		return nil, err
	}
	if a.status/100 == 2 {
		status, is := a.refusesInside()
		if !is {
			return a, nil
		}
		a = &answer{status, a.header, a.body}
	}
	r := readRefusal(a)
	if found := slices.IndexFunc(inletRules, func(rule rule) bool { return rule.matches(r, what) }); found >= 0 &&
		a.status/100 == 4 && a.status != http.StatusTooManyRequests && a.status != http.StatusPaymentRequired {
		rule := inletRules[found]
		code := rule.code
		if code == "" {
			code = r.code()
		}
		return nil, &bridge.Error{Kind: rule.kind, Side: bridge.SideX, Op: what.op, Message: rule.message, Remedy: rule.remedy, Code: code}
	}
	return nil, classify(what, a)
}

// isCode reports whether err is a refusal of that code.
func isCode(err error, code string) bool { return err != nil && bridge.AsError(err).Code == code }

// hookJSON is a webhook in either profile.
type hookJSON struct {
	ID    loose.ID   `json:"id"`
	URL   loose.Text `json:"url"`
	Valid loose.Bool `json:"valid"`
}

// webhook is the registered webhook. One of which X does not say that it is good is not.
func (h hookJSON) webhook() Webhook { return Webhook{string(h.ID), string(h.URL), h.Valid.Value} }

// webhooks reads a list; what has no id is none.
func webhooks(raw json.RawMessage) []Webhook {
	var list loose.List[hookJSON]
	loose.Part(raw, &list)
	var found []Webhook
	for _, h := range list {
		if known(h.ID) != "" {
			found = append(found, h.webhook())
		}
	}
	return found
}

// registered reads the webhook out of the answer that says that it is there.
func (a *answer) registered(what call, raw json.RawMessage) (Webhook, error) {
	var h hookJSON
	loose.Part(raw, &h)
	if known(h.ID) == "" {
		return Webhook{}, a.unexpected(what.op, nil)
	}
	return h.webhook(), nil
}

// existing finds the webhook of an address that X says it has already.
func existing(ctx context.Context, list func(context.Context) ([]Webhook, error), address string, refused error) (Webhook, error) {
	all, err := list(ctx)
	if err != nil {
		return Webhook{}, err
	}
	if i := slices.IndexFunc(all, func(w Webhook) bool { return w.URL == address }); i >= 0 {
		return all[i], nil
	}
	return Webhook{}, refused
}

func hookCall(op, method, url string) call {
	return call{op: op, endpoint: endpointHooks, method: method, url: url}
}

// Webhooks implements inlet. X takes the app's token only.
func (v *v2) Webhooks(ctx context.Context) ([]Webhook, error) {
	what := hookCall("list webhooks", http.MethodGet, v.api("/2/webhooks"))
	a, err := v.asApp(ctx, what)
	if a, err = judged(what, a, err); err != nil {
		return nil, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
		Meta json.RawMessage `json:"meta"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return nil, err
	}
	if len(body.Data)+len(body.Meta) == 0 {
		return nil, a.unexpected(what.op, nil)
	}
	return webhooks(body.Data), nil
}

// RegisterWebhook implements inlet.
func (v *v2) RegisterWebhook(ctx context.Context, address string) (Webhook, error) {
	what := hookCall("register webhook", http.MethodPost, v.api("/2/webhooks"))
	what.json = map[string]string{"url": address}
	a, err := v.asUserOrApp(ctx, what)
	if a, err = judged(what, a, err); isCode(err, codeWebhookExists) {
		return existing(ctx, v.Webhooks, address, err)
	} else if err != nil {
		return Webhook{}, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := a.decode(what.op, &body); err != nil {
		return Webhook{}, err
	}
	return a.registered(what, body.Data)
}

// RevalidateWebhook implements inlet.
func (v *v2) RevalidateWebhook(ctx context.Context, id string) error {
	what := hookCall("validate webhook", http.MethodPut, v.api("/2/webhooks/"+url.PathEscape(id)))
	a, err := v.asUserOrApp(ctx, what)
	if a, err = judged(what, a, err); err != nil {
		return err
	}
	var body struct {
		Data struct {
			Valid loose.Bool `json:"valid"`
		} `json:"data"`
	}
	if loose.Read(a.body, &body) == nil && body.Data.Valid.Known && !body.Data.Valid.Value {
		return &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SideX, Op: what.op, Code: CodeWebhookCRC,
			Message: "X called the public URL and did not get the right answer",
			Remedy:  "check that the address leads to this Perch and that x.consumer_secret is the one of the app",
		}
	}
	return nil
}

// DeleteWebhook implements inlet.
func (v *v2) DeleteWebhook(ctx context.Context, id string) error {
	what := hookCall("delete webhook", http.MethodDelete, v.api("/2/webhooks/"+url.PathEscape(id)))
	what.mayBeEmpty = true
	a, err := v.asUserOrApp(ctx, what)
	return goneIsFine(judged(what, a, err))
}

func goneIsFine(_ *answer, err error) error {
	if isCode(err, CodeWebhookGone) || isCode(err, "404") {
		return nil
	}
	return err
}

// activityPath is where the Account Activity API v1.1 has the environment, or everything when there is none.
func (v *v11) activityPath(rest string) string {
	if v.config.Environment == "" {
		return v.api("/1.1/account_activity/" + rest)
	}
	return v.api("/1.1/account_activity/all/" + url.PathEscape(v.config.Environment) + "/" + rest)
}

// Webhooks implements inlet. X takes the app's token only.
func (v *v11) Webhooks(ctx context.Context) ([]Webhook, error) {
	what := hookCall("list webhooks", http.MethodGet, v.activityPath("webhooks.json"))
	a, err := v.asApp(ctx, what)
	if a, err = judged(what, a, err); err != nil {
		return nil, err
	}
	return webhooks(a.body), nil
}

// RegisterWebhook implements inlet.
func (v *v11) RegisterWebhook(ctx context.Context, address string) (Webhook, error) {
	what := hookCall("register webhook", http.MethodPost, v.activityPath("webhooks.json"))
	what.query = url.Values{"url": {address}}
	a, err := v.exchange(ctx, what)
	if a, err = judged(what, a, err); isCode(err, codeWebhookExists) {
		return existing(ctx, v.Webhooks, address, err)
	} else if err != nil {
		return Webhook{}, err
	}
	return a.registered(what, a.body)
}

// RevalidateWebhook implements inlet.
func (v *v11) RevalidateWebhook(ctx context.Context, id string) error {
	what := hookCall("validate webhook", http.MethodPut, v.activityPath("webhooks/"+url.PathEscape(id)+".json"))
	what.mayBeEmpty = true
	a, err := v.exchange(ctx, what)
	_, err = judged(what, a, err)
	return err
}

// DeleteWebhook implements inlet.
func (v *v11) DeleteWebhook(ctx context.Context, id string) error {
	what := hookCall("delete webhook", http.MethodDelete, v.activityPath("webhooks/"+url.PathEscape(id)+".json"))
	what.mayBeEmpty = true
	a, err := v.exchange(ctx, what)
	return goneIsFine(judged(what, a, err))
}
