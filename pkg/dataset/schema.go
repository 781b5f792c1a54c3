package dataset

import (
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// The nodes of a schema. Their constructors fail on wrong combinations only, which these are not.

func group(columns ...schema.Node) *schema.GroupNode {
	return schema.MustGroup(schema.NewGroupNode("hurst", parquet.Repetitions.Required, columns, -1))
}

func uint64Node(name string) schema.Node {
	return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(name, parquet.Repetitions.Required,
		schema.NewIntLogicalType(64, false), parquet.Types.Int64, -1, -1))
}

func textNode(name string) schema.Node {
	return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(name, parquet.Repetitions.Required,
		schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1))
}

func doubleNode(name string) schema.Node {
	return schema.NewFloat64Node(name, parquet.Repetitions.Required, -1)
}

func int32Node(name string) schema.Node {
	return schema.NewInt32Node(name, parquet.Repetitions.Required, -1)
}

// floatsNode is a list of floats in the three levels that Parquet's specification asks for.
func floatsNode(name string) schema.Node {
	element := schema.NewFloat32Node("element", parquet.Repetitions.Required, -1)
	list := schema.MustGroup(schema.NewGroupNode("list", parquet.Repetitions.Repeated, schema.FieldList{element}, -1))
	return schema.MustGroup(schema.NewGroupNodeLogical(name, parquet.Repetitions.Required,
		schema.FieldList{list}, schema.NewListLogicalType(), -1))
}

// each maps a function over values.
func each[T, U any](values []T, f func(T) U) []U {
	out := make([]U, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}

// inOrder runs steps until one fails.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
