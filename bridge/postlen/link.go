package postlen

import "slices"

const (
	// maxLink is the longest link, counted with its scheme twice or with https:// when it has none.
	maxLink = 4096
	// maxSlug is the longest name of X's own short links.
	maxSlug = 40
)

// candidate is a piece of the text that has the shape of a link.
type candidate struct {
	// start and end are those of the whole, host and hostEnd those of its host name; host is start without a scheme.
	start, host, hostEnd, end int
	path                      bool
}

// findLinks returns the links of a text in their order.
func findLinks(units []uint16) []piece {
	if !slices.Contains(units, '.') {
		return nil
	}
	var links []piece
	hosts := hostEnds(units, host, joint)
	for at := 0; at < len(units); {
		c, ok := candidateAfter(units, hosts, at)
		if !ok {
			at++
			continue
		}
		links = append(links, c.links(units)...)
		at = c.end
	}
	return links
}

// candidateAfter returns the candidate that has the unit at at before it. The text's first unit can also be the
// beginning of one, but the other way is preferred.
func candidateAfter(units []uint16, hosts []int32, at int) (candidate, bool) {
	if before.is(units[at]) {
		if c, ok := candidateAt(units, hosts, at+1); ok {
			return c, true
		}
	}
	if at == 0 {
		return candidateAt(units, hosts, 0)
	}
	return candidate{}, false
}

func candidateAt(units []uint16, hosts []int32, start int) (candidate, bool) {
	c := candidate{start: start, host: start + schemeSize(units[start:])}
	if c.host >= len(units) || hosts[c.host] == 0 {
		return c, false
	}
	c.hostEnd = int(hosts[c.host])
	c.end = portEnd(units, c.hostEnd)
	if c.path = c.end < len(units) && units[c.end] == '/'; c.path {
		c.end = pathEndAt(units, c.end)
	}
	c.end = queryEndAt(units, c.end)
	return c, true
}

// links returns what of the candidate is linked.
func (c candidate) links(units []uint16) []piece {
	switch {
	case !c.possible(units):
		return nil
	case c.host == c.start:
		return c.bareLinks(units)
	}
	size := shortLinkSize(units[c.host:c.end])
	if size == 0 {
		return nil
	}
	return []piece{{c.start, c.host - c.start + size}}
}

// possible reports whether the candidate can be a link at all.
func (c candidate) possible(units []uint16) bool {
	scheme := c.host - c.start
	if scheme == 0 {
		scheme = len("https://")
	}
	name := units[c.host:c.hostEnd]
	punycode := len(name) > 4 && slices.Equal(name[:4], []uint16{'x', 'n', '-', '-'})
	if punycode && len(latinHosts(name)) == 0 {
		return false
	}
	return labelsFit(name) && scheme+c.end-c.start <= maxLink
}

// bareLinks returns the links of a candidate without a scheme: its Latin parts, the last one with the path.
func (c candidate) bareLinks(units []uint16) []piece {
	if c.start > 0 && slices.Contains([]uint16{'-', '_', '.', '/'}, units[c.start-1]) {
		return nil
	}
	var links []piece
	name := units[c.host:c.hostEnd]
	from := 0
	for _, part := range latinHosts(name) {
		// The reference looks the part up again, and may find an earlier place.
		from += index(name[from:], name[part.start:part.end])
		links = append(links, piece{c.start + from, part.end - part.start})
		from += part.end - part.start
	}
	if len(links) > 0 && c.path {
		links[len(links)-1].size += c.end - c.hostEnd
	}
	return links
}

// shortLinkSize returns how much of a link without its scheme belongs to it, 0 when it is none: X's own short links
// have a name and a query, no longer path.
func shortLinkSize(rest []uint16) int {
	const domain = "t.co/"
	if !foldPrefix(rest, domain) {
		return len(rest)
	}
	end := len(domain)
	for end < len(rest) && slug(rest[end]) {
		end++
	}
	switch size := end - len(domain); {
	case size == 0:
		return len(rest)
	case size > maxSlug:
		return 0
	}
	return queryEndAt(rest, end)
}

func slug(u uint16) bool {
	u = lower(u)
	return 'a' <= u && u <= 'z' || '0' <= u && u <= '9'
}

// index returns where part begins in units, which holds it.
func index(units, part []uint16) int {
	at := 0
	for !slices.Equal(units[at:at+len(part)], part) {
		at++
	}
	return at
}
