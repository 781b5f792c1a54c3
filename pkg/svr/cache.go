package svr

import "github.com/longmemory/hurst/pkg/gram"

// cache holds kernel values of the rows used last, each with all rows of data.
type cache struct {
	data  *gram.Rows
	room  int     // values that may still be taken
	place []int32 // of each row in slots, or -1
	slots []slot
	free  []int32 // slots that hold nothing
	head  int32   // last used; -1: no slot is in use
	row   []float32
	query []float32
}

// slot is one kept row, in a ring from the last used to the first used.
type slot struct {
	values     []float32
	owner      int32
	next, prev int32
}

// newCache returns a cache of at most so many bytes, and of two rows at least.
func newCache(data *gram.Rows, bytes int) *cache {
	c := &cache{room: max(bytes/4, 2*data.Len()), query: make([]float32, data.Width()), row: make([]float32, data.Width()-1)}
	c.reset(data)
	return c
}

// reset forgets all and goes on with other rows.
func (c *cache) reset(data *gram.Rows) {
	for _, s := range c.slots {
		c.room += cap(s.values)
	}
	c.data, c.slots, c.free, c.head = data, nil, nil, -1
	c.place = make([]int32, data.Len())
	for i := range c.place {
		c.place[i] = -1
	}
}

// values returns the kernel values of row i with all rows. They are good until the next but one call.
func (c *cache) values(i int) []float32 {
	at := c.place[i]
	if at < 0 {
		at = c.claim(int32(i))
		c.data.Row(c.row, i)
		c.data.Query(c.query, c.row)
		c.data.Values(c.slots[at].values, c.query, 1)
	}
	if c.head != at {
		if c.slots[at].next >= 0 {
			c.unlink(at)
		}
		c.link(at)
	}
	return c.slots[at].values
}

// claim gives a slot to a row: a new one while there is room, else the one that was not used for
// the longest time.
func (c *cache) claim(i int32) int32 {
	at, n := int32(len(c.slots)), c.data.Len()
	switch {
	case len(c.free) > 0:
		at = c.free[len(c.free)-1]
		c.free = c.free[:len(c.free)-1]
		c.slots[at].values = c.slots[at].values[:n]
	case c.room >= n:
		c.room -= n
		c.slots = append(c.slots, slot{values: make([]float32, n), next: -1})
	default:
		at = c.slots[c.head].prev
		c.place[c.slots[at].owner] = -1
	}
	c.slots[at].owner, c.place[i] = i, at
	return at
}

// link puts a slot at the ring's head.
func (c *cache) link(at int32) {
	s := &c.slots[at]
	if c.head < 0 {
		s.next, s.prev = at, at
	} else {
		head := &c.slots[c.head]
		s.next, s.prev = c.head, head.prev
		c.slots[head.prev].next, head.prev = at, at
	}
	c.head = at
}

// unlink takes a slot out of the ring.
func (c *cache) unlink(at int32) {
	s := &c.slots[at]
	if s.next == at {
		c.head = -1
	} else {
		c.slots[s.prev].next, c.slots[s.next].prev = s.next, s.prev
		if c.head == at {
			c.head = s.next
		}
	}
	s.next = -1
}

// shrink keeps only some rows, given in order, whose values data has.
func (c *cache) shrink(data *gram.Rows, kept []int32) {
	place := make([]int32, len(kept))
	for k, i := range kept {
		place[k] = c.place[i]
		c.place[i] = -1
		if at := place[k]; at >= 0 {
			c.slots[at].owner = int32(k)
			c.narrow(at, kept)
		}
	}
	for _, at := range c.place { // of the rows that are left out
		if at >= 0 {
			c.unlink(at)
			c.free = append(c.free, at)
		}
	}
	c.data, c.place = data, place
}

func (c *cache) narrow(at int32, kept []int32) {
	values := c.slots[at].values
	for k, i := range kept {
		values[k] = values[i]
	}
	c.slots[at].values = values[:len(kept)]
}
