package xcall

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

// Rule classes refusals; the first one that matches wins. A rule without codes and texts matches by the status.
type Rule struct {
	Status []int
	// One of the codes, or one of the texts as a part of the refusal's text, has to be there: v1.1 gives codes, v2 words.
	Codes []int
	Texts []string
	sends bool // for calls that make X send only

	Kind    bridge.Kind
	Message string
	Remedy  string
	// Code, when set, replaces the code in the error.
	Code string
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
var rules = []Rule{
	{
		Codes: []int{135}, Kind: bridge.Operator, Message: "X refused the signature because the clock of this computer is wrong",
		Remedy: "set this computer's clock (switch on automatic time), then: perch resume",
	},
	{
		Codes: []int{187}, Texts: []string{"duplicate content"}, Kind: bridge.Rejected, Code: bridge.CodeDuplicate,
		Message: "X refuses the post because the account has posted the same text before", Remedy: "change the text and send it again",
	},
	{Texts: []string{"creditsdepleted", "problems/credits"}, Kind: bridge.Operator, Message: noCredits, Remedy: fixCredits},
	{Status: []int{402}, Kind: bridge.Operator, Message: noCredits, Remedy: fixCredits},
	{
		Texts: []string{"usagecapexceeded", "usage-capped"}, Kind: bridge.Operator, Message: "X's monthly cap of this app is used up",
		Remedy: "raise the plan in X's developer portal or wait for the next month; Perch keeps the queue",
	},
	{Status: []int{429}, Kind: bridge.RateLimited, Message: limitUsedUp, Remedy: limitWait},
	{Codes: []int{88}, Kind: bridge.RateLimited, Message: limitUsedUp, Remedy: limitWait},
	{
		Codes: []int{185}, Texts: []string{"over daily status update limit"}, Kind: bridge.RateLimited, wait: lateRetry, Message: "the account's daily number of posts is used up",
		Remedy: "nothing to do: Perch tries again every hour",
	},
	{Texts: []string{"client-not-enrolled"}, Kind: bridge.Operator, Message: "the X app does not belong to a Project", Remedy: fixProject},
	{
		Texts: []string{"user-not-enrolled"}, Kind: bridge.Operator, Message: "the owner of the X app is not enrolled in the X API",
		Remedy: "accept X's developer agreement in X's developer portal, then: perch resume",
	},
	{
		Codes: []int{453}, Kind: bridge.Operator, Message: "the X app has no access to API v1.1",
		Remedy: "set api = \"v2\" in perch.toml and restart Perch, or ask X for Enterprise access",
	},
	{Texts: []string{"unsupported-authentication"}, Kind: bridge.Operator, Message: wrongKind, Remedy: fixKeys},
	{
		Codes: []int{64}, Texts: []string{"your account is suspended"}, Kind: bridge.Operator, Message: "the X account is suspended",
		Remedy: "sign in to X as the brand and follow X's instructions, then: perch resume",
	},
	{
		Codes: []int{326}, Texts: []string{"temporarily locked"}, Kind: bridge.Operator, Message: "the X account is locked",
		Remedy: "sign in to X as the brand and unlock it, then: perch resume",
	},
	{
		Codes: []int{93, 261}, Texts: []string{"oauth1-permissions", "oauth1 app permissions"}, Kind: bridge.Operator,
		Message: "the X app lacks the permission to write or to send direct messages", Remedy: fixPerm,
	},
	{Codes: []int{32, 89, 99, 215}, Kind: bridge.Operator, Message: keysRefused, Remedy: fixKeys},
	{Status: []int{401}, Kind: bridge.Operator, Message: keysRefused, Remedy: fixKeys},

	{
		Codes: []int{226}, Texts: []string{"might be automated"}, Kind: bridge.Temporary, wait: lateRetry, Message: "X took the message for an automated one",
		Remedy: "label the account as automated, or write less uniform answers; Perch tries again in an hour",
	},
	{
		Texts: []string{"user has been suspended", "user not found", "could not find user"}, Kind: bridge.Rejected, Code: bridge.CodeNoAccount,
		Message: noAccount, Remedy: checkHandle,
	},
	{Codes: []int{63}, Kind: bridge.Rejected, Message: "the customer's X account is suspended", Remedy: "nothing can be sent to it"},
	{
		Codes: []int{150, 349}, Texts: []string{"permission to dm"}, Kind: bridge.Rejected, Message: "X does not let this account send the customer a direct message",
		Remedy: "ask the customer to write first, to follow the brand or to allow messages from everyone",
	},
	{
		Codes: []int{151}, Kind: bridge.Rejected, Message: "X could not send the direct message: the customer cannot be reached or X suspects spam",
		Remedy: "answer in public, or by another channel",
	},
	{Codes: []int{186}, Kind: bridge.Rejected, Message: "the text is too long for a post", Remedy: "shorten it"},
	{Codes: []int{354}, Kind: bridge.Rejected, Message: "the text is too long for a direct message", Remedy: "send it in several messages"},
	{Texts: []string{"too long"}, sends: true, Kind: bridge.Rejected, Message: "X finds the text too long", Remedy: "shorten it"},
	{
		Codes: []int{385, 144, 34}, Texts: []string{"deleted or not visible"}, sends: true, Kind: bridge.Rejected, Message: "the post that is answered does not exist any more",
		Remedy: "write to the customer in a direct message",
	},
	{
		Codes: []int{433}, Kind: bridge.Rejected, Message: "the customer lets only some people reply to the post",
		Remedy: "write to the customer in a direct message",
	},
	{
		Codes: []int{179}, Kind: bridge.Rejected, Message: "the post that is answered is not visible to the account",
		Remedy: "write to the customer in a direct message",
	},
	{
		Texts: []string{"reply to this conversation is not allowed", "only reply to or quote posts where you are mentioned"}, Kind: bridge.Rejected,
		Message: "X allows a public reply only to somebody who mentioned or quoted the brand in that post",
		Remedy:  "write to the customer in a direct message",
	},
	{
		Texts: []string{"this operation is not permitted"}, Kind: bridge.Rejected, Message: "X's policy does not permit this account to send the message",
		Remedy: "sign in to X as the brand and look for a notice",
	},
	{
		Codes: []int{324, 325, 386, 415, 416, 417}, Texts: []string{"attach this media", "media ids are invalid", "media id is invalid", "invalid media"}, Kind: bridge.Rejected,
		Code: bridge.CodeMedia + "refused", Message: "X does not take the file", Remedy: "send it again, or another one",
	},
	{Codes: []int{17, 50, 108}, Kind: bridge.Rejected, Code: bridge.CodeNoAccount, Message: noAccount, Remedy: checkHandle},
	{Codes: []int{130, 131}, Kind: bridge.Temporary, Message: "X is out of order at the moment"},
	{Status: []int{420}, Kind: bridge.Temporary, wait: time.Minute, Message: "X asks for a pause"},
	{Status: []int{408}, Kind: bridge.Temporary, Message: "X gave up waiting for the request"},
	{Status: []int{404, 410}, Kind: bridge.Rejected, Message: "X does not find what was asked for", Remedy: "check whether it still exists on X"},
	{Status: []int{413, 415}, Kind: bridge.Rejected, Message: "X does not take the file", Remedy: "send a smaller one, or another kind"},
}

// ByRules returns the error of the first rule that matches the refusal, nil when none does.
func ByRules(rules []Rule, what Call, a *Answer) *bridge.Error {
	r := readRefusal(a)
	found := slices.IndexFunc(rules, func(rule Rule) bool { return rule.matches(r, what) })
	if found < 0 {
		return nil
	}
	rule := rules[found]
	e := &bridge.Error{
		Kind: rule.Kind, Side: bridge.SideX, Op: what.Op, Message: rule.Message, Remedy: rule.Remedy, Code: cmp.Or(rule.Code, r.code()),
	}
	if rule.wait > 0 {
		e.RetryAt = time.Now().Add(rule.wait)
	}
	return e
}

// Classify turns an unsuccessful answer into an error that says what happens next.
func Classify(what Call, a *Answer) *bridge.Error {
	e := ByRules(rules, what, a)
	if e == nil {
		e = byStatus(what, readRefusal(a))
	}
	if (what.Family == FamilyChat || a.byLogin) && what.Family.wantsLogin(a) {
		e = loginError(what, a)
	}
	if e.RetryAt.IsZero() && (e.Kind == bridge.RateLimited || e.Kind == bridge.Temporary) {
		e.RetryAt = RetryAfter(a.Header, MaxOutageWait)
		if e.Kind == bridge.RateLimited {
			e.RetryAt = limitedUntil(a.Header)
		}
	}
	e.Doubtful = e.Kind == bridge.Temporary && what.Sends && a.Status >= http.StatusInternalServerError
	if e.Kind == bridge.RateLimited {
		e.Endpoint = what.Endpoint
	}
	return e
}

// AreKeysRefused reports whether X said by err that the keys themselves are wrong, and not that something else is in
// the way: credits, the clock, a locked account, a limit, an outage.
func AreKeysRefused(err error) bool {
	e := bridge.AsError(err)
	return e != nil && e.Side == bridge.SideX && (e.Message == keysRefused || e.Message == wrongKind)
}

// byStatus decides what no rule knows. Nothing is lost: a refusal of a message is final, but shown and repeatable.
func byStatus(what Call, r refusal) *bridge.Error {
	e := &bridge.Error{Side: bridge.SideX, Op: what.Op, Code: r.code()}
	if r.status >= http.StatusInternalServerError {
		e.Kind, e.Message = bridge.Temporary, "X is out of order at the moment"
		return e
	}
	e.Kind, e.Message = bridge.Rejected, fmt.Sprintf("X refused it (%d): %s", r.status, strings.TrimRight(r.said, "."))
	e.Remedy = "read X's reason, change the message and send it again"
	return e
}

func (r Rule) matches(f refusal, what Call) bool {
	if r.sends && !what.Sends {
		return false
	}
	if len(r.Status) > 0 && !slices.Contains(r.Status, f.status) {
		return false
	}
	if len(r.Codes)+len(r.Texts) == 0 {
		return true
	}
	return slices.ContainsFunc(f.codes, func(c int) bool { return slices.Contains(r.Codes, c) }) ||
		slices.ContainsFunc(r.Texts, func(t string) bool { return strings.Contains(f.text, t) })
}

// NoAccount names a refusal of a look-up that says that there is no such account.
func NoAccount(err error) error {
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
