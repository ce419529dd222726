package fault

import (
	"fmt"
	"net/http"
	"time"
)

// The codes of v1.1: of a missing permission, and of a request that cannot be taken.
const (
	codeNoDM       = 93
	CodeNoWrite    = 261
	CodeBadRequest = 214
)

// Problems is how the types of v2's problems begin.
const Problems = "https://api.twitter.com/2/problems/"

// Keys is X's refusal of keys that are wrong or were taken back.
func Keys() Fault {
	return Fault{Status: http.StatusUnauthorized, Code: 89, Title: "Unauthorized", Detail: "Invalid or expired token."}
}

// Clock is X's refusal of a timestamp that is off.
func Clock() Fault {
	return Fault{Status: http.StatusUnauthorized, Code: 135, Detail: "Timestamp out of bounds."}
}

// Credits is X's refusal because the credits are used up.
func Credits() Fault {
	return Fault{Status: http.StatusPaymentRequired, RawBody: `{"account_id":123,"title":"CreditsDepleted","detail":"Your enrolled ` +
		`account [123] does not have any credits to fulfill this request.","type":"` + Problems + `credits"}`}
}

// UsageCap is X's refusal because the month's cap is used up.
func UsageCap() Fault {
	return Fault{Status: http.StatusTooManyRequests, Title: "UsageCapExceeded", Detail: "Usage cap exceeded: Monthly product cap", Type: Problems + "usage-capped"}
}

// Suspended is X's refusal because the brand's own account is suspended.
func Suspended() Fault {
	return forbidden(64, "Your account is suspended and is not permitted to access this feature.")
}

// PeerSuspended is X's refusal because the customer's account is suspended.
func PeerSuspended() Fault { return forbidden(63, "User has been suspended.") }

// Locked is X's refusal because the account has to be unlocked by its owner.
func Locked() Fault {
	return forbidden(326, "To protect our users from spam and other malicious activity, this account is temporarily locked.")
}

// Permission is X's refusal because the app may not use direct messages.
func Permission() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: codeNoDM, Title: "Forbidden", Type: Problems + "oauth1-permissions",
		Detail: "This application is not allowed to access or delete your direct messages.",
	}
}

// NoWrite is X's refusal because the app may only read.
func NoWrite() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: CodeNoWrite, Title: "Forbidden", Type: Problems + "oauth1-permissions",
		Detail: "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
	}
}

// NoV11 is X's refusal of v1.1 for apps without an Enterprise contract.
func NoV11() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: 453,
		Detail: "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only.",
	}
}

// NotEnrolled is X's refusal because the app is not in a Project.
func NotEnrolled() Fault { return notEnrolled("client-not-enrolled") }

// UserNotEnrolled is X's refusal because the app's owner is not enrolled.
func UserNotEnrolled() Fault { return notEnrolled("user-not-enrolled") }

func notEnrolled(reason string) Fault {
	return Fault{
		Status: http.StatusForbidden, Title: "Client Forbidden", Type: Problems + "client-forbidden", Reason: reason,
		Detail: "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from an App that is attached to a Project.",
	}
}

// WrongAuth is X's refusal of a kind of key that the endpoint does not take.
func WrongAuth() Fault {
	return Fault{
		Status: http.StatusForbidden, Code: CodeNoWrite, Title: "Unsupported Authentication", Type: Problems + "unsupported-authentication",
		Detail: "Authenticating with this kind of token is forbidden for this endpoint.",
	}
}

// CannotDM is X's refusal because the customer does not take direct messages of the account.
func CannotDM() Fault {
	return at("dm.send", forbidden(349, "You do not have permission to DM one or more participants."))
}

// Unreachable is X's refusal because the customer cannot be reached, or because of suspected spam.
func Unreachable() Fault {
	return at("dm.send", forbidden(151, "There was an error sending your message: the recipient cannot be reached."))
}

// Automated is X's refusal because the message looks automated.
func Automated() Fault {
	return forbidden(226, "This request looks like it might be automated. To protect our users from spam, we can't complete this action right now.")
}

// Duplicate is X's refusal of a post with the same text as an earlier one.
func Duplicate() Fault {
	return at("post.create", forbidden(187, "You are not allowed to create a Tweet with duplicate content."))
}

// TooLong is X's refusal of a post over 280.
func TooLong() Fault { return at("post.create", forbidden(186, "Your Tweet text is too long.")) }

// DMTooLong is X's refusal of a direct message over 10,000 characters.
func DMTooLong() Fault {
	return at("dm.send", forbidden(354, "The text of your direct message is over the max character limit: too long."))
}

// PostGone is X's refusal because the post that is answered was deleted.
func PostGone() Fault {
	return at("post.create", forbidden(385, "You attempted to reply to a Tweet that is deleted or not visible to you."))
}

// RepliesRestricted is X's refusal because the author chose who may reply.
func RepliesRestricted() Fault {
	return at("post.create", forbidden(433, "The original Tweet author restricted who can reply to this Tweet."))
}

// NotVisible is X's refusal because the account may not see the post.
func NotVisible() Fault {
	return at("post.create", forbidden(179, "Sorry, you are not authorized to see this status."))
}

// Summoned is X's refusal because the author neither mentioned nor quoted the account.
func Summoned() Fault {
	return at("post.create", Fault{
		Status: http.StatusForbidden, Title: "Forbidden",
		Detail: "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
	})
}

// NotYours is X's refusal to hide what is no reply in a conversation of the account's own.
func NotYours() Fault {
	return at("posts.hide", Fault{
		Status: http.StatusForbidden, Title: "Forbidden", Detail: "You are not permitted to perform this action: the Tweet is not a reply in a conversation you started.",
	})
}

// Policy is X's refusal because of the sender.
func Policy() Fault {
	return Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "This operation is not permitted."}
}

// Media is X's refusal of a file in a direct message.
func Media() Fault {
	return at("dm.send", Fault{
		Status: http.StatusBadRequest, Code: 324, Title: "Invalid Request", Type: Problems + "invalid-request",
		Detail: "You are not permitted to attach this media to a DM event.",
	})
}

// MediaExpired is X's refusal of a file in a post.
func MediaExpired() Fault {
	return at("post.create", Fault{
		Status: http.StatusBadRequest, Code: 325, Title: "Invalid Request", Type: Problems + "invalid-request", Detail: "Your media IDs are invalid.",
	})
}

// Processing lets X fail to process a video or GIF.
func Processing() Fault {
	const info = `"processing_info":{"state":"failed","error":{"code":1,"name":"InvalidMedia","message":"Unsupported video format"}}`
	return at("media.status", Fault{Status: http.StatusOK, RawBody: `{"data":{"id":"1","media_key":"7_1",` + info + `},"media_id_string":"1",` + info + `}`})
}

// DailyPosts is X's refusal because the day's posts are used up.
func DailyPosts() Fault {
	return at("post.create", forbidden(185, "User is over daily status update limit."))
}

// Calm is X's old request to slow down.
func Calm() Fault { return Fault{Status: 420, RawBody: `{"error":"Enhance Your Calm"}`} }

// Unavailable is X out of order.
func Unavailable() Fault {
	return Fault{Status: http.StatusServiceUnavailable, Code: 130, Title: "Service Unavailable", Detail: "Over capacity"}
}

// Broken is X out of order in an HTML page.
func Broken() Fault {
	return Fault{Status: http.StatusBadGateway, RawBody: "<html><body>502 Bad Gateway</body></html>", Header: map[string]string{"Content-Type": "text/html"}}
}

// Lost carries the call out and loses the answer.
func Lost() Fault { return Fault{After: true, Drop: true} }

// Slow carries the call out and answers late.
func Slow(delay time.Duration) Fault { return Fault{After: true, Delay: delay} }

func forbidden(code int, detail string) Fault {
	return Fault{Status: http.StatusForbidden, Code: code, Title: "Forbidden", Detail: detail}
}

func at(endpoint string, f Fault) Fault {
	f.Endpoint = endpoint
	return f
}

// TooMany is X's refusal because of a used-up window, without the headers that tell it.
func TooMany() Fault {
	return Fault{Status: http.StatusTooManyRequests, Code: 88, Title: "Too Many Requests", Detail: "Too Many Requests"}
}

// RateLimited is X's refusal because of a used-up window that ends at reset.
func RateLimited(reset time.Time) Fault {
	f := TooMany()
	f.Header = map[string]string{
		"X-Rate-Limit-Limit": "15", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": fmt.Sprint(reset.Unix()),
	}
	return f
}
