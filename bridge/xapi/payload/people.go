package payload

import (
	"encoding/json"
	"regexp"
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
	if handle = strings.TrimPrefix(strings.TrimSpace(handle), "@"); !handlePattern.MatchString(handle) {
		handle = "" // X is asked for it
	}
	return bridge.Person{ID: loose.First(u.IDStr, u.ID), Handle: handle, Name: string(u.Name)}
}

// handlePattern is what handles look like; X gives 15 characters today and gave more once.
var handlePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,30}$`)

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
type people map[string]bridge.Person

// readPeople reads accounts in a list, or in an object under their ids. One that cannot be read is left out, because
// whoever needs it has its id and can ask.
func readPeople(raw json.RawMessage) people {
	found := people{}
	if loose.IsObject(raw) {
		var entries map[string]user
		loose.Part(raw, &entries)
		for key, u := range entries {
			person := u.person()
			person.ID = key
			found[key] = person
		}
		return found
	}
	var list loose.List[user]
	loose.Part(raw, &list)
	for i := range list {
		person := list[i].person()
		found[person.ID] = person
	}
	return found
}

// of returns what is known of an account; at least its id.
func (p people) of(who loose.ID) bridge.Person {
	person := p[string(who)]
	person.ID = string(who)
	return person
}
