package secret

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Memory is a Store that forgets everything at the end of the program, for tests and the demo. The zero value is
// empty and ready. It is safe for concurrent use.
type Memory struct {
	mu     sync.Mutex
	values map[Key]string
}

var _ Store = (*Memory)(nil)

// NewMemory returns a store that holds a copy of values, which may be nil.
func NewMemory(values map[Key]string) *Memory { return &Memory{values: maps.Clone(values)} }

// String keeps the values out of logs.
func (m *Memory) String() string { return "secrets in memory" }

// GoString keeps the values out of logs.
func (m *Memory) GoString() string { return m.String() }

// Get implements Store.
func (m *Memory) Get(ctx context.Context, key Key) (string, error) {
	if err := ready(ctx, opGet, key); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	if !ok {
		return "", notSet(opGet, key)
	}
	return value, nil
}

// Set implements Store.
func (m *Memory) Set(ctx context.Context, key Key, value string) error {
	if err := readyToSet(ctx, key, value); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = make(map[Key]string)
	}
	m.values[key] = value
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(ctx context.Context, key Key) error {
	if err := ready(ctx, opDelete, key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.values[key]; !ok {
		return notSet(opDelete, key)
	}
	delete(m.values, key)
	return nil
}

// List implements Store.
func (m *Memory) List(ctx context.Context) ([]Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, stopped(opList, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Keys(m.values), compareKeys), nil
}
