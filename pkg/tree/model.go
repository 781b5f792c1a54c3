package tree

import (
	"fmt"
	"math"
)

// Model is a sum of trees. It does not change and is safe for concurrent use.
type Model struct {
	cols        int
	base, scale float64 // of base + scale·Σ values
	roots       []int32
	nodes       []node
	values      []float64 // of the nodes that are leaves, 0 of others
	fall        []float64 // of the sum of squares, by the splits of each input
}

// node is a split, or a leaf, which leads to itself: a walk that has arrived stays.
type node struct {
	edge    float64 // inputs above it go to left+1; +Inf for a leaf
	left    int32
	feature int32 // 0 for a leaf
}

// Cols returns how many inputs the model takes.
func (m *Model) Cols() int { return m.cols }

// Trees returns how many trees the model has.
func (m *Model) Trees() int { return len(m.roots) }

// Nodes returns how many splits and leaves its trees have together.
func (m *Model) Nodes() int { return len(m.nodes) }

func newModel(cols int, base, scale float64) *Model {
	return &Model{cols: cols, base: base, scale: scale, fall: make([]float64, cols)}
}

// grown is a tree that has grown, its branches level by level.
type grown struct {
	branches []branch
	fall     []float64
}

// harvest copies what has grown. Level by level the children of the k-th split are the (2k+1)-th
// and (2k+2)-th node, and the nodes that every walk sees share cache lines.
func (g *grower) harvest() grown {
	out := grown{branches: make([]branch, 0, len(g.tree)), fall: append([]float64(nil), g.fall...)}
	out.branches = append(out.branches, g.tree[0])
	for i := 0; i < len(out.branches); i++ {
		if left := out.branches[i].left; left > 0 {
			out.branches[i].left = len(out.branches)
			out.branches = append(out.branches, g.tree[left], g.tree[left+1])
		}
	}
	return out
}

// plant adds a tree, its leaves' values times factor.
func (m *Model) plant(t grown, factor float64) {
	root := len(m.nodes)
	m.roots = append(m.roots, int32(root))
	for i, b := range t.branches {
		if b.left == 0 {
			m.leaf(int32(root+i), b.value*factor)
			continue
		}
		m.nodes = append(m.nodes, node{edge: b.edge, left: int32(root + b.left), feature: int32(b.feature)})
		m.values = append(m.values, 0)
	}
	for f, v := range t.fall {
		m.fall[f] += v
	}
}

// leaf adds a leaf, which is to be the i-th node.
func (m *Model) leaf(i int32, value float64) {
	m.nodes = append(m.nodes, node{edge: math.Inf(1), left: i})
	m.values = append(m.values, value)
}

// Predict writes the predictions for rows of inputs, stored one after the other in x, to dst. An
// input that is not a number is taken for a low one. It takes no memory, and panics if a length does
// not match.
func (m *Model) Predict(dst, x []float64, rows int) {
	if len(dst) != rows || len(x) != rows*m.cols {
		panic(fmt.Sprintf("tree: %d values and %d inputs for %d rows of %d", len(dst), len(x), rows, m.cols))
	}
	clear(dst)
	m.addSum(dst, x, 0)
	for i, sum := range dst {
		dst[i] = m.base + m.scale*sum
	}
}
