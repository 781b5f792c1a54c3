package series

import (
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// leaf is where the numbers of a column are. A value with the definition level there is a number;
// one with a lower level is a gap or, below element, an empty list.
type leaf struct {
	index         int
	there         int16
	element       int16
	width         int64
	repeats       bool
	halves, signs bool // float16; integers with a sign
}

// parquetColumns describes the columns of a file. One with a single leaf that is not repeated is a
// series, one that is repeated once a list, however a writer nests and names it.
func parquetColumns(sc *schema.Schema) (frame, []leaf) {
	root := sc.Root()
	f, leaves := make(frame, root.NumFields()), make([]leaf, root.NumFields())
	for i, next := 0, 0; i < root.NumFields(); i++ {
		node, first := root.Field(i), next
		for next < sc.NumColumns() && sc.ColumnRoot(next) == node {
			next++
		}
		f[i] = frameColumn{name: node.Name(), what: "a structure"}
		if next-first != 1 {
			continue
		}
		c := sc.Column(first)
		f[i].what = typeName(c)
		leaves[i] = leaf{index: first, there: c.MaxDefinitionLevel(), element: elementLevel(node),
			repeats: c.MaxRepetitionLevel() > 0}
		if !leaves[i].isNumber(c) {
			continue
		}
		switch c.MaxRepetitionLevel() {
		case 0:
			f[i].holds = number
		case 1:
			f[i].holds, f[i].what = list, "list of "+f[i].what
		default:
			f[i].what = "lists of lists"
		}
	}
	return f, leaves
}

// elementLevel is the definition level from which on a list has an element at all.
func elementLevel(node schema.Node) (level int16) {
	for {
		if node.RepetitionType() != parquet.Repetitions.Required {
			level++
		}
		group, ok := node.(*schema.GroupNode)
		if !ok || node.RepetitionType() == parquet.Repetitions.Repeated || group.NumFields() != 1 {
			return level
		}
		node = group.Field(0)
	}
}

// isNumber tells whether the leaf holds numbers. Dates, times and decimals are integers to the
// format and no numbers here.
func (l *leaf) isNumber(c *schema.Column) bool {
	logical := c.LogicalType()
	integer, isInteger := logical.(schema.IntLogicalType)
	_, none := logical.(schema.NoLogicalType)
	l.signs = !isInteger || integer.IsSigned()
	switch c.PhysicalType() {
	case parquet.Types.Double:
		l.width = 8
	case parquet.Types.Float:
		l.width = 4
	case parquet.Types.Int64:
		l.width = 8
		return isInteger || none
	case parquet.Types.Int32:
		l.width = 4
		return isInteger || none
	case parquet.Types.FixedLenByteArray:
		_, l.halves = logical.(schema.Float16LogicalType)
		l.width = 2
		return l.halves && c.TypeLength() == 2
	default:
		return false
	}
	return true
}

func typeName(c *schema.Column) string {
	if _, none := c.LogicalType().(schema.NoLogicalType); none {
		return strings.ToLower(c.PhysicalType().String())
	}
	return strings.ToLower(c.LogicalType().String())
}
