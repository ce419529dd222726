package xapi

import (
	"net/http"

	"perch/bridge"
)

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

// webhookRules class what X refuses about webhooks and subscriptions (X docs: webhooks, Account Activity API).
var webhookRules = []rule{
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
	verdict, ok := a.verdict()
	if ok {
		return a, nil
	}
	if status := verdict.status; status/100 == 4 && status != http.StatusTooManyRequests && status != http.StatusPaymentRequired {
		if e := byRules(webhookRules, what, verdict); e != nil {
			return nil, e
		}
	}
	return nil, classify(what, verdict)
}

// isCode reports whether err is a refusal of that code.
func isCode(err error, code string) bool { return err != nil && bridge.AsError(err).Code == code }

func goneIsFine(_ *answer, err error) error {
	if isCode(err, CodeWebhookGone) || isCode(err, "404") {
		return nil
	}
	return err
}
