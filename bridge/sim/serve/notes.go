package serve

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Notes are what a simulator writes down about the calls it got. The zero value is empty.
type Notes struct {
	mu         sync.Mutex
	calls      map[string]int
	violations []string
}

// Call counts a call.
func (n *Notes) Call(endpoint string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calls == nil {
		n.calls = map[string]int{}
	}
	n.calls[endpoint]++
}

// Violation notes that a client made a request that it should never make, and returns why.
func (n *Notes) Violation(method, path, format string, args ...any) string {
	why := fmt.Sprintf(format, args...)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.violations = append(n.violations, method+" "+path+": "+why)
	return why
}

// Count returns how many calls an endpoint got; "" means all of them.
func (n *Notes) Count(endpoint string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if endpoint != "" {
		return n.calls[endpoint]
	}
	total := 0
	for count := range maps.Values(n.calls) {
		total += count
	}
	return total
}

// List returns the violations as "METHOD /path: why", in order.
func (n *Notes) List() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.violations)
}
