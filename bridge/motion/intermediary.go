package motion

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// codeIntermediary begins the code of what an intermediary said, followed by the status.
const codeIntermediary = "way/"

// isPage reports whether an answer is a web page, which Motion's API never sends.
func isPage(a *answer) bool {
	return loose.IsPage(a.header.Get("Content-Type"), a.body) && !isUnrouted(a)
}

// unrouted is how the framework that Motion is made with (Express) says that it has no such address: in a page of its own.
var unrouted = regexp.MustCompile(`Cannot (GET|POST|PUT) /`)

func isUnrouted(a *answer) bool { return a.status == http.StatusNotFound && unrouted.Match(a.body) }

// isIntermediary reports whether an unsuccessful answer is none of Motion's: it comes from a proxy, a firewall or a log-in
// page. What is out of order, busy or too large is so whoever says it.
func isIntermediary(a *answer) bool {
	switch s := a.status; {
	case s == http.StatusProxyAuthRequired:
		return true
	case s == http.StatusMovedPermanently || s == http.StatusPermanentRedirect:
		return false
	case s/100 == 3:
		return !loose.IsSameHost(a.asked, a.header.Get("Location")) // a log-in page of the network leads elsewhere
	case s == http.StatusRequestEntityTooLarge, s == http.StatusTooManyRequests, s == http.StatusRequestTimeout, s >= http.StatusInternalServerError:
		return false
	case s == http.StatusUnauthorized:
		return isPage(a) && a.header.Get("Www-Authenticate") == "" // another word in plain text may be Motion's: it locks users out
	}
	return !hasReason(a) && !isBare(a)
}

// hasReason reports whether an answer refuses in Motion's way: an object with words.
func hasReason(a *answer) bool {
	var o object
	return loose.IsObject(a.body) && decode(a.body, &o) == nil && reasonIn(o) != ""
}

// isBare reports whether an answer is as short as Motion's framework makes it when nothing else was said: 401, 403 and 404
// without a body, or with the words of the status alone.
func isBare(a *answer) bool {
	body := string(loose.Trim(a.body))
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return body == "" || body == http.StatusText(a.status) || isUnrouted(a)
	}
	return false
}

// foreign is the error of an answer that is not of the form in which Motion answers.
func foreign(op string, a *answer) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideMotion, Op: op, Code: codeIntermediary + strconv.Itoa(a.status), RetryAt: retryAfter(a.header),
		Message: "something answered in Motion's place: " + described(a),
		Remedy: "open Motion's address in a browser on this computer: a proxy, a firewall or a log-in page in between shows itself there; check receive_url " +
			"and base_url in perch.toml too; Perch keeps trying",
	}
	if a.status == http.StatusProxyAuthRequired {
		e.Message = "the proxy of this network wants a user and a password before it lets Perch through to Motion"
		e.Remedy = "let this computer through to Motion, or put it into NO_PROXY; Perch keeps trying"
	}
	return e
}

// described names what came instead of an answer.
func described(a *answer) string {
	what := "something that is not Motion's"
	switch {
	case isPage(a):
		what = "a web page"
	case len(loose.Trim(a.body)) == 0:
		what = "no words at all"
	case saysNo(a.body):
		what = "an error: " + said(a)
	}
	return what + " (status " + strconv.Itoa(a.status) + ")"
}

// saysNo reports whether an answer is an error, whatever its status says.
func saysNo(body []byte) bool {
	var o object
	return loose.IsObject(body) && decode(body, &o) == nil && o.saysNo()
}

func (o object) saysNo() bool {
	if success := strings.ToLower(textOf(o.get("success", "ok"))); success == "false" || success == "0" {
		return true
	}
	for _, name := range []string{"error", "errors"} {
		switch v := o.get(name).(type) {
		case nil, bool:
			if v == true {
				return true
			}
		case string:
			if v != "" {
				return true
			}
		case []any:
			if len(v) > 0 {
				return true
			}
		case map[string]any:
			if len(v) > 0 {
				return true
			}
		default:
			return true
		}
	}
	status, err := strconv.Atoi(o.id("status", "statusCode"))
	return err == nil && status >= http.StatusBadRequest && status < 600
}
