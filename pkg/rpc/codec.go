package rpc

import (
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/longmemory/hurst/pkg/fault"
)

const (
	headerContentType = "Content-Type"
	contentJSON       = "application/json"
)

// isJSON tells whether a body is JSON: so says its header, or its first byte. Only the very
// first: leading space may not be skipped, because "\n{" also begins a proto message whose
// field 1 is 123 bytes long. No message of ours has field 15 as a group, which is what '{' says.
func isJSON(contentType string, data []byte) bool {
	return contentType == contentJSON || len(data) > 0 && data[0] == '{'
}

// decode reads data into m. Both decoders bound the depth of nesting, and the server bounds the size.
func decode(data []byte, asJSON bool, m proto.Message) error {
	name := m.ProtoReflect().Descriptor().FullName()
	if asJSON {
		if len(data) == 0 {
			return nil
		}
		if err := protojson.Unmarshal(data, m); err != nil {
			return fault.New(fault.Invalid, "read JSON as %s: %w", name, err)
		}
		return nil
	}
	if err := proto.Unmarshal(data, m); err != nil {
		return fault.New(fault.Invalid, "read %d bytes as %s: %w", len(data), name, err)
	}
	return nil
}

func encode(m proto.Message, asJSON bool) ([]byte, error) {
	if asJSON {
		return protojson.Marshal(m)
	}
	return proto.Marshal(m)
}
