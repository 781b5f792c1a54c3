package screen

import (
	"io"
	"strings"
)

// Table lines up cells. Columns whose heading begins with ">" are set to the right.
type Table struct {
	paint  Paint
	head   []string
	right  []bool
	widths []int
	rows   [][]string
	begun  bool
}

// NewTable returns an empty table.
func NewTable(paint Paint, head ...string) *Table {
	t := &Table{paint: paint, widths: make([]int, len(head))}
	for i, h := range head {
		name, right := strings.CutPrefix(h, ">")
		t.head = append(t.head, name)
		t.right = append(t.right, right)
		t.widths[i] = Width(name)
	}
	return t
}

// Row adds a row. Cells that are missing are empty.
func (t *Table) Row(cells ...string) {
	row := make([]string, len(t.head))
	for i := range row {
		if i < len(cells) {
			row[i] = Clean(cells[i])
		}
		t.widths[i] = max(t.widths[i], Width(row[i]))
	}
	t.rows = append(t.rows, row)
}

// Len returns the number of rows that are not written yet.
func (t *Table) Len() int { return len(t.rows) }

// Flush writes the rows so far, the first time under the headings. Rows added later line up with
// them as far as they fit.
func (t *Table) Flush(w io.Writer) error {
	var b strings.Builder
	if !t.begun {
		t.begun = true
		t.line(&b, t.head, t.paint.Dim)
	}
	for _, row := range t.rows {
		t.line(&b, row, func(s string) string { return s })
	}
	t.rows = t.rows[:0]
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Table) line(b *strings.Builder, cells []string, style func(string) string) {
	var line strings.Builder
	for i, cell := range cells {
		pad := strings.Repeat(" ", t.widths[i]-Width(cell))
		if t.right[i] {
			line.WriteString(pad + style(cell))
		} else {
			line.WriteString(style(cell) + pad)
		}
		line.WriteString("  ")
	}
	text := strings.TrimRight(line.String(), " ")
	if text != "" {
		b.WriteString(text)
		b.WriteByte('\n')
	}
}
