package payload

import (
	"encoding/json"

	"perch/bridge/loose"
)

// includes are the people and files beside a payload of v2.
type includes struct {
	people people
	files  map[string]media
	places map[string]string
}

func readIncludes(raw json.RawMessage) includes {
	var inc struct {
		Users  json.RawMessage   `json:"users"`
		Media  loose.List[media] `json:"media"`
		Places loose.List[place] `json:"places"`
	}
	loose.Part(raw, &inc)
	all := includes{readPeople(inc.Users), map[string]media{}, map[string]string{}}
	for _, m := range inc.Media {
		all.files[string(m.MediaKey)] = m
	}
	for _, p := range inc.Places {
		all.places[string(p.ID)] = p.name()
	}
	return all
}
