package tree

const (
	lanes = 8   // walks at once, so that the processor need not wait for any
	block = 256 // rows that one tree after the other sees while they are in the cache
)

// walks are places in trees and the offsets of the rows that they walk with.
type walks struct {
	at  [lanes]int32
	row [lanes]int
}

// walk goes on until all have arrived at leaves.
func (m *Model) walk(w *walks, x []float64) {
	nodes := m.nodes
	for moved := int32(1); moved != 0; {
		moved = 0
		for k := range lanes {
			i := w.at[k]
			n := &nodes[i]
			step := int32(0)
			if x[w.row[k]+int(n.feature)] > n.edge {
				step = 1
			}
			next := n.left + step
			moved |= next ^ i
			w.at[k] = next
		}
	}
}

// addSum adds the values of the trees from the first one on, in their order, to dst.
func (m *Model) addSum(dst, x []float64, first int) {
	for len(dst) >= lanes {
		rows := min(len(dst), block) / lanes * lanes
		m.addBlock(dst[:rows], x[:rows*m.cols], first)
		dst, x = dst[rows:], x[rows*m.cols:]
	}
	for i := range dst {
		dst[i] = m.addRow(dst[i], x[i*m.cols:(i+1)*m.cols], first)
	}
}

// addBlock walks through one tree after the other with all rows, a multiple of lanes.
func (m *Model) addBlock(dst, x []float64, first int) {
	var w walks
	for _, root := range m.roots[first:] {
		for i := 0; i < len(dst); i += lanes {
			for k := range lanes {
				w.at[k], w.row[k] = root, (i+k)*m.cols
			}
			m.walk(&w, x)
			for k := range lanes {
				dst[i+k] += m.values[w.at[k]]
			}
		}
	}
}

// addRow walks through several trees at once with one row.
func (m *Model) addRow(sum float64, x []float64, first int) float64 {
	var w walks
	for roots := m.roots[first:]; len(roots) > 0; {
		n := min(lanes, len(roots))
		for k := range lanes {
			w.at[k] = roots[min(k, n-1)]
		}
		m.walk(&w, x)
		for k := range n {
			sum += m.values[w.at[k]]
		}
		roots = roots[n:]
	}
	return sum
}

// leafValue walks through one tree with one row.
func (m *Model) leafValue(root int32, x []float64) float64 {
	for i := root; ; {
		n := &m.nodes[i]
		if n.left == i {
			return m.values[i]
		}
		i = n.left
		if x[n.feature] > n.edge {
			i++
		}
	}
}
