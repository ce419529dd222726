package sim

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// notes are what a simulator writes down about the calls it got. The zero value is empty.
type notes struct {
	mu         sync.Mutex
	calls      map[string]int
	violations []string
}

func (n *notes) call(endpoint string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calls == nil {
		n.calls = map[string]int{}
	}
	n.calls[endpoint]++
}

func (n *notes) violation(method, path, format string, args ...any) string {
	why := fmt.Sprintf(format, args...)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.violations = append(n.violations, method+" "+path+": "+why)
	return why
}

func (n *notes) count(endpoint string) int {
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

func (n *notes) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.violations)
}

