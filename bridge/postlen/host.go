package postlen

import "cmp"

// hostEnds returns, for each unit, the end of the host name that begins there; 0 where none does.
//
// A host name is labels with a dot after each, then a top-level domain; as many labels as possible. Labels are of units
// of class label, with units of class joint inside. An underscore may not stand in the last label. Reading backwards
// makes this one pass: what begins at a unit depends only on what begins after the next dot.
func hostEnds(units []uint16, label, joint class) []int32 {
	ends := make([]int32, len(units))
	// The ends for a label that goes on to the dot read last: with labels after it, and as the last label.
	var longer, last int32
	for i := len(units) - 1; i >= 0; i-- {
		switch u := units[i]; {
		case u == '.':
			longer, last = 0, topLevelEnd(units, i+1)
			if i+1 < len(units) {
				longer = ends[i+1]
			}
		case label.is(u):
			ends[i] = cmp.Or(longer, last)
		case joint.is(u) && i+1 < len(units) && units[i+1] != '.':
			if u == '_' {
				last = 0
			}
		default:
			longer, last = 0, 0
		}
	}
	return ends
}

// topLevelEnd returns the end of the top-level domain at at, 0 for none. One in Punycode need not be known.
func topLevelEnd(units []uint16, at int) int32 {
	if n := tldTrie().longest(units[at:]); n > 0 {
		return int32(at + n)
	}
	if !foldPrefix(units[at:], "xn--") {
		return 0
	}
	end := at + len("xn--")
	for end < len(units) && queryEnd.is(units[end]) && latin.is(units[end]) {
		end++
	}
	if end == at+len("xn--") {
		return 0
	}
	return int32(end)
}

// span is a piece of a text, from start up to end.
type span struct{ start, end int }

// latinHosts returns the pieces of a host name that are linked without a scheme. Other scripts split it.
func latinHosts(name []uint16) []span {
	var found []span
	ends := hostEnds(name, latin, 0)
	for i := 0; i < len(name); i++ {
		if end := int(ends[i]); end > 0 {
			found = append(found, span{i, end})
			i = end - 1
		}
	}
	return found
}
