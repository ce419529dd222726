package sim

import (
	"fmt"
	"net/http"
	"time"
)

// The codes of v1.1: of a missing permission, and of a request that cannot be taken.
const (
	codeNoDM       = 93
	codeNoWrite    = 261
	codeBadRequest = 214
)

// problems is how the types of v2's problems begin.
const problems = "https://api.twitter.com/2/problems/"

// FaultKeys is X's refusal of keys that are wrong or were taken back.
func FaultKeys() Fault {
	return Fault{Status: http.StatusUnauthorized, Code: 89, Title: "Unauthorized", Detail: "Invalid or expired token."}
}

// FaultClock is X's refusal of a timestamp that is off.
func FaultClock() Fault {
	return Fault{Status: http.StatusUnauthorized, Code: 135, Detail: "Timestamp out of bounds."}
}

// FaultCredits is X's refusal because the credits are used up.
func FaultCredits() Fault {
	return Fault{Status: http.StatusPaymentRequired, RawBody: `{"account_id":123,"title":"CreditsDepleted","detail":"Your enrolled ` +
		`account [123] does not have any credits to fulfill this request.","type":"` + problems + `credits"}`}
}

// FaultUsageCap is X's refusal because the month's cap is used up.
func FaultUsageCap() Fault {
	return Fault{Status: http.StatusTooManyRequests, Title: "UsageCapExceeded", Detail: "Usage cap exceeded: Monthly product cap", Type: problems + "usage-capped"}
}

// FaultSuspended is X's refusal because the brand's own account is suspended.
func FaultSuspended() Fault {
	return forbidden(64, "Your account is suspended and is not permitted to access this feature.")
}

// FaultPeerSuspended is X's refusal because the customer's account is suspended.
func FaultPeerSuspended() Fault { return forbidden(63, "User has been suspended.") }

// FaultLocked is X's refusal because the account has to be unlocked by its owner.
func FaultLocked() Fault {
	return forbidden(326, "To protect our users from spam and other malicious activity, this account is temporarily locked.")
}

// FaultPermission is X's refusal because the app may not use direct messages.
func FaultPermission() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: codeNoDM, Title: "Forbidden", Type: problems + "oauth1-permissions",
		Detail: "This application is not allowed to access or delete your direct messages.",
	}
}

// FaultNoWrite is X's refusal because the app may only read.
func FaultNoWrite() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: codeNoWrite, Title: "Forbidden", Type: problems + "oauth1-permissions",
		Detail: "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
	}
}

// FaultNoV11 is X's refusal of v1.1 for apps without an Enterprise contract.
func FaultNoV11() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: 453,
		Detail: "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only.",
	}
}

// FaultNotEnrolled is X's refusal because the app is not in a Project.
func FaultNotEnrolled() Fault { return notEnrolled("client-not-enrolled") }

// FaultUserNotEnrolled is X's refusal because the app's owner is not enrolled.
func FaultUserNotEnrolled() Fault { return notEnrolled("user-not-enrolled") }

func notEnrolled(reason string) Fault {
	return Fault{
		Status: http.StatusForbidden, Title: "Client Forbidden", Type: problems + "client-forbidden", Reason: reason,
		Detail: "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from an App that is attached to a Project.",
	}
}

// FaultWrongAuth is X's refusal of a kind of key that the endpoint does not take.
func FaultWrongAuth() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: codeNoWrite, Title: "Unsupported Authentication", Type: problems + "unsupported-authentication",
		Detail: "Authenticating with this kind of token is forbidden for this endpoint.",
	}
}

// FaultCannotDM is X's refusal because the customer does not take direct messages of the account.
func FaultCannotDM() Fault {
	return at("dm.send", forbidden(349, "You do not have permission to DM one or more participants."))
}

// FaultUnreachable is X's refusal because the customer cannot be reached, or because of suspected spam.
func FaultUnreachable() Fault {
	return at("dm.send", forbidden(151, "There was an error sending your message: the recipient cannot be reached."))
}

// FaultAutomated is X's refusal because the message looks automated.
func FaultAutomated() Fault {
	return forbidden(226, "This request looks like it might be automated. To protect our users from spam, we can't complete this action right now.")
}

// FaultDuplicate is X's refusal of a post with the same text as an earlier one.
func FaultDuplicate() Fault {
	return at("post.create", forbidden(187, "You are not allowed to create a Tweet with duplicate content."))
}

// FaultTooLong is X's refusal of a post over 280.
func FaultTooLong() Fault { return at("post.create", forbidden(186, "Your Tweet text is too long.")) }

// FaultDMTooLong is X's refusal of a direct message over 10,000 characters.
func FaultDMTooLong() Fault {
	return at("dm.send", forbidden(354, "The text of your direct message is over the max character limit: too long."))
}

// FaultPostGone is X's refusal because the post that is answered was deleted.
func FaultPostGone() Fault {
	return at("post.create", forbidden(385, "You attempted to reply to a Tweet that is deleted or not visible to you."))
}

// FaultRepliesRestricted is X's refusal because the author chose who may reply.
func FaultRepliesRestricted() Fault {
	return at("post.create", forbidden(433, "The original Tweet author restricted who can reply to this Tweet."))
}

// FaultNotVisible is X's refusal because the account may not see the post.
func FaultNotVisible() Fault {
	return at("post.create", forbidden(179, "Sorry, you are not authorized to see this status."))
}

// FaultSummoned is X's refusal because the author neither mentioned nor quoted the account.
func FaultSummoned() Fault {
	return at("post.create", Fault{
		Status: http.StatusForbidden, Title: "Forbidden",
		Detail: "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
	})
}

// FaultPolicy is X's refusal because of the sender.
func FaultPolicy() Fault {
	return Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "This operation is not permitted."}
}

// FaultMedia is X's refusal of a file in a direct message.
func FaultMedia() Fault {
	return at("dm.send", Fault{
		Status: http.StatusBadRequest, Code: 324, Title: "Invalid Request", Type: problems + "invalid-request",
		Detail: "You are not permitted to attach this media to a DM event.",
	})
}

// FaultMediaExpired is X's refusal of a file in a post.
func FaultMediaExpired() Fault {
	return at("post.create", Fault{
		Status: http.StatusBadRequest, Code: 325, Title: "Invalid Request", Type: problems + "invalid-request", Detail: "Your media IDs are invalid.",
	})
}

// FaultProcessing lets X fail to process a video or GIF.
func FaultProcessing() Fault {
	const info = `"processing_info":{"state":"failed","error":{"code":1,"name":"InvalidMedia","message":"Unsupported video format"}}`
	return at("media.status", Fault{Status: http.StatusOK, RawBody: `{"data":{"id":"1","media_key":"7_1",` + info + `},"media_id_string":"1",` + info + `}`})
}

// FaultDailyPosts is X's refusal because the day's posts are used up.
func FaultDailyPosts() Fault {
	return at("post.create", forbidden(185, "User is over daily status update limit."))
}

// FaultCalm is X's old request to slow down.
func FaultCalm() Fault { return Fault{Status: 420, RawBody: `{"error":"Enhance Your Calm"}`} }

// FaultUnavailable is X out of order.
func FaultUnavailable() Fault {
	return Fault{Status: http.StatusServiceUnavailable, Code: 130, Title: "Service Unavailable", Detail: "Over capacity"}
}

// FaultBroken is X out of order in an HTML page.
func FaultBroken() Fault {
	return Fault{Status: http.StatusBadGateway, RawBody: "<html><body>502 Bad Gateway</body></html>", Header: map[string]string{"Content-Type": "text/html"}}
}

// FaultLost carries the call out and loses the answer.
func FaultLost() Fault { return Fault{After: true, Drop: true} }

// FaultSlow carries the call out and answers late.
func FaultSlow(delay time.Duration) Fault { return Fault{After: true, Delay: delay} }

func forbidden(code int, detail string) Fault {
	return Fault{Status: http.StatusForbidden, Code: code, Title: "Forbidden", Detail: detail}
}

func at(endpoint string, f Fault) Fault {
	f.Endpoint = endpoint
	return f
}

// FaultTooMany is X's refusal because of a used-up window, without the headers that tell it.
func FaultTooMany() Fault {
	return Fault{Status: http.StatusTooManyRequests, Code: 88, Title: "Too Many Requests", Detail: "Too Many Requests"}
}

// FaultRateLimited is X's refusal because of a used-up window that ends at reset.
func FaultRateLimited(reset time.Time) Fault {
	f := FaultTooMany()
	f.Header = map[string]string{
		"X-Rate-Limit-Limit": "15", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": fmt.Sprint(reset.Unix()),
	}
	return f
}
