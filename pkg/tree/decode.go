package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Decode returns the model of bytes that [Model.Encode] wrote. It takes bytes from strangers: it can
// fail, but uses no more memory than some twenty times as much as they do, and what it returns predicts
// finite numbers without fail. Bytes that Encode would not have written are refused.
func Decode(data []byte) (*Model, error) {
	m, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("decode trees: %w", err)
	}
	return m, nil
}

func decode(data []byte) (*Model, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%d bytes, at most %d", len(data), maxFile)
	}
	r := reader{data: data}
	if string(r.take(len(magic))) != magic {
		return nil, errors.New("the bytes do not begin like trees")
	}
	cols, trees := int(r.uint32()), int(r.uint32())
	if r.short || cols < 1 || cols > MaxCols || trees < 1 || trees > MaxTrees {
		return nil, fmt.Errorf("%d inputs and %d trees: want 1 to %d and 1 to %d", cols, trees, MaxCols, MaxTrees)
	}
	if cols*9+trees*14 > len(r.data) { // that the shortest inputs and trees take
		return nil, errShort
	}
	m := newModel(cols, r.float(), r.float())
	edges, err := m.decodeInputs(&r)
	if err != nil {
		return nil, err
	}
	for t := range trees {
		if err := m.decodeTree(&r, edges); err != nil {
			return nil, fmt.Errorf("tree %d: %w", t, err)
		}
	}
	if err := m.checkNumbers(); err != nil {
		return nil, err
	}
	if again, err := m.Encode(); err != nil || !bytes.Equal(again, data) {
		return nil, errors.New("they are not in the one form that trees are written in")
	}
	return m, nil
}

var errShort = errors.New("the bytes end too early")

// decodeInputs reads gains and edges.
func (m *Model) decodeInputs(r *reader) ([][]float64, error) {
	edges := make([][]float64, m.cols)
	for f := range edges {
		m.fall[f] = r.float()
		n := int(r.uint8())
		if r.short || n*8 > len(r.data) {
			return nil, errShort
		}
		for range n {
			v := r.float()
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("an edge of input %d is %v", f, v)
			}
			edges[f] = append(edges[f], v)
		}
	}
	return edges, nil
}

// decodeTree reads the nodes of a tree.
func (m *Model) decodeTree(r *reader, edges [][]float64) error {
	nodes := int(r.uint32())
	const least = 3 // bytes of a node
	if r.short || nodes < 1 || nodes > len(r.data)/least || len(m.nodes)+nodes > math.MaxInt32 {
		return fmt.Errorf("%d nodes in %d bytes", nodes, len(r.data))
	}
	root := len(m.nodes)
	m.roots = append(m.roots, int32(root))
	next := 1
	for i := range nodes {
		if i >= next {
			return fmt.Errorf("node %d is no one's child", i)
		}
		f := r.uint16()
		if f == leafMark {
			m.leaf(int32(root+i), r.float())
			continue
		}
		k := int(r.uint8())
		if int(f) >= m.cols || k >= len(edges[f]) || next+2 > nodes {
			return fmt.Errorf("node %d splits by edge %d of input %d, with its children at %d of %d", i, k, f, next, nodes)
		}
		m.nodes = append(m.nodes, node{edge: edges[f][k], left: int32(root + next), feature: int32(f)})
		m.values = append(m.values, 0)
		next += 2
	}
	if r.short {
		return errShort
	}
	return m.checkDepth(root)
}

// checkDepth bounds the time that a walk takes.
func (m *Model) checkDepth(root int) error {
	depth, level := 0, root+1 // level is where the next one begins
	for i := root; i < len(m.nodes); i++ {
		if i == level {
			depth++
			level = m.firstBelow(i)
		}
		if depth > MaxDepth {
			return fmt.Errorf("deeper than %d splits", MaxDepth)
		}
	}
	return nil
}

// firstBelow returns the first node of the level below the one that begins at i.
func (m *Model) firstBelow(i int) int {
	for ; i < len(m.nodes); i++ {
		if left := int(m.nodes[i].left); left != i {
			return left
		}
	}
	return len(m.nodes)
}

// checkNumbers refuses models whose predictions may not be finite.
func (m *Model) checkNumbers() error {
	for i, v := range m.values {
		if !(math.Abs(v) <= 2*maxTarget) {
			return fmt.Errorf("node %d has the value %v", i, v)
		}
	}
	if !(math.Abs(m.base) <= maxTarget) || !(math.Abs(m.scale) <= 1) {
		return fmt.Errorf("base %v and scale %v: want at most %g and 1", m.base, m.scale, maxTarget)
	}
	for f, v := range m.fall {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("the gain of input %d is %v", f, v)
		}
	}
	return nil
}

// reader reads numbers until the bytes are too few; from then on they are all 0 and short is set.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.data) {
		r.short, r.data = true, nil
		return make([]byte, n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) uint8() uint8   { return r.take(1)[0] }
func (r *reader) uint16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) float() float64 { return math.Float64frombits(binary.LittleEndian.Uint64(r.take(8))) }
