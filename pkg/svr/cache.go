package svr

// cache holds rows of the kernel matrix, the last used.
type cache struct {
	data    *dense
	place   []int32 // of each row in slots, or -1
	slots   [][]float32
	owner   []int32 // the row in each slot
	next    []int32 // a ring of slots from the last used to the first used
	prev    []int32
	head    int32 // last used; -1: no slot is in use
	scratch []float32
}

// newCache returns a cache of at most so many bytes, and of two rows at least.
func newCache(data *dense, bytes int) *cache {
	c := &cache{data: data, place: make([]int32, data.n), head: -1, scratch: make([]float32, data.d)}
	for i := range c.place {
		c.place[i] = -1
	}
	room := min(max(2, bytes/(4*data.n)), data.n)
	c.slots = make([][]float32, 0, room)
	return c
}

// row returns the kernel values of row i with all rows. It is good until the next but one call.
func (c *cache) row(i int) []float32 {
	at := c.place[i]
	if at < 0 {
		at = c.claim(int32(i))
		c.data.copyRow(c.scratch, i)
		c.data.kernels(c.slots[at], c.scratch, c.data.square[i:i+1], 1)
	}
	c.use(at)
	return c.slots[at]
}

// claim gives a slot to a row: a new one while there is room, else the one that was not used for
// the longest time.
func (c *cache) claim(i int32) int32 {
	at := int32(len(c.slots))
	if len(c.slots) < cap(c.slots) {
		c.slots = append(c.slots, make([]float32, c.data.n))
		c.owner, c.next, c.prev = append(c.owner, i), append(c.next, at), append(c.prev, at)
	} else {
		at = c.prev[c.head]
		c.place[c.owner[at]] = -1
	}
	c.owner[at], c.place[i] = i, at
	return at
}

// use moves a slot to the ring's head.
func (c *cache) use(at int32) {
	if c.head == at {
		return
	}
	c.next[c.prev[at]], c.prev[c.next[at]] = c.next[at], c.prev[at]
	if c.head < 0 {
		c.next[at], c.prev[at] = at, at
	} else {
		last := c.prev[c.head]
		c.next[last], c.prev[at] = at, last
		c.next[at], c.prev[c.head] = c.head, at
	}
	c.head = at
}
