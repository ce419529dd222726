package postlen

import "sort"

// asciiClasses spares the common units the search.
var asciiClasses = func() (table [128]class) {
	for u := range table {
		table[u] = searchClass(uint16(u))
	}
	return table
}()

// is reports whether u has one of the roles.
func (c class) is(u uint16) bool {
	if u < 128 {
		return asciiClasses[u]&c != 0
	}
	return searchClass(u)&c != 0
}

func searchClass(u uint16) class {
	next := sort.Search(len(classStarts), func(i int) bool { return classStarts[i].from > u })
	return classStarts[next-1].class
}

// run returns the end of the units of class c that begin at at.
func (c class) run(units []uint16, at int) int {
	for at < len(units) && c.is(units[at]) {
		at++
	}
	return at
}

// foldPrefix reports whether units begins with prefix, which is ASCII in lower case, in any case.
func foldPrefix(units []uint16, prefix string) bool {
	if len(units) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(units[i]) != uint16(prefix[i]) {
			return false
		}
	}
	return true
}

// lower folds ASCII letters only.
func lower(u uint16) uint16 {
	if 'A' <= u && u <= 'Z' {
		return u + 'a' - 'A'
	}
	return u
}
