package tree

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// The form of a model, all numbers little-endian:
//
//	magic     8 bytes
//	inputs    uint32
//	trees     uint32
//	base      float64
//	scale     float64
//	for each input: gain float64, edges uint8, and that many float64, ascending
//	for each tree:  nodes uint32, and the nodes level by level:
//	  a split: input uint16, edge uint8
//	  a leaf:  0xFFFF uint16, value float64
//
// The children of a level's splits follow in order, so their places need not be written. One model has
// one form.
const magic = "hurstre1"

const (
	leafMark = math.MaxUint16
	maxEdges = MaxBins - 1
	maxFile  = 64 << 20 // bytes
)

// Encode returns the model in bytes, for a bundle's trees.bin.
func (m *Model) Encode() ([]byte, error) {
	edges := m.edges()
	out := append(make([]byte, 0, 64+16*m.cols+7*len(m.nodes)), magic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(m.cols))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(m.roots)))
	out = appendFloat(out, m.base)
	out = appendFloat(out, m.scale)
	for f, e := range edges {
		if len(e) > maxEdges {
			return nil, fmt.Errorf("encode trees: %d edges of input %d, at most %d", len(e), f, maxEdges)
		}
		out = append(appendFloat(out, m.fall[f]), uint8(len(e)))
		for _, v := range e {
			out = appendFloat(out, v)
		}
	}
	for t := range m.roots {
		out = m.appendTree(out, t, edges)
	}
	if len(out) > maxFile {
		return nil, fmt.Errorf("encode trees: %d bytes, at most %d", len(out), maxFile)
	}
	return out, nil
}

func (m *Model) appendTree(out []byte, t int, edges [][]float64) []byte {
	lo, hi := int(m.roots[t]), m.end(t)
	out = binary.LittleEndian.AppendUint32(out, uint32(hi-lo))
	for i := lo; i < hi; i++ {
		n := &m.nodes[i]
		if int(n.left) == i {
			out = binary.LittleEndian.AppendUint16(out, leafMark)
			out = appendFloat(out, m.values[i])
			continue
		}
		k, _ := slices.BinarySearch(edges[n.feature], n.edge)
		out = binary.LittleEndian.AppendUint16(out, uint16(n.feature))
		out = append(out, uint8(k))
	}
	return out
}

// end returns where the nodes of a tree end.
func (m *Model) end(t int) int {
	if t+1 < len(m.roots) {
		return int(m.roots[t+1])
	}
	return len(m.nodes)
}

// edges returns the edges of each input that splits use, ascending.
func (m *Model) edges() [][]float64 {
	edges := make([][]float64, m.cols)
	for i := range m.nodes {
		n := &m.nodes[i]
		if int(n.left) == i {
			continue
		}
		e := edges[n.feature]
		if k, found := slices.BinarySearch(e, n.edge); !found {
			edges[n.feature] = slices.Insert(e, k, n.edge)
		}
	}
	return edges
}

func appendFloat(out []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
}
