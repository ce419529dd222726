package said

import (
	"regexp"
	"strings"
)

// joint is what stands between sentences that the relay has joined: a cause and a remedy, a side and its cause, a list.
var joint = regexp.MustCompile(`\.\n|\n|[.;:,] | \(|\)`)

// maxJoined is of how many parts a text may be joined to be taken apart. Longer ones are lists of somebody else.
const maxJoined = 40

// joined translates the sentences that a text is joined of: from the left, the longest that is known each time.
func (c *Catalog) joined(text string, depth int) string {
	joints := joint.FindAllStringIndex(text, maxJoined+1)
	if len(joints) == 0 || len(joints) > maxJoined {
		return text
	}
	joints = append(joints, []int{len(text), len(text)})
	var b strings.Builder
	for start, at := 0, 0; at < len(joints); {
		part, taken := text[start:joints[at][0]], at
		for end := len(joints) - 1; end >= at; end-- {
			if end == len(joints)-1 && at == 0 {
				continue // the whole, which is not known
			}
			if found, ok := c.whole(text[start:joints[end][0]], depth-1); ok {
				part, taken = found, end
				break
			}
		}
		b.WriteString(part)
		b.WriteString(text[joints[taken][0]:joints[taken][1]])
		start, at = joints[taken][1], taken+1
	}
	return b.String()
}
