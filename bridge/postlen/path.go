package postlen

// schemeSize returns the size of the scheme that units begins with, 0 for none.
func schemeSize(units []uint16) int {
	for _, scheme := range []string{"https://", "http://"} {
		if foldPrefix(units, scheme) {
			return len(scheme)
		}
	}
	return 0
}

// portEnd returns the end of the port at at; at when there is none.
func portEnd(units []uint16, at int) int {
	if at == len(units) || units[at] != ':' {
		return at
	}
	end := at + 1
	for end < len(units) && '0' <= units[end] && units[end] <= '9' {
		end++
	}
	if end == at+1 {
		return at
	}
	return end
}

// pathEndAt returns the end of the path whose slash is at at. The punctuation that ends a sentence does not end a path.
// Brackets end one only directly after a unit that does, or after other such brackets.
func pathEndAt(units []uint16, at int) int {
	end := at + 1
	for i := end; i < len(units); {
		switch u := units[i]; {
		case path.is(u):
			i++
			if pathEnd.is(u) {
				end = i
			}
		case u == '(':
			after := bracketsEnd(units, i)
			if after == 0 {
				return end
			}
			if end == i {
				end = after
			}
			i = after
		default:
			return end
		}
	}
	return end
}

// bracketsEnd returns the end of the brackets that open at at and may hold one more pair, which is not empty; 0 when
// they are not balanced.
func bracketsEnd(units []uint16, at int) int {
	inner := path.run(units, at+1)
	if inner > at+1 && closes(units, inner) {
		return inner + 1
	}
	if inner == len(units) || units[inner] != '(' {
		return 0
	}
	innerEnd := path.run(units, inner+1)
	if innerEnd == inner+1 || !closes(units, innerEnd) {
		return 0
	}
	if end := path.run(units, innerEnd+1); closes(units, end) {
		return end + 1
	}
	return 0
}

func closes(units []uint16, at int) bool { return at < len(units) && units[at] == ')' }

// queryEndAt returns the end of the query whose question mark is at at; at when there is none.
func queryEndAt(units []uint16, at int) int {
	end := at
	if at == len(units) || units[at] != '?' {
		return end
	}
	for i := at + 1; i < len(units) && query.is(units[i]); i++ {
		if queryEnd.is(units[i]) {
			end = i + 1
		}
	}
	return end
}
