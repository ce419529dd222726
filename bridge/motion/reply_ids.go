package motion

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"perch/bridge/loose"
)

// id is a member that names something: a number without a fraction, or a text; "" for none.
func (o object) id(names ...string) string { return idOf(o.get(names...)) }

func idOf(v any) string { return idOrNone(strings.TrimSpace(loose.Whole(textOf(v)))) }

// idOrNone is "" for what stands for nothing.
func idOrNone(text string) string {
	switch text {
	case "0", "null", "undefined", "false", "true":
		return ""
	}
	return text
}

// threadID reads the number of the post that is answered. rounded is set when it came as a number so large that a
// program which keeps numbers as doubles, as Motion's does, may have lost its last digits.
func threadID(v any) (id string, rounded bool) {
	number, isNumber := v.(json.Number)
	text := idOrNone(strings.TrimSpace(textOf(v)))
	if !isNumber || text == "" {
		return text, false
	}
	f, err := number.Float64()
	if err != nil || f < loose.MaxExact {
		return idOf(v), false
	}
	if strings.ContainsAny(text, ".eE") {
		text = strconv.FormatFloat(math.Trunc(f), 'f', 0, 64)
	}
	return text, true
}

// attached is a file that an agent sent.
type attached struct{ id, name string }

// attachments finds the files of a reply, in whichever of the forms Motion names them, each once. isLost is set when it
// names one only in a way by which it cannot be had.
func (o object) attachments() (files []attached, isLost bool) {
	add := func(f attached) {
		for i := range files {
			if files[i].id == f.id {
				if files[i].name == "" {
					files[i].name = f.name
				}
				return
			}
		}
		if f.id != "" {
			files = append(files, f)
		} else if f.name != "" {
			isLost = true
		}
	}
	for _, name := range []string{"AttachmentId", "AttachmentIds", "Attachment", "Attachments", "attachment_id", "attachment_ids"} {
		for _, f := range attachedIn(o.get(name)) {
			add(f)
		}
	}
	return files, isLost && len(files) == 0
}

// attachedIn reads an id, an object with one, or a list of either.
func attachedIn(v any) []attached {
	switch v := v.(type) {
	case []any:
		var all []attached
		for _, one := range v {
			all = append(all, attachedIn(one)...)
		}
		return all
	case map[string]any:
		o := object(v)
		return []attached{{o.id("id", "AttachmentId"), o.text("name", "basename", "filename")}}
	case nil:
		return nil
	case bool:
		if v {
			return []attached{{name: "true"}}
		}
		return nil
	}
	return []attached{{id: idOf(v)}}
}
