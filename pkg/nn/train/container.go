package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/longmemory/hurst/pkg/safetensors"
)

// A state is a safetensors file: its tensors are weights and the optimiser's means, each one vector as
// a plan lays it out, and its metadata say all else.
const (
	keyVersion = "hurst.state" // stateVersion
	keyHeader  = "hurst.header"
	keyDigest  = "hurst.sha256" // of the header and the tensors' bytes
)

// ErrState is what errors about a state wrap: it is damaged, or another job's.
var ErrState = errors.New("not a state of this training")

// section is a part of a state: numbers, or the state of a part.
type section struct {
	name   string
	values []float32
	inner  []byte
}

// pack makes a state. It is nil if a number is not finite: nothing can go on from there.
func pack(header any, sections []section) []byte {
	text, err := json.Marshal(header)
	if err != nil {
		panic("train: a state without a JSON form: " + err.Error())
	}
	var tensors []safetensors.Tensor
	for _, s := range sections {
		if n := len(s.values) + len(s.inner); n > 0 {
			tensors = append(tensors, safetensors.Tensor{Name: s.name, Shape: []int{n}, F32: s.values, U8: s.inner})
		}
	}
	about := map[string]string{keyVersion: stateVersion, keyHeader: string(text)}
	file, err := safetensors.Encode(tensors, about)
	if err != nil {
		return nil
	}
	about[keyDigest] = digestOf(text, file)
	if file, err = safetensors.Encode(tensors, about); err != nil {
		return nil
	}
	return file
}

// digestOf sums up a header and the tensors of a file.
func digestOf(header []byte, file []byte) string {
	h := sha256.New()
	h.Write(header)
	h.Write(file[8+binary.LittleEndian.Uint64(file):])
	return hex.EncodeToString(h.Sum(nil))
}

// parts are the sections of a state that were not taken yet.
type parts map[string]safetensors.Tensor

// unpack reads a state.
func unpack(data []byte, header any) (parts, error) {
	tensors, about, err := safetensors.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	text := []byte(about[keyHeader])
	switch {
	case about[keyVersion] != stateVersion:
		return nil, fmt.Errorf("%w: it is of version %.20q: want %q", ErrState, about[keyVersion], stateVersion)
	case about[keyDigest] != digestOf(text, data):
		return nil, fmt.Errorf("%w: its digest does not fit", ErrState)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrState, err)
	}
	all := parts{}
	for _, t := range tensors {
		all[t.Name] = t
	}
	return all, nil
}

// read fills dst from a section.
func (p parts) read(dst []float32, name string) error {
	t := p[name]
	delete(p, name)
	if len(t.F32) != len(dst) || t.F64 != nil || t.U8 != nil {
		return fmt.Errorf("%w: %s has %d numbers: want %d", ErrState, name, len(t.F32), len(dst))
	}
	copy(dst, t.F32)
	return nil
}

// take returns the bytes of a section.
func (p parts) take(name string) []byte {
	t := p[name]
	delete(p, name)
	return t.U8
}

// end tells whether all sections were taken.
func (p parts) end() error {
	if len(p) > 0 {
		return fmt.Errorf("%w: %d tensors too many", ErrState, len(p))
	}
	return nil
}
