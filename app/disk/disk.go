// Package disk tells how much room there is.
//
// It guarantees that it writes nothing.
package disk
