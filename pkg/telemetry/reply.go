package telemetry

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// rejected returns an error if a receiver's answer (an ExportTraceServiceResponse) says that it
// refused spans. It reads the two fields by hand because the generated type brings all of gRPC
// along. An answer that is not such a message says nothing.
func rejected(reply []byte) error {
	partial, _ := field(reply, 1, protowire.BytesType) // partial_success
	count, _ := field(partial, 1, protowire.VarintType)
	message, _ := field(partial, 2, protowire.BytesType)
	n, _ := protowire.ConsumeVarint(count)
	if len(count) == 0 || n == 0 {
		return nil
	}
	return fmt.Errorf("receiver refused %d spans: %q", n, message[:min(len(message), 200)])
}

// field returns the last value of a field in a message; for bytes, without their length.
func field(message []byte, number protowire.Number, kind protowire.Type) (value []byte, ok bool) {
	for len(message) > 0 {
		num, typ, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, false
		}
		message = message[n:]
		m := protowire.ConsumeFieldValue(num, typ, message)
		if m < 0 {
			return nil, false
		}
		if num == number && typ == kind {
			value, ok = message[:m], true
			if kind == protowire.BytesType {
				value, _ = protowire.ConsumeBytes(value)
			}
		}
		message = message[m:]
	}
	return value, ok
}
