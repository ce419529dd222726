package xapi

import (
	"net/http"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
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
var webhookRules = []xcall.Rule{
	{
		Texts: []string{"too many resources", "webhooklimitexceeded"}, Kind: bridge.Rejected, Code: CodeWebhookLimit,
		Message: "the X app has as many webhooks already as X allows",
		Remedy:  "remove the old webhook in X's developer portal, or stop the other program that registered it",
	},
	{
		Texts: []string{"duplicateurlfailed", "duplicate url"}, Kind: bridge.Rejected, Code: codeWebhookExists,
		Message: "X has a webhook of this address already",
	},
	{Codes: []int{355}, Kind: bridge.Rejected, Code: codeSubscribed, Message: "the subscription is there already"},
	{
		Texts: []string{"duplicatesubscription", "subscription already exists", "already subscribed"}, Kind: bridge.Rejected, Code: codeSubscribed,
		Message: "the subscription is there already",
	},
	{
		Texts: []string{"subscriptionlimitexceeded"}, Kind: bridge.Operator, Message: "the X app has used up its number of subscriptions",
		Remedy: "remove subscriptions that nobody needs, or use an X app of its own for Perch",
	},
	{
		Texts: []string{"urlvalidationfailed", "url is not", "invalid url", "not acceptable"}, Kind: bridge.Operator, Code: CodeWebhookURL,
		Message: "X does not take the public URL",
		Remedy:  "it has to be https, without a port before the path, and at most 200 characters long: check public_url in perch.toml",
	},
	{
		Texts: []string{"crc", "challenge", "latency", "non-200"}, Kind: bridge.Temporary, Code: CodeWebhookCRC,
		Message: "X called the public URL and did not get the right answer",
		Remedy:  "check that the address leads to this Perch and that x.consumer_secret is the one of the app",
	},
	{Texts: []string{"webhookidinvalid"}, Kind: bridge.Rejected, Code: CodeWebhookGone, Message: "X does not know the webhook any more"},
	{Status: []int{404}, Codes: []int{34}, Kind: bridge.Rejected, Code: CodeWebhookGone, Message: "X does not know the webhook any more"},
	{
		Codes: []int{200}, Kind: bridge.Operator, Message: "X does not let the app use the environment",
		Remedy: "copy the Dev environment label from X's developer portal into perch.toml letter by letter, and check that the app belongs to it",
	},
}

// judged turns an answer of X about webhooks and subscriptions into a result.
func judged(what xcall.Call, a *xcall.Answer, err error) (*xcall.Answer, error) {
	if err != nil {
		return nil, err
	}
	verdict, ok := a.Verdict()
	if ok {
		return a, nil
	}
	if status := verdict.Status; status/100 == 4 && status != http.StatusTooManyRequests && status != http.StatusPaymentRequired {
		if e := xcall.ByRules(webhookRules, what, verdict); e != nil {
			return nil, e
		}
	}
	return nil, xcall.Classify(what, verdict)
}

// isCode reports whether err is a refusal of that code.
func isCode(err error, code string) bool { return err != nil && bridge.AsError(err).Code == code }

func goneIsFine(_ *xcall.Answer, err error) error {
	if isCode(err, CodeWebhookGone) || isCode(err, "404") {
		return nil
	}
	return err
}
