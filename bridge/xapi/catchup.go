package xapi

import (
	"time"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

const endpointMentions = "mentions"

// Missed is one message or post that X was asked for after the event.
type Missed struct {
	// ID is the id at X; what cannot be read has one that is made of its body and is no number.
	ID string
	// CreatedAt is zero when X did not tell.
	CreatedAt time.Time
	// Own is set for what the account itself sent.
	Own bool
	// Body is the event as X would have sent it: payload.Read reads it.
	Body []byte

	event bridge.Event
}

// missedFrom reads what a body holds; nothing when Perch has no use for it.
func missedFrom(own string, body []byte) []Missed {
	var all []Missed
	for i, e := range payload.Read(body).Events {
		if e.Kind == bridge.KindUnreadable {
			e.XID = bridge.UnreadableID(body, i)
		}
		all = append(all, Missed{e.XID, e.CreatedAt, e.From.ID == own, body, e})
	}
	return all
}

// Page is a part of a list, newest first. Next is the place of the following part; "" when there is none.
type Page struct {
	Events []Missed
	Next   string
}

// The most that X puts on a page.
const (
	maxPageV2        = 100
	maxPageV11       = 50
	maxMentionsV11   = 200
	minMentionsV2    = 5
	missedFields     = "id,text,event_type,created_at,sender_id,dm_conversation_id,participant_ids,attachments,entities,referenced_tweets"
	missedPostFields = "id,text,author_id,created_at,conversation_id,in_reply_to_user_id,referenced_tweets,entities,attachments,note_tweet,geo,edit_history_tweet_ids"
	missedUserFields = "id,name,username,verified,verified_type,public_metrics,description" // they cost nothing beside the user
)
