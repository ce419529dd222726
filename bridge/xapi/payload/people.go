package payload

import (
	"encoding/json"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// user is an account in either family: v1.1 names, v2 names, or v2 names under "data".
type user struct {
	ID         loose.ID   `json:"id"`
	IDStr      loose.ID   `json:"id_str"`
	Name       loose.Text `json:"name"`
	ScreenName string     `json:"screen_name"`
	Username   string     `json:"username"`
	Data       *user      `json:"data"`
	profile
}

func (u *user) person() bridge.Person {
	if u == nil {
		return bridge.Person{}
	}
	if u.Data != nil {
		return u.Data.person()
	}
	handle := u.ScreenName
	if handle == "" {
		handle = u.Username
	}
	if handle = strings.TrimPrefix(strings.TrimSpace(handle), "@"); !isHandle(handle) {
		handle = "" // X is asked for it
	}
	return bridge.Person{ID: loose.First(u.IDStr, u.ID), Handle: handle, Name: string(u.Name)}
}

// maxHandle is the longest handle that is believed, in bytes; X gives 15 today and gave more once.
const maxHandle = 30

// isHandle reports whether a text looks like a handle.
func isHandle(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return text != "" && len(text) <= maxHandle
}

// Person reads an account, in the form of either profile; the ID is empty when there is none.
func Person(raw []byte) bridge.Person {
	var u user
	loose.Part(raw, &u)
	person := u.person()
	if !isNumber(person.ID) {
		return bridge.Person{}
	}
	return person
}

// people are accounts by their ids.
type people map[string]known

// known is what is known of one.
type known struct {
	bridge.Person
	profile bridge.Profile
}

// readPeople reads accounts in a list, or in an object under their ids. One that cannot be read is left out, because
// whoever needs it has its id and can ask.
func readPeople(raw json.RawMessage) people {
	found := people{}
	if loose.IsObject(raw) {
		for key, entry := range loose.Members(raw) {
			var u user
			loose.Part(entry, &u)
			person := u.person()
			person.ID = key
			found[key] = known{person, u.told()}
		}
		return found
	}
	var list loose.List[user]
	loose.Part(raw, &list)
	for i := range list {
		person := list[i].person()
		found[person.ID] = known{person, list[i].told()}
	}
	return found
}

// of returns what is known of an account; at least its id.
func (p people) of(who loose.ID) bridge.Person {
	person := p[string(who)].Person
	person.ID = string(who)
	return person
}

// profile is what is told of an account beside its name.
func (p people) profile(who loose.ID) bridge.Profile { return p[string(who)].profile }

// includes are the people, files and posts beside a payload of v2. The posts stay as they came: few events need one.
type includes struct {
	people people
	files  map[string]media
	places map[string]string
	// The OpenAPI calls them posts, events and the older documentation tweets.
	tweets, posts json.RawMessage
}

func readIncludes(raw json.RawMessage) includes {
	var inc struct {
		Users  json.RawMessage   `json:"users"`
		Media  loose.List[media] `json:"media"`
		Places loose.List[place] `json:"places"`
		Tweets json.RawMessage   `json:"tweets"`
		Posts  json.RawMessage   `json:"posts"`
	}
	loose.Part(raw, &inc)
	all := includes{readPeople(inc.Users), map[string]media{}, map[string]string{}, inc.Tweets, inc.Posts}
	for _, m := range inc.Media {
		all.files[string(m.MediaKey)] = m
	}
	for _, p := range inc.Places {
		all.places[string(p.ID)] = p.name()
	}
	return all
}
