package nn

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Row describes a node for people.
type Row struct {
	Name       string `json:"name"`
	About      string `json:"about"` // the layer's settings, such as "3 points, 64 filters"
	Out        Shape  `json:"out"`
	Parameters int    `json:"parameters"`
}

// Rows describes the nodes in their order.
func (p *Plan) Rows() []Row {
	rows := make([]Row, len(p.Nodes))
	for i, n := range p.Nodes {
		rows[i] = Row{Name: n.Name, About: n.Layer.about(), Out: n.Out}
		for _, t := range n.Params {
			rows[i].Parameters += p.Params[t].Len()
		}
	}
	return rows
}

// Table returns the network as a table with a line for each node and one for the sum.
func (p *Plan) Table() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	in := Shape{Channels: p.Spec.Input.Channels, Series: p.Spec.Input.Series, Length: p.Spec.Input.Length}
	fmt.Fprintf(w, "layer\tsettings\toutput\tparameters\ninput\t\t%s\t\n", in)
	for _, r := range p.Rows() {
		count := ""
		if r.Parameters > 0 {
			count = fmt.Sprint(r.Parameters)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Name, r.About, r.Out, count)
	}
	fmt.Fprintf(w, "total\t\t%d\t%d\n", p.Outputs(), p.Size)
	_ = w.Flush() // to memory: it cannot fail
	return out.String()
}

// about names the settings that differ from the defaults.
func (l Layer) about() string {
	var parts []string
	say := func(there bool, format string, args ...any) {
		if there {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(l.Kernel > 0, "kernel %d", l.Kernel)
	say(l.Kernel > 0 && l.Window().Stride > 1, "stride %d", l.Window().Stride)
	say(l.Padding > 0, "padding %d", l.Padding)
	say(l.Dilation > 1, "dilation %d", l.Dilation)
	say(l.NoBias, "no bias")
	say(l.Heads > 0, "%d heads", l.Heads)
	say(l.Rate > 0, "rate %g", l.Rate)
	say(l.Kind == Position && !l.Learned, "sinusoidal")
	say(l.Learned, "learned, %d rows", l.Length)
	say(l.Both, "both directions")
	return strings.Join(parts, ", ")
}
