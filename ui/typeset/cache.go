package typeset

// cache keeps what was made last, most things of it; when it is full the older half goes.
type cache[K comparable, V any] struct {
	most       int
	young, old map[K]V
}

func (c *cache[K, V]) get(key K) (V, bool) {
	if v, ok := c.young[key]; ok {
		return v, true
	}
	v, ok := c.old[key]
	if ok {
		c.put(key, v)
	}
	return v, ok
}

func (c *cache[K, V]) put(key K, v V) {
	if c.young == nil {
		c.young = map[K]V{}
	}
	if len(c.young) >= c.most/2 {
		c.young, c.old = map[K]V{}, c.young
	}
	c.young[key] = v
}

func (c *cache[K, V]) clear() { c.young, c.old = nil, nil }
