//go:build !perch_web

package bundle

// embedded is the page in this program; none.
var embedded []byte
