package payload

import (
	"perch/bridge"
	"perch/bridge/loose"
)

// attachments are what v2 names by keys.
type attachments struct {
	MediaKeys loose.Names `json:"media_keys"`
	PollIDs   loose.Names `json:"poll_ids"`
	// isOdd is set for something that is not an object, but not nothing either.
	isOdd bool
}

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (a *attachments) UnmarshalJSON(raw []byte) error {
	type plain attachments
	var known plain
	if loose.IsObject(raw) {
		loose.Part(raw, &known)
	}
	*a = attachments(known)
	a.isOdd = !loose.IsObject(raw) && !loose.IsEmpty(raw)
	return nil
}

// files are those of the keys, in their order. One that nothing describes is there all the same, without variants.
func (a attachments) files(included map[string]media) []bridge.Media {
	var found []bridge.Media
	for _, key := range a.MediaKeys.List {
		file := included[key].media()
		file.ID = key
		found = append(found, file)
	}
	for range a.MediaKeys.Odd {
		found = append(found, bridge.Media{})
	}
	return found
}

// attachment is what v1.1 hangs on a direct message.
type attachment struct {
	Type     loose.Text        `json:"type"`
	Media    loose.List[media] `json:"media"`
	Location *location         `json:"location"`
	// Tweet and Status are somebody's post that is passed on.
	Tweet  *shared `json:"tweet"`
	Status *shared `json:"status"`
}

// shared is a post that is passed on, as v1.1 names it.
type shared struct {
	ID    loose.ID `json:"id"`
	IDStr loose.ID `json:"id_str"`
}

// attachmentList is what v1.1 hangs on a direct message, whether one thing or a list.
type attachmentList []attachment

// UnmarshalJSON implements json.Unmarshaler; it never fails. What is neither an object nor a list is an attachment of an
// unknown kind.
func (l *attachmentList) UnmarshalJSON(raw []byte) error {
	var list loose.List[attachment]
	loose.Part(raw, &list)
	*l = attachmentList(list)
	if len(list) == 0 && !loose.IsEmpty(raw) {
		*l = attachmentList{{}}
	}
	return nil
}

// reference is a post that a message or post of v2 refers to.
type reference struct {
	Type loose.Text `json:"type"`
	ID   loose.ID   `json:"id"`
}

// addAttachments takes in what v1.1 hangs on a direct message. It returns the t.co links that stand for its files.
func addAttachments(e *bridge.Event, list attachmentList, links []link) (own []string) {
	for _, a := range list {
		for _, m := range a.Media {
			e.Media = append(e.Media, m.media())
			own = append(own, string(m.URL))
		}
		switch {
		case len(a.Media) > 0:
		case a.Location != nil:
			addLocation(e, a.Location)
		case a.Tweet != nil:
			addShared(e, loose.First(a.Tweet.IDStr, a.Tweet.ID), links)
		case a.Status != nil:
			addShared(e, loose.First(a.Status.IDStr, a.Status.ID), links)
		default:
			extra(e, bridge.ExtraUnknown, string(a.Type))
		}
	}
	return own
}
