package nn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxSpecBytes is the longest spec that [Decode] reads.
const MaxSpecBytes = 1 << 20

// Decode reads a spec from JSON, which may come from a stranger: unknown fields, anything behind the
// object, and specs that [Spec.Validate] refuses are errors.
func Decode(data []byte) (Spec, error) {
	var s Spec
	if len(data) > MaxSpecBytes {
		return s, fmt.Errorf("network spec: %d bytes, at most %d", len(data), MaxSpecBytes)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Spec{}, fmt.Errorf("network spec: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Spec{}, errors.New("network spec: something follows the JSON object")
	}
	if err := s.Validate(); err != nil {
		return Spec{}, fmt.Errorf("network spec: %w", err)
	}
	return s, nil
}
