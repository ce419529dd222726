package xv2

import "perch/bridge/sim/xgate"

// The words of v2's field and expansion parameters (X's OpenAPI 2.167, and the older names that its documentation
// still uses beside them).
var (
	userFields = xgate.IsListOf("affiliation", "confirmed_email", "connection_status", "created_at", "description", "entities", "id",
		"is_identity_verified", "location", "most_recent_tweet_id", "name", "parody", "pinned_tweet_id", "profile_banner_url",
		"profile_image_url", "protected", "public_metrics", "receives_your_dm", "subscribes_to_you", "subscription",
		"subscription_type", "url", "username", "verified", "verified_followers_count", "verified_type", "withheld")
	postFields = xgate.IsListOf("article", "article_title", "attachments", "author_id", "card_uri", "community_id", "context_annotations",
		"conversation_id", "created_at", "display_text_range", "edit_controls", "edit_history_tweet_ids", "entities", "geo", "id",
		"in_reply_to_user_id", "lang", "media_metadata", "note_post", "note_tweet", "paid_partnership", "possibly_sensitive",
		"public_metrics", "referenced_tweets", "reply_settings", "scopes", "source", "text", "withheld")
	mediaFields = xgate.IsListOf("alt_text", "duration_ms", "height", "media_key", "non_public_metrics", "organic_metrics",
		"preview_image_url", "promoted_metrics", "public_metrics", "type", "url", "variants", "width")
	dmFields = xgate.IsListOf("attachments", "created_at", "dm_conversation_id", "entities", "event_type", "id", "participant_ids",
		"referenced_tweets", "sender_id", "text")
	dmExpansions   = xgate.IsListOf("attachments.media_keys", "participant_ids", "referenced_posts", "referenced_tweets.id", "sender_id")
	postExpansions = xgate.IsListOf("attachments.media_keys", "attachments.media_source_tweet", "attachments.poll_ids", "author_id",
		"edit_history_tweet_ids", "entities.mentions.username", "geo.place_id", "in_reply_to_user_id", "referenced_posts",
		"referenced_tweets.id", "referenced_tweets.id.attachments.media_keys", "referenced_tweets.id.author_id")
	userExpansions = xgate.IsListOf("affiliation.user_id", "most_recent_tweet_id", "pinned_tweet_id")
)

var (
	userQuery = xgate.Params{"user.fields": userFields, "expansions": userExpansions, "tweet.fields": postFields, "post.fields": postFields}
	postQuery = xgate.Params{
		"tweet.fields": postFields, "post.fields": postFields, "expansions": postExpansions, "user.fields": userFields,
		"media.fields": mediaFields, "poll.fields": xgate.IsText(1, 200), "place.fields": xgate.IsText(1, 200),
	}
	dmQuery = xgate.Params{
		"dm_event.fields": dmFields, "expansions": dmExpansions, "user.fields": userFields, "media.fields": mediaFields,
		"tweet.fields": postFields, "post.fields": postFields,
	}
	timelineQuery = postQuery.With(xgate.Params{
		"max_results": xgate.IsNumber(5, 100), "pagination_token": xgate.IsText(1, 200), "start_time": xgate.IsTime, "end_time": xgate.IsTime,
		"since_id": xgate.IsID, "until_id": xgate.IsID,
	})
)

// askedPost is asked for the fields of posts, which go by two names in X's documentation.
func askedPost(in *xgate.Request, word string) bool {
	return in.Asked("tweet.fields", word) || in.Asked("post.fields", word)
}
