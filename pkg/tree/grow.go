package tree

// leaf is an end of a growing tree. Its rows are those from lo to hi of the grower.
type leaf struct {
	branch int // in the grower's tree
	lo, hi int
	depth  int
	total  int64 // packed sum
	cut    cut
	cells  []cells // of each input that the tree may use; nil where they are not kept
}

func (l *leaf) size() int { return l.hi - l.lo }

// branch is a node of a growing tree: a split into the branches left and left+1, or a leaf.
type branch struct {
	feature int
	edge    float64
	left    int // 0: a leaf
	value   float64
}

// splitter finds the best splits of the two parts of a leaf that was split, or of the root: then
// there is one part. It may keep what it summed in the leaves.
type splitter interface {
	find(parent *leaf, parts []leaf)
}

// grower grows one tree after the other, in the same memory.
type grower struct {
	data    *binned
	rule    rule
	most    int // leaves
	ordered bool

	rows, spareRows     []int32
	packed, sparePacked []int64 // targets, in the order of rows

	tree []branch
	open []leaf // that have a split
	done []leaf // that have none
	fall []float64
}

func newGrower(data *binned, r rule, leaves int) *grower {
	if r.depth == 0 {
		r.depth = MaxDepth
	}
	if leaves == 0 {
		leaves = data.rows
	}
	return &grower{
		data: data, rule: r, most: leaves, ordered: leaves < data.rows, fall: make([]float64, data.cols),
		rows: make([]int32, 0, data.rows), spareRows: make([]int32, data.rows),
		packed: make([]int64, 0, data.rows), sparePacked: make([]int64, data.rows),
	}
}

// reset begins a tree without rows.
func (g *grower) reset() {
	g.rows, g.packed = g.rows[:0], g.packed[:0]
	g.tree, g.open, g.done = append(g.tree[:0], branch{}), g.open[:0], g.done[:0]
	clear(g.fall)
}

// add lets a row take part in the tree.
func (g *grower) add(row int, packed int64) {
	g.rows, g.packed = append(g.rows, int32(row)), append(g.packed, packed)
}

// grow splits until there is nothing to gain, or enough leaves. g.done holds the leaves then, and
// g.fall how much the sum of squares fell by each input.
func (g *grower) grow(s splitter) {
	root := leaf{hi: len(g.rows)}
	for _, v := range g.packed {
		root.total += v
	}
	parts := []leaf{root, {}}
	s.find(nil, parts[:1])
	g.file(parts[0])
	for len(g.open) > 0 {
		parent := g.take()
		parts[0], parts[1] = g.split(&parent)
		if len(g.open)+len(g.done)+2 < g.most {
			s.find(&parent, parts)
		} else {
			parts[0].cut, parts[1].cut = cut{}, cut{}
		}
		g.file(parts[0])
		g.file(parts[1])
		if len(g.open)+len(g.done) >= g.most {
			g.done, g.open = append(g.done, g.open...), g.open[:0]
		}
	}
}

// splittable tells whether a leaf may be split, and whether that could gain anything.
func (g *grower) splittable(l *leaf) bool {
	r := &g.rule
	least := int64(max(r.minSplit, 2*r.minLeaf, 2))
	if l.depth >= r.depth || countOf(l.total) < least || l.size() < 2 {
		return false
	}
	packed := g.packed[l.lo:l.hi]
	sum, count := sumOf(packed[0]), countOf(packed[0])
	for _, v := range packed[1:] { // the first that differs ends it, and mostly that is the second
		if sumOf(v)*count != sum*countOf(v) {
			return true
		}
	}
	return false
}

// file puts a leaf where it belongs.
func (g *grower) file(l leaf) {
	if l.cut.gain > 0 {
		g.open = append(g.open, l)
		return
	}
	g.done = append(g.done, l)
}

// take returns the open leaf with the most to gain, of equals the one that is open for longest; where
// the number of leaves has no limit and the order does not matter, the last.
func (g *grower) take() leaf {
	best := len(g.open) - 1
	if g.ordered {
		best = 0
		for i := range g.open {
			if g.open[i].cut.gain > g.open[best].cut.gain {
				best = i
			}
		}
	}
	l := g.open[best]
	g.open = append(g.open[:best], g.open[best+1:]...)
	return l
}

// split divides a leaf's rows, in their order, and its branch.
func (g *grower) split(l *leaf) (left, right leaf) {
	c := l.cut
	mid := l.lo + g.partition(l)
	at := len(g.tree)
	b := &g.tree[l.branch]
	b.feature, b.edge, b.left = c.feature, g.data.edge[c.feature][c.bin], at
	g.tree = append(g.tree, branch{}, branch{})
	g.fall[c.feature] += c.gain
	left = leaf{branch: at, lo: l.lo, hi: mid, depth: l.depth + 1, total: c.left}
	right = leaf{branch: at + 1, lo: mid, hi: l.hi, depth: l.depth + 1, total: l.total - c.left}
	return left, right
}

// partition moves the rows that go left before those that go right and returns how many there are.
func (g *grower) partition(l *leaf) int {
	column, bin := g.data.column[l.cut.feature], uint8(l.cut.bin)
	rows, packed := g.rows[l.lo:l.hi], g.packed[l.lo:l.hi]
	spareRows, sparePacked := g.spareRows[:len(rows)], g.sparePacked[:len(rows)]
	keep, move := 0, 0
	for i, r := range rows { // both are written and one counts: which one is hard to guess
		p := packed[i]
		rows[keep], packed[keep] = r, p
		spareRows[move], sparePacked[move] = r, p
		stays := 0
		if column[r] <= bin {
			stays = 1
		}
		keep += stays
		move += 1 - stays
	}
	copy(rows[keep:], spareRows[:move])
	copy(packed[keep:], sparePacked[:move])
	return keep
}
