package xcall

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// What answers in X's place is named as such: the proxy, firewall or log-in page of a network, or X's own front when it
// is out of order. Nothing of it counts as X's word.
const (
	IntermediaryAnswers = "something between this computer and X answered in X's place"
	intermediaryRemedy  = "open https://api.x.com in a browser on this computer: a proxy, a firewall or a log-in page of the network shows itself there; Perch keeps trying"
	ProxyWantsPassword  = "the proxy of this network wants a user and a password before it lets Perch through to X"
	proxyRemedy         = "let this computer through to api.x.com, or put the proxy with user and password into HTTPS_PROXY; Perch keeps trying"
)

// CodeIntermediary begins the code of what an intermediary said, followed by the status.
const CodeIntermediary = "way/"

// judgeForm returns an error when an answer is not of the form in which X answers, whatever it says.
func judgeForm(what Call, a *Answer) *bridge.Error {
	switch status := a.Status; {
	case status == http.StatusProxyAuthRequired:
		return byIntermediary(what, a, ProxyWantsPassword, proxyRemedy)
	case status/100 == 2:
		return judgeSuccess(what, a)
	case status == http.StatusMovedPermanently, status == http.StatusPermanentRedirect,
		status/100 == 3 && loose.IsSameHost(what.URL, a.Header.Get("Location")):
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideX, Op: what.Op, Code: strconv.Itoa(status), Message: "X's address answers with a redirect, which Perch does not follow",
			Remedy: "check api_base in perch.toml",
		}
	case status/100 == 3:
		return byIntermediary(what, a, IntermediaryAnswers+" and wants to lead elsewhere", intermediaryRemedy)
	case status == http.StatusTooManyRequests || status == statusCalm || status >= http.StatusInternalServerError:
		return nil // they mean the same whoever says them
	case status == http.StatusUnauthorized && isKeysChallenge(a.Header):
		return nil
	case !isVerdict(a.Body):
		return byIntermediary(what, a, IntermediaryAnswers+" ("+described(a)+")", intermediaryRemedy)
	}
	return nil
}

// statusCalm is "enhance your calm", by which X once asked for a pause.
const statusCalm = 420

// judgeSuccess checks that a success is JSON, or is empty where it may be. A message that an intermediary said yes to may have
// come to X all the same, so its outcome is unknown.
func judgeSuccess(what Call, a *Answer) *bridge.Error {
	isEmpty := len(loose.Trim(a.Body)) == 0
	if (isEmpty && what.MayBeEmpty) || loose.IsJSON(a.Body) {
		return nil
	}
	e := byIntermediary(what, a, IntermediaryAnswers+" ("+described(a)+")", intermediaryRemedy)
	if isEmpty {
		e.Message, e.Remedy = "X's answer is empty", "nothing to do: Perch tries again"
	}
	if what.Sends {
		e.Kind = bridge.OutcomeUnknown
	}
	return e
}

func byIntermediary(what Call, a *Answer, message, remedy string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Message: message, Remedy: remedy, Code: CodeIntermediary + strconv.Itoa(a.Status),
		RetryAt: RetryAfter(a.Header, MaxOutageWait), Doubtful: what.Sends, // X may have had the message before the intermediary spoke
	}
}

// described names what came instead of an answer.
func described(a *Answer) string {
	what := "no words at all"
	switch body := loose.Trim(a.Body); {
	case isPage(a.Header, body):
		what = "a web page"
	case loose.IsJSON(body):
		what = "data that is not X's"
	case len(body) > 0:
		what = "something that is not X's"
	}
	return what + ", status " + strconv.Itoa(a.Status)
}

// isPage reports whether an answer is a web page.
func isPage(h http.Header, body []byte) bool {
	return loose.IsPage(h.Get("Content-Type"), body)
}

// isKeysChallenge reports whether a 401 asks for the keys in X's way, which a page of an intermediary does not.
func isKeysChallenge(h http.Header) bool {
	return slices.ContainsFunc(h.Values("Www-Authenticate"), func(v string) bool {
		scheme, _, _ := strings.Cut(strings.ToLower(v), " ")
		return scheme == "oauth" || scheme == "bearer"
	})
}

// verdictMembers are those of which X's refusals hold at least one (X docs: response codes, error codes).
var verdictMembers = []string{"errors", "error", "title", "detail", "type", "reason", "request"}

// isVerdict reports whether a body has the form in which X refuses.
func isVerdict(body []byte) bool {
	if !loose.IsObject(body) {
		return false
	}
	var members map[string]any
	if loose.Read(body, &members) != nil {
		return false
	}
	return slices.ContainsFunc(verdictMembers, func(name string) bool { return members[name] != nil })
}
