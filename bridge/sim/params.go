package sim

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"perch/bridge/sim/serve"
)

// check reports whether the value of a parameter is allowed.
type check func(value string) bool

// params are the parameters that an endpoint knows; any other is refused.
type params map[string]check

// check refuses unknown, repeated and wrong parameters.
func (in *request) check(given url.Values, known params) *serve.Answer {
	for name, values := range given {
		allowed := known[name]
		switch {
		case allowed == nil:
			return in.malformed(name, values[0], "parameter %q is not known here", name)
		case len(values) > 1:
			return in.malformed(name, values[1], "parameter %q appears twice", name)
		case !allowed(values[0]):
			return in.malformed(name, values[0], "parameter %q has a wrong value %q", name, values[0])
		}
	}
	return nil
}

// with returns the parameters of both.
func (p params) with(more params) params {
	all := params{}
	for _, some := range []params{p, more} {
		for name, c := range some {
			all[name] = c
		}
	}
	return all
}

var (
	idPattern     = regexp.MustCompile(`^[0-9]{1,19}$`)
	handlePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)
)

func isID(v string) bool     { return idPattern.MatchString(v) }
func isHandle(v string) bool { return handlePattern.MatchString(v) }
func isBool(v string) bool {
	return v == "true" || v == "false" || v == "1" || v == "0" || v == "t" || v == "f"
}

func isTime(v string) bool {
	_, err := time.Parse(time.RFC3339, v)
	return err == nil
}

func isNumber(from, to int) check {
	return func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= from && n <= to
	}
}

func isText(from, to int) check {
	return func(v string) bool { n := utf8.RuneCountInString(v); return n >= from && n <= to }
}

func isOneOf(values ...string) check {
	return func(v string) bool { return slices.Contains(values, v) }
}

// isListOf takes a comma-separated list of known words.
func isListOf(words ...string) check {
	return func(v string) bool {
		for word := range strings.SplitSeq(v, ",") {
			if !slices.Contains(words, word) {
				return false
			}
		}
		return true
	}
}

func isIDList(v string) bool {
	return !slices.ContainsFunc(strings.Split(v, ","), func(id string) bool { return !isID(id) })
}

// asked reports whether a comma-separated parameter names the word.
func (in *request) asked(parameter, word string) bool {
	return slices.Contains(strings.Split(in.URL.Query().Get(parameter), ","), word)
}

// askedPost is asked for the fields of posts, which go by two names in X's documentation.
func (in *request) askedPost(word string) bool {
	return in.asked("tweet.fields", word) || in.asked("post.fields", word)
}

// number returns a numeric parameter, which was checked before.
func (in *request) number(parameter string, otherwise int) int {
	if n, err := strconv.Atoi(in.URL.Query().Get(parameter)); err == nil {
		return n
	}
	return otherwise
}

// The words of v2's field and expansion parameters (X's OpenAPI 2.167, and the older names that its documentation
// still uses beside them).
var (
	userFields = isListOf("affiliation", "confirmed_email", "connection_status", "created_at", "description", "entities", "id",
		"is_identity_verified", "location", "most_recent_tweet_id", "name", "parody", "pinned_tweet_id", "profile_banner_url",
		"profile_image_url", "protected", "public_metrics", "receives_your_dm", "subscribes_to_you", "subscription",
		"subscription_type", "url", "username", "verified", "verified_followers_count", "verified_type", "withheld")
	postFields = isListOf("article", "article_title", "attachments", "author_id", "card_uri", "community_id", "context_annotations",
		"conversation_id", "created_at", "display_text_range", "edit_controls", "edit_history_tweet_ids", "entities", "geo", "id",
		"in_reply_to_user_id", "lang", "media_metadata", "note_post", "note_tweet", "paid_partnership", "possibly_sensitive",
		"public_metrics", "referenced_tweets", "reply_settings", "scopes", "source", "text", "withheld")
	mediaFields = isListOf("alt_text", "duration_ms", "height", "media_key", "non_public_metrics", "organic_metrics",
		"preview_image_url", "promoted_metrics", "public_metrics", "type", "url", "variants", "width")
	dmFields = isListOf("attachments", "created_at", "dm_conversation_id", "entities", "event_type", "id", "participant_ids",
		"referenced_tweets", "sender_id", "text")
	dmExpansions   = isListOf("attachments.media_keys", "participant_ids", "referenced_posts", "referenced_tweets.id", "sender_id")
	postExpansions = isListOf("attachments.media_keys", "attachments.media_source_tweet", "attachments.poll_ids", "author_id",
		"edit_history_tweet_ids", "entities.mentions.username", "geo.place_id", "in_reply_to_user_id", "referenced_posts",
		"referenced_tweets.id", "referenced_tweets.id.attachments.media_keys", "referenced_tweets.id.author_id")
	userExpansions = isListOf("affiliation.user_id", "most_recent_tweet_id", "pinned_tweet_id")
)

var (
	userQuery = params{"user.fields": userFields, "expansions": userExpansions, "tweet.fields": postFields, "post.fields": postFields}
	postQuery = params{
		"tweet.fields": postFields, "post.fields": postFields, "expansions": postExpansions, "user.fields": userFields,
		"media.fields": mediaFields, "poll.fields": isText(1, 200), "place.fields": isText(1, 200),
	}
	dmQuery = params{
		"dm_event.fields": dmFields, "expansions": dmExpansions, "user.fields": userFields, "media.fields": mediaFields,
		"tweet.fields": postFields, "post.fields": postFields,
	}
	timelineQuery = postQuery.with(params{
		"max_results": isNumber(5, 100), "pagination_token": isText(1, 200), "start_time": isTime, "end_time": isTime,
		"since_id": isID, "until_id": isID,
	})
)
