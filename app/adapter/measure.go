package adapter

import "perch/bridge/postlen"

// Measure returns the weighted length of a post and whether X takes it.
func Measure(text string) (weighted int, valid bool) {
	m := postlen.Measure(text)
	return m.Weighted, m.Valid
}
