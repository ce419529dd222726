package postlen

// piece is a part of the text that has one weight.
type piece struct{ start, size int }

// takeAt returns the size of the piece at at, 0 for none. It drops the pieces before at: one can begin inside another.
func takeAt(pieces *[]piece, at int) int {
	for len(*pieces) > 0 && (*pieces)[0].start < at {
		*pieces = (*pieces)[1:]
	}
	if len(*pieces) == 0 || (*pieces)[0].start != at {
		return 0
	}
	return (*pieces)[0].size
}
