//go:build desktop

package typeset

const mustHaveFonts = true
