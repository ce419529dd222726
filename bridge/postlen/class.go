package postlen

// class is a set of the roles that a UTF-16 unit can have in a link.
//
// The reference works on UTF-16 units, not on characters, and so does this package: half of an emoji may stand before
// a link, for example.
type class uint8

const (
	// before may stand directly before a link.
	before class = 1 << iota
	// host may stand anywhere in a label of a host name; joint only between two of those.
	host
	joint
	// latin may stand in a label of a host name that is linked without a scheme.
	latin
	// path may stand in a path, pathEnd also at its end.
	path
	pathEnd
	// query may stand in a query, queryEnd also at its end.
	query
	queryEnd
)

// classStart gives the class of the units from one on.
type classStart struct {
	from  uint16
	class class
}
