package xapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
)

const (
	// lateRetry is the wait after X took a message for an automated one, or after the day's posts are used up.
	lateRetry = time.Hour
)

// rule classes refusals; the first one that matches wins. A rule without codes and texts matches by the status.
type rule struct {
	status []int
	// One of the codes, or one of the texts as a part of the refusal's text, has to be there: v1.1 gives codes, v2 words.
	codes []int
	texts []string
	sends bool // for calls that make X send only

	kind    bridge.Kind
	message string
	remedy  string
	// code, when set, replaces the code in the error.
	code string
	wait time.Duration
}

const (
	fixKeys = "make new keys in X's developer portal (Keys and tokens), store all four with perch secret set"
	fixPerm = "in X's developer portal set the app's permission to \"Read and write and Direct message\", then make NEW access " +
		"tokens (old ones keep the old permission), store them with perch secret set"
	keysRefused = "X refused the keys"
	wrongKind   = "X does not take this kind of key for the call"
	noCredits   = "the X account's API credits are used up"
	fixCredits  = "buy credits in X's developer portal (Billing); Perch keeps the queue and goes on by itself"
	limitUsedUp = "X's limit for this kind of call is used up"
	limitWait   = "nothing to do: Perch goes on by itself when X's window resets"
	noAccount   = "X knows no such account"
	checkHandle = "check the contact's X handle"
	fixProject  = "in X's developer portal move the app into a Project, then: perch resume"
)

// rules is the table of X's refusals (X docs: error codes, response codes, problem types). What no rule knows is
// decided by the status alone, in byStatus.
var rules = []rule{
	{
		codes: []int{135}, kind: bridge.Operator, message: "X refused the signature because the clock of this computer is wrong",
		remedy: "set this computer's clock (switch on automatic time), then: perch resume",
	},
	{
		codes: []int{187}, texts: []string{"duplicate content"}, kind: bridge.Rejected, code: bridge.CodeDuplicate,
		message: "X refuses the post because the account has posted the same text before", remedy: "change the text and send it again",
	},
	{texts: []string{"creditsdepleted", "problems/credits"}, kind: bridge.Operator, message: noCredits, remedy: fixCredits},
	{status: []int{402}, kind: bridge.Operator, message: noCredits, remedy: fixCredits},
	{
		texts: []string{"usagecapexceeded", "usage-capped"}, kind: bridge.Operator, message: "X's monthly cap of this app is used up",
		remedy: "raise the plan in X's developer portal or wait for the next month; Perch keeps the queue",
	},
	{status: []int{429}, kind: bridge.RateLimited, message: limitUsedUp, remedy: limitWait},
	{codes: []int{88}, kind: bridge.RateLimited, message: limitUsedUp, remedy: limitWait},
	{
		codes: []int{185}, texts: []string{"over daily status update limit"}, kind: bridge.RateLimited, wait: lateRetry, message: "the account's daily number of posts is used up",
		remedy: "nothing to do: Perch tries again every hour",
	},
	{texts: []string{"client-not-enrolled"}, kind: bridge.Operator, message: "the X app does not belong to a Project", remedy: fixProject},
	{
		texts: []string{"user-not-enrolled"}, kind: bridge.Operator, message: "the owner of the X app is not enrolled in the X API",
		remedy: "accept X's developer agreement in X's developer portal, then: perch resume",
	},
	{
		codes: []int{453}, kind: bridge.Operator, message: "the X app has no access to API v1.1",
		remedy: "set api = \"v2\" in perch.toml and restart Perch, or ask X for Enterprise access",
	},
	{texts: []string{"unsupported-authentication"}, kind: bridge.Operator, message: wrongKind, remedy: fixKeys},
	{
		codes: []int{64}, texts: []string{"your account is suspended"}, kind: bridge.Operator, message: "the X account is suspended",
		remedy: "sign in to X as the brand and follow X's instructions, then: perch resume",
	},
	{
		codes: []int{326}, texts: []string{"temporarily locked"}, kind: bridge.Operator, message: "the X account is locked",
		remedy: "sign in to X as the brand and unlock it, then: perch resume",
	},
	{
		codes: []int{93, 261}, texts: []string{"oauth1-permissions", "oauth1 app permissions"}, kind: bridge.Operator,
		message: "the X app lacks the permission to write or to send direct messages", remedy: fixPerm,
	},
	{codes: []int{32, 89, 99, 215}, kind: bridge.Operator, message: keysRefused, remedy: fixKeys},
	{status: []int{401}, kind: bridge.Operator, message: keysRefused, remedy: fixKeys},

	{
		codes: []int{226}, texts: []string{"might be automated"}, kind: bridge.Temporary, wait: lateRetry, message: "X took the message for an automated one",
		remedy: "label the account as automated, or write less uniform answers; Perch tries again in an hour",
	},
	{
		texts: []string{"user has been suspended", "user not found", "could not find user"}, kind: bridge.Rejected, code: bridge.CodeNoAccount,
		message: noAccount, remedy: checkHandle,
	},
	{codes: []int{63}, kind: bridge.Rejected, message: "the customer's X account is suspended", remedy: "nothing can be sent to it"},
	{
		codes: []int{150, 349}, texts: []string{"permission to dm"}, kind: bridge.Rejected, message: "X does not let this account send the customer a direct message",
		remedy: "ask the customer to write first, to follow the brand or to allow messages from everyone",
	},
	{
		codes: []int{151}, kind: bridge.Rejected, message: "X could not send the direct message: the customer cannot be reached or X suspects spam",
		remedy: "answer in public, or by another channel",
	},
	{codes: []int{186}, kind: bridge.Rejected, message: "the text is too long for a post", remedy: "shorten it"},
	{codes: []int{354}, kind: bridge.Rejected, message: "the text is too long for a direct message", remedy: "send it in several messages"},
	{texts: []string{"too long"}, sends: true, kind: bridge.Rejected, message: "X finds the text too long", remedy: "shorten it"},
	{
		codes: []int{385, 144, 34}, texts: []string{"deleted or not visible"}, sends: true, kind: bridge.Rejected, message: "the post that is answered does not exist any more",
		remedy: "write to the customer in a direct message",
	},
	{
		codes: []int{433}, kind: bridge.Rejected, message: "the customer lets only some people reply to the post",
		remedy: "write to the customer in a direct message",
	},
	{
		codes: []int{179}, kind: bridge.Rejected, message: "the post that is answered is not visible to the account",
		remedy: "write to the customer in a direct message",
	},
	{
		texts: []string{"reply to this conversation is not allowed", "only reply to or quote posts where you are mentioned"}, kind: bridge.Rejected,
		message: "X allows a public reply only to somebody who mentioned or quoted the brand in that post",
		remedy:  "write to the customer in a direct message",
	},
	{
		texts: []string{"this operation is not permitted"}, kind: bridge.Rejected, message: "X's policy does not permit this account to send the message",
		remedy: "sign in to X as the brand and look for a notice",
	},
	{
		codes: []int{324, 325, 386, 415, 416, 417}, texts: []string{"attach this media", "media ids are invalid", "media id is invalid", "invalid media"}, kind: bridge.Rejected,
		code: bridge.CodeMedia + "refused", message: "X does not take the file", remedy: "send it again, or another one",
	},
	{codes: []int{17, 50, 108}, kind: bridge.Rejected, code: bridge.CodeNoAccount, message: noAccount, remedy: checkHandle},
	{codes: []int{130, 131}, kind: bridge.Temporary, message: "X is out of order at the moment"},
	{status: []int{420}, kind: bridge.Temporary, wait: time.Minute, message: "X asks for a pause"},
	{status: []int{408}, kind: bridge.Temporary, message: "X gave up waiting for the request"},
	{status: []int{404, 410}, kind: bridge.Rejected, message: "X does not find what was asked for", remedy: "check whether it still exists on X"},
	{status: []int{413, 415}, kind: bridge.Rejected, message: "X does not take the file", remedy: "send a smaller one, or another kind"},
}

// byRules returns the error of the first rule that matches the refusal, nil when none does.
func byRules(rules []rule, what call, a *answer) *bridge.Error {
	r := readRefusal(a)
	found := slices.IndexFunc(rules, func(rule rule) bool { return rule.matches(r, what) })
	if found < 0 {
		return nil
	}
	rule := rules[found]
	e := &bridge.Error{
		Kind: rule.kind, Side: bridge.SideX, Op: what.op, Message: rule.message, Remedy: rule.remedy, Code: cmp.Or(rule.code, r.code()),
	}
	if rule.wait > 0 {
		e.RetryAt = time.Now().Add(rule.wait)
	}
	return e
}

// classify turns an unsuccessful answer into an error that says what happens next.
func classify(what call, a *answer) *bridge.Error {
	e := byRules(rules, what, a)
	if e == nil {
		e = byStatus(what, readRefusal(a))
	}
	if e.RetryAt.IsZero() && (e.Kind == bridge.RateLimited || e.Kind == bridge.Temporary) {
		e.RetryAt = retryAfter(a.header, maxOutageWait)
		if e.Kind == bridge.RateLimited {
			e.RetryAt = limitedUntil(a.header)
		}
	}
	e.Doubtful = e.Kind == bridge.Temporary && what.sends && a.status >= http.StatusInternalServerError
	if e.Kind == bridge.RateLimited {
		e.Endpoint = what.endpoint
	}
	return e
}

// areKeysRefused reports whether X said by err that the keys themselves are wrong, and not that something else is in
// the way: credits, the clock, a locked account, a limit, an outage.
func areKeysRefused(err error) bool {
	e := bridge.AsError(err)
	return e != nil && e.Side == bridge.SideX && (e.Message == keysRefused || e.Message == wrongKind)
}

// byStatus decides what no rule knows. Nothing is lost: a refusal of a message is final, but shown and repeatable.
func byStatus(what call, r refusal) *bridge.Error {
	e := &bridge.Error{Side: bridge.SideX, Op: what.op, Code: r.code()}
	if r.status >= http.StatusInternalServerError {
		e.Kind, e.Message = bridge.Temporary, "X is out of order at the moment"
		return e
	}
	e.Kind, e.Message = bridge.Rejected, fmt.Sprintf("X refused it (%d): %s", r.status, strings.TrimRight(r.said, "."))
	e.Remedy = "read X's reason, change the message and send it again"
	return e
}

func (r rule) matches(f refusal, what call) bool {
	if r.sends && !what.sends {
		return false
	}
	if len(r.status) > 0 && !slices.Contains(r.status, f.status) {
		return false
	}
	if len(r.codes)+len(r.texts) == 0 {
		return true
	}
	return slices.ContainsFunc(f.codes, func(c int) bool { return slices.Contains(r.codes, c) }) ||
		slices.ContainsFunc(r.texts, func(t string) bool { return strings.Contains(f.text, t) })
}

// accountGone names a refusal of a look-up that says that there is no such account.
func accountGone(err error) error {
	e := bridge.AsError(err)
	if e.Kind != bridge.Rejected || !isStatus(e.Code, http.StatusNotFound) {
		return err
	}
	gone := *e
	gone.Code, gone.Message, gone.Remedy = bridge.CodeNoAccount, noAccount, checkHandle
	return &gone
}

// isStatus reports whether a code is that of a status, whatever X's own code in it.
func isStatus(code string, status int) bool {
	first, _, _ := strings.Cut(code, "/")
	return first == strconv.Itoa(status)
}
