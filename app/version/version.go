// Package version holds the version of Perch. It is the same in every place that tells it.
package version

// Number is set by the linker in releases.
var Number = "dev"
