//go:build perch_web

package bundle

import _ "embed" // the page, put here by make web

// embedded is the page in this program.
//
//go:embed perch-web.zip
var embedded []byte
