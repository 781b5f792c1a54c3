package onnx

// Field numbers of onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, which never
// change within an IR version.
const (
	modelIRVersion = 1  // ModelProto.ir_version
	modelProducer  = 2  // ModelProto.producer_name
	modelDoc       = 6  // ModelProto.doc_string
	modelGraph     = 7  // ModelProto.graph
	modelOpset     = 8  // ModelProto.opset_import
	modelMetadata  = 14 // ModelProto.metadata_props

	opsetVersion = 2 // OperatorSetIdProto.version; the domain, field 1, is ONNX's own where it is empty

	entryKey   = 1 // StringStringEntryProto.key
	entryValue = 2 // StringStringEntryProto.value

	graphNode        = 1  // GraphProto.node
	graphName        = 2  // GraphProto.name
	graphInitialiser = 5  // GraphProto.initializer
	graphInput       = 11 // GraphProto.input
	graphOutput      = 12 // GraphProto.output

	nodeInput     = 1 // NodeProto.input
	nodeOutput    = 2 // NodeProto.output
	nodeName      = 3 // NodeProto.name
	nodeOp        = 4 // NodeProto.op_type
	nodeAttribute = 5 // NodeProto.attribute

	attributeName  = 1  // AttributeProto.name
	attributeFloat = 2  // AttributeProto.f
	attributeInt   = 3  // AttributeProto.i
	attributeText  = 4  // AttributeProto.s
	attributeInts  = 8  // AttributeProto.ints
	attributeType  = 20 // AttributeProto.type

	tensorDims = 1 // TensorProto.dims
	tensorType = 2 // TensorProto.data_type
	tensorName = 8 // TensorProto.name
	tensorRaw  = 9 // TensorProto.raw_data: little-endian, row-major

	valueName = 1 // ValueInfoProto.name
	valueType = 2 // ValueInfoProto.type
	valueDoc  = 3 // ValueInfoProto.doc_string

	typeTensor   = 1 // TypeProto.tensor_type
	typeElement  = 1 // TypeProto.Tensor.elem_type
	typeShape    = 2 // TypeProto.Tensor.shape
	shapeDim     = 1 // TensorShapeProto.dim
	dimSize      = 1 // TensorShapeProto.Dimension.dim_value
	dimParameter = 2 // TensorShapeProto.Dimension.dim_param
)

// AttributeProto.AttributeType.
const (
	isFloat = 1
	isInt   = 2
	isText  = 3
	isInts  = 7
)

// element is TensorProto.DataType: what a tensor holds.
type element int64

const (
	float32s element = 1
	int64s   element = 7
	float64s element = 11
)
