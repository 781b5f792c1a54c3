package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// machine runs an expression graph, operation by operation. It is there beside gorgonia's own
// machines because those run in goroutines, where a panic ends the program; because they cannot
// stop between outputs and gradients; and because they compute also what no result needs, such as
// gradients of masks. Tests hold it against gorgonia's tape machine.
//
// Values stay as the operations made them: none is overwritten. A machine has its own values, and
// is not safe for concurrent use.
type machine struct {
	steps  []step
	first  int             // steps before it make the outputs, the others the gradients
	place  map[*G.Node]int // of a node's value
	values []G.Value       // nil: not computed, or not needed any more
	inputs []int           // places
}

// step is an operation: what it reads, where its result goes, and what nothing reads afterwards.
type step struct {
	node *G.Node
	in   []int
	out  int
	free []int
}

// newMachine orders what the nodes of outputs need, then what those of gradients need beyond it.
func newMachine(outputs, gradients []*G.Node) *machine {
	m := &machine{place: map[*G.Node]int{}}
	for _, n := range outputs {
		m.visit(n)
	}
	m.first = len(m.steps)
	for _, n := range gradients {
		m.visit(n)
	}
	m.values = make([]G.Value, len(m.place))
	m.release(append(append([]*G.Node(nil), outputs...), gradients...))
	return m
}

// visit adds the steps that end in a node, and returns its place.
func (m *machine) visit(n *G.Node) int {
	if at, ok := m.place[n]; ok {
		return at
	}
	var in []int
	if n.Op() != nil {
		for it := n.Graph().From(n.ID()); it.Next(); {
			in = append(in, m.visit(it.Node().(*G.Node)))
		}
	}
	at := len(m.place)
	m.place[n] = at
	if n.Op() == nil {
		m.inputs = append(m.inputs, at)
		return at
	}
	m.steps = append(m.steps, step{node: n, in: in, out: at})
	return at
}

// release notes at each step what no later one reads. Inputs and results stay, and what the
// gradients read of the outputs' steps stays for another run of theirs.
func (m *machine) release(results []*G.Node) {
	keep := map[int]bool{}
	for _, at := range m.inputs {
		keep[at] = true
	}
	for _, n := range results {
		keep[m.place[n]] = true
	}
	for _, s := range m.steps[m.first:] {
		for _, at := range s.in {
			keep[at] = keep[at] || m.early(at)
		}
	}
	for i := len(m.steps) - 1; i >= 0; i-- {
		s := &m.steps[i]
		for _, at := range append([]int{s.out}, s.in...) {
			if !keep[at] {
				keep[at] = true
				s.free = append(s.free, at)
			}
		}
	}
}

// early tells whether a place is filled by the steps of the outputs.
func (m *machine) early(at int) bool {
	return m.first > 0 && at <= m.steps[m.first-1].out
}

// set gives an input its value.
func (m *machine) set(n *G.Node, v G.Value) { m.values[m.place[n]] = v }

// has tells whether the machine reads a node.
func (m *machine) has(n *G.Node) bool { _, ok := m.place[n]; return ok }

// value returns a result.
func (m *machine) value(n *G.Node) G.Value { return m.values[m.place[n]] }

// outputs and gradients run their steps.
func (m *machine) outputs() error   { return m.run(m.steps[:m.first]) }
func (m *machine) gradients() error { return m.run(m.steps[m.first:]) }

func (m *machine) run(steps []step) (err error) {
	at := 0
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("gorgonia panics at %v: %v", steps[at].node.Op(), r)
		}
	}()
	var in []G.Value
	for i := range steps {
		at = i
		s := &steps[i]
		in = in[:0]
		for _, from := range s.in {
			in = append(in, m.values[from])
		}
		v, err := s.node.Op().Do(in...)
		if err != nil {
			return fmt.Errorf("gorgonia at %v: %w", s.node.Op(), err)
		}
		m.values[s.out] = v
		for _, old := range s.free {
			m.values[old] = nil
		}
	}
	return nil
}
