// Package bridge is the domain.
package bridge
