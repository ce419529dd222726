package said

import (
	"regexp"
	"strings"
)

// joint is what stands between sentences that the relay has joined: a cause and a remedy, a side and its cause, a list.
var joint = regexp.MustCompile(`[.:]?\n|[.;:,] | \(|\)`)

// maxJoined is of how many parts a text may be joined to be taken apart. Longer ones are lists of somebody else.
const maxJoined = 40

// joined translates the sentences that a text is joined of: from the left, the longest that is known each time.
func (c *Catalog) joined(text string, depth int) (string, bool) {
	joints := joint.FindAllStringIndex(text, maxJoined+1)
	if len(joints) == 0 || len(joints) > maxJoined {
		return "", false
	}
	joints = append(joints, []int{len(text), len(text)})
	var b strings.Builder
	isKnown, isBegin := false, false
	for start, at := 0, 0; at < len(joints); {
		part, taken := text[start:joints[at][0]], at
		for end := len(joints) - 1; end >= at; end-- {
			if found, ok := c.whole(text[start:joints[end][0]], depth-1, onePlace); ok {
				part, taken, isKnown = found, end, true
				if isBegin {
					part = upper(part)
				}
				break
			}
		}
		b.WriteString(part)
		between := text[joints[taken][0]:joints[taken][1]]
		b.WriteString(between)
		start, at, isBegin = joints[taken][1], taken+1, between == ". "
	}
	return b.String(), isKnown
}
