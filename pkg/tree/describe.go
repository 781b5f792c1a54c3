package tree

import (
	"fmt"
	"math"
)

// Description is a model as a document that people and other programs can read: encoding/json writes
// it, and numbers read back from there are the same to the bit. Its members:
//
//	format      "hurst-trees"
//	version     1
//	reading     how to predict, in words
//	inputs      how many inputs a row has
//	names       of the inputs, in their order; left out if they are not known
//	gain        of each input: its part in what all splits explain, as of Model.Gain
//	base, scale of the prediction
//	trees       a list; each tree has lists of the same length, with a place for each node
//	  input     that the node splits by, from 0; -1 for a leaf
//	  threshold of the split; 0 for a leaf
//	  below     place of the node for rows whose input is not above the threshold; -1 for a leaf
//	  above     place of the node for the others; -1 for a leaf
//	  value     of a leaf; 0 for a split
//
// The root is at place 0, and children stand behind their parents. The prediction is base + scale × the
// sum, in the order of the trees, of the values of the leaves that a row arrives at.
type Description struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	Reading string          `json:"reading"`
	Inputs  int             `json:"inputs"`
	Names   []string        `json:"names,omitempty"`
	Gain    []float64       `json:"gain"`
	Base    float64         `json:"base"`
	Scale   float64         `json:"scale"`
	Trees   []DescribedTree `json:"trees"`
}

// DescribedTree is one tree of a [Description].
type DescribedTree struct {
	Input     []int     `json:"input"`
	Threshold []float64 `json:"threshold"`
	Below     []int     `json:"below"`
	Above     []int     `json:"above"`
	Value     []float64 `json:"value"`
}

const reading = "Start at node 0 of a tree. While input[node] is not -1, go to above[node] if the row's value of that " +
	"input is greater than threshold[node], else (also if it is not a number) to below[node]. " +
	"The prediction is base + scale * the sum over trees of value[node] at the leaves."

// Describe returns the model's document. Names are those of the inputs, nil if they are not known.
func (m *Model) Describe(names []string) (Description, error) {
	if names != nil && len(names) != m.cols {
		return Description{}, fmt.Errorf("describe trees: %d names for %d inputs", len(names), m.cols)
	}
	if err := m.checkNumbers(); err != nil { // JSON has no others
		return Description{}, fmt.Errorf("describe trees: %w", err)
	}
	d := Description{
		Format: "hurst-trees", Version: 1, Reading: reading, Inputs: m.cols, Names: names, Gain: m.Gain(),
		Base: m.base, Scale: m.scale, Trees: make([]DescribedTree, len(m.roots)),
	}
	for t := range d.Trees {
		d.Trees[t] = m.describeTree(t)
	}
	return d, nil
}

func (m *Model) describeTree(t int) DescribedTree {
	lo, hi := int(m.roots[t]), m.end(t)
	n := hi - lo
	d := DescribedTree{
		Input: make([]int, n), Threshold: make([]float64, n), Below: make([]int, n), Above: make([]int, n),
		Value: make([]float64, n),
	}
	for i := range n {
		node := &m.nodes[lo+i]
		if math.IsInf(node.edge, 1) { // a leaf
			d.Input[i], d.Below[i], d.Above[i], d.Value[i] = -1, -1, -1, m.values[lo+i]
			continue
		}
		below := int(node.left) - lo
		d.Input[i], d.Threshold[i], d.Below[i], d.Above[i] = int(node.feature), node.edge, below, below+1
	}
	return d
}
