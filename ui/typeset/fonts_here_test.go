//go:build !desktop

package typeset

// mustHaveFonts is set where make test-desktop has installed the fonts.
const mustHaveFonts = false
